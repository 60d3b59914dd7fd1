"""`iclevr`: scenes of one to three objects, from the user's own copy of i-CLEVR; split by scene.

Three images show one scene while objects are added to it, so that a split by image would put nearly the same
image on both sides.
"""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from ganlab import listings
from ganlab.data.dataset import Dataset, Progress
from ganlab.data.evaluation import CLASSIFIERS, Evaluation
from ganlab.data.folder import data_folder
from ganlab.data.images import found, read_images
from ganlab.data.making import Making
from ganlab.data.object_sets import LABELS, LISTS, OBJECTS, multi_hot, read_json
from ganlab.data.spec import DataSpec

LICENCE = "i-CLEVR (GeNeVA), derived from CLEVR (CC BY 4.0); its own terms are unknown, the images not for passing on"
SIZE = 64  # pixels
TRAIN_SHARE = 0.9  # of the scenes
SPEC = DataSpec(name="iclevr", channels=3, size=SIZE, conditions=(OBJECTS,))

SCENE = re.compile(r"(.*)_\d+")  # CLEVR_train_002066_1 is the second image of scene CLEVR_train_002066


def build(progress: Progress, size: int = SIZE) -> Making:
    """Every image that train.json names, at `size` pixels, the scenes in a fixed random order, training scenes first.

    Raises ValueError naming the file for a missing folder, JSON of another layout, pictures that are missing or
    damaged.
    """
    folder = data_folder() / "iclevr"
    if not listings.is_folder(folder):
        raise ValueError(
            f"i-CLEVR is not here: put your own copy into {folder} (objects.json, train.json and the folder images); "
            "the dataset 'shapes' has the same objects and needs no files"
        )
    _check_objects(folder / "objects.json")
    names = read_json(folder / "train.json", dict)
    stems, train = _in_order(sorted(names), folder / "train.json")
    conditions = multi_hot([names[stem] for stem in stems], folder / "train.json")
    paths = found([Path(stem).stem for stem in stems], folder / "images", folder / "train.json")
    return Making(
        spec=replace(SPEC, size=size),
        count=len(paths),
        parts=read_images(paths, conditions, size, progress),
        train=train,
        licence=LICENCE,
    )


def _check_objects(path: Path) -> None:
    """ValueError unless objects.json numbers the 24 objects in our order."""
    objects = read_json(path, dict)
    if objects != {label: position for position, label in enumerate(LABELS)}:
        raise ValueError(f"{path} does not number the objects {LABELS[0]}: 0 to {LABELS[-1]}: {len(LABELS) - 1}")


def _in_order(names: list[str], source: Path) -> tuple[list[str], int]:
    """The names scene by scene, training scenes first, and how many belong to those."""
    scenes: dict[str, list[str]] = {}
    for name in names:
        match = SCENE.fullmatch(Path(name).stem)
        if match is None:
            raise ValueError(f"{source}: {name!r} does not end in _<number>, so its scene is not known")
        scenes.setdefault(match[1], []).append(name)
    order = torch.randperm(len(scenes), generator=torch.Generator().manual_seed(0)).tolist()
    shuffled = [list(scenes.values())[position] for position in order]
    first = min(round(TRAIN_SHARE * len(shuffled)), max(1, len(shuffled) - 1))  # of few scenes one stays for testing
    return [name for scene in shuffled for name in scene], sum(map(len, shuffled[:first]))


DATASET = Dataset(
    title="i-CLEVR (18,009 scenes of one to three objects; your own copy)",
    spec=SPEC,
    train=16_209,
    licence=LICENCE,
    source="own",
    build=build,
    evaluation=Evaluation(classifier=CLASSIFIERS / "iclevr.safetensors", mirrored=True, kind="scene", lists=LISTS),
    larger={128: partial(build, size=128)},
    files=("iclevr/train.json",),
)
