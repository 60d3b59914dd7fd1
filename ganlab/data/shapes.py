"""`shapes`: scenes like those of i-CLEVR, drawn by the program, with the same 24 objects and the same conditions.

Each scene gives three images: its first object in the middle, then with a second and a third beside it. The 136
triples that i-CLEVR never shows are left out here, too, so that they test composition on either dataset.
"""

from collections.abc import Iterator

import numpy as np
import torch

from ganlab.data.dataset import Dataset, Progress
from ganlab.data.evaluation import Evaluation
from ganlab.data.making import PART, Making, Part
from ganlab.data.object_sets import COLOURS, FORMS, LABELS, LISTS, OBJECTS, condition_sets
from ganlab.data.ray_caster import Camera, Lamp, Solid
from ganlab.data.spec import DataSpec

LICENCE = "drawn by ganlab (MIT)"
SIZE = 64  # pixels
SCENES, TRAIN_SCENES = 6_000, 5_400
SPEC = DataSpec(name="shapes", channels=3, size=SIZE, conditions=(OBJECTS,))

RGB = {  # the colours of CLEVR, an eighth of the way to light grey as in its rendered pictures
    "gray": (101, 101, 101),
    "red": (176, 56, 56),
    "blue": (62, 91, 213),
    "green": (50, 117, 42),
    "brown": (138, 90, 47),
    "purple": (138, 58, 193),
    "cyan": (61, 207, 207),
    "yellow": (248, 233, 70),
}
SIDES = np.deg2rad([45, 135, 225, 315]) - np.deg2rad(90)  # right, behind, left, before, as the camera sees them
MARGIN = 7  # pixels between a solid's middle and the edge of the picture
REPORTED_EVERY = 50  # scenes
SMALLEST_VIEW = 0.5  # share of a solid that has to be seen


def build(progress: Progress, *, scenes: int = SCENES, train_scenes: int = TRAIN_SCENES, seed: int = 0) -> Making:
    """Three images a scene, nearly 300 a second on one core; scene `i` depends on nothing but `i` and the seed."""
    parts = _drawn(progress, scenes, seed)
    return Making(spec=SPEC, train=3 * train_scenes, licence=LICENCE, count=3 * scenes, parts=parts)


def _drawn(progress: Progress, scenes: int, seed: int) -> Iterator[Part]:
    camera = Camera(SIZE)
    unseen = {tuple(row.nonzero().flatten().tolist()) for row in condition_sets("unseen")}
    for start in range(0, scenes, PART // 3):
        some = range(start, min(scenes, start + PART // 3))
        images = torch.empty(3 * len(some), 3, SIZE, SIZE, dtype=torch.uint8)
        conditions = torch.zeros(3 * len(some), OBJECTS.dim, dtype=torch.uint8)
        for place, scene in enumerate(some):
            rng = np.random.default_rng((seed, scene))
            objects = random_objects(rng, unseen)
            for index, pixels in enumerate(draw_scene(camera, objects, rng)):
                images[3 * place + index] = torch.from_numpy(pixels).permute(2, 0, 1)
                conditions[3 * place + index, objects[: index + 1]] = 1
            if scene % REPORTED_EVERY == 0:
                progress(scene / scenes, f"drawing scenes: {scene:,} of {scenes:,}")
        yield Part(images, conditions)


def random_objects(rng: np.random.Generator, unseen: set[tuple[int, ...]]) -> list[int]:
    """Three different objects in the order in which they are added, by index; never one of the `unseen` triples."""
    while True:
        objects = rng.choice(len(LABELS), 3, replace=False).tolist()
        if tuple(sorted(objects)) not in unseen:
            return objects


def draw_scene(camera: Camera, objects: list[int], rng: np.random.Generator) -> Iterator[np.ndarray]:
    """A picture, uint8 [64, 64, 3], after each object that is added."""
    lamp = Lamp(*rng.normal((3.0, -5.5, 7.0), 0.6), *rng.normal((4.5, -2.5), 0.8))
    while True:
        solids = _placed(camera, objects, rng)
        last = camera.draw(solids, lamp)
        if min(last.visible) >= SMALLEST_VIEW:
            break
    for count in range(1, len(objects)):
        yield camera.draw(solids[:count], lamp).pixels
    yield last.pixels


def _placed(camera: Camera, objects: list[int], rng: np.random.Generator) -> list[Solid]:
    """The first object in the middle, each other one on some side of one before it, none into another."""
    solids: list[Solid] = []
    while len(solids) < len(objects):
        x = y = 0.0
        if solids:
            anchor = solids[rng.integers(len(solids))]
            angle, distance = rng.choice(SIDES) + rng.normal(0, 0.25), rng.uniform(1.5, 3.0)
            x, y = anchor.x + distance * np.cos(angle), anchor.y + distance * np.sin(angle)
        place = camera.project(np.array([x, y, 0.6], np.float32)) / 2
        apart = all(np.hypot(x - solid.x, y - solid.y) > 1.5 for solid in solids)
        if apart and (place > MARGIN).all() and (place < SIZE - MARGIN).all():
            solids.append(_solid(objects[len(solids)], float(x), float(y), float(rng.uniform(0, np.pi / 2))))
    return solids


def _solid(index: int, x: float, y: float, turn: float) -> Solid:
    return Solid(form=FORMS[index // len(COLOURS)], colour=RGB[COLOURS[index % len(COLOURS)]], x=x, y=y, turn=turn)


DATASET = Dataset(
    title="Shapes (18,000 drawn scenes of one to three objects)",
    spec=SPEC,
    train=3 * TRAIN_SCENES,
    licence=LICENCE,
    source="drawn",
    makes=f"{3 * SCENES:,} scenes",
    build=build,
    evaluation=Evaluation(mirrored=True, kind="scene", lists=LISTS),
)
