"""`avatars`: rendered faces whose attributes are known exactly and are independent of each other.

The drawings are Pablo Stanley's Avataaars in DiceBear's definition. A variant that a person could read either way
at 64 pixels (a faint smile, a moustache, half-long hair) is left out. A hat hides the hair: its colour and length
stay in the labels, though only a beard then shows the colour and nothing shows the length.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganlab.data.avatar_reading import BACKGROUND, HAT
from ganlab.data.avatar_reading import CLOTHES as CLOTHES_AREA
from ganlab.data.dataset import Dataset, Progress, silent
from ganlab.data.evaluation import CLASSIFIERS, Evaluation
from ganlab.data.making import PART, Making, Part
from ganlab.data.pictures import open_picture
from ganlab.data.spec import DataSpec
from ganlab.extras import how_to_install
from ganlab.foreign import parse_json
from ganlab.latents import Attributes, Category

if TYPE_CHECKING:
    from dicebear import Style

LICENCE = "Avataaars by Pablo Stanley, free for personal and commercial use; drawn with DiceBear (MIT)"
SIZE = 64  # pixels
COUNT, TRAIN = 20_000, 18_000
REPORTED_EVERY = 200  # faces

MARKS = Attributes(name="attributes", labels=("smile", "beard", "hat", "long hair"))
EYEWEAR = Category(name="eyewear", labels=("none", "glasses", "sunglasses"))
HAIR = Category(name="hair", labels=("black", "brown", "blond", "red", "grey"))
SKIN = Category(name="skin", labels=("dark", "brown", "tan", "pale"))
SPEC = DataSpec(name="avatars", channels=3, size=SIZE, conditions=(MARKS, EYEWEAR, HAIR, SKIN))

# Hair and skin were chosen so that any hair, and a beard of its colour, stands out from any skin.
HAIR_COLOURS = ("#18141a", "#84482a", "#f0cd5a", "#c93305", "#b4b4bc")
SKIN_COLOURS = ("#573729", "#b6744a", "#e2ac80", "#ffe2cc")
FRAME_COLOURS = {  # by skin, where they can be seen
    "dark": ("#ffffff", "#65c9ff", "#ffd24a"),
    "brown": ("#ffffff", "#65c9ff", "#ffd24a"),
    "tan": ("#262e33", "#25557c", "#c0264b"),
    "pale": ("#262e33", "#25557c", "#c0264b"),
}
CLOTH_COLOURS, BACKGROUNDS = (tuple(f"#{digits}" for digits, _ in area.palette) for area in (CLOTHES_AREA, BACKGROUND))

MOUTHS = {True: ("smile",), False: ("serious", "sad", "disbelief")}
BEARDS = ("beardLight", "beardMedium", "beardMajestic")
HATS = ("hat", "winterHat02", "winterHat03", "winterHat04", "winterHat1")
HAIRCUTS = {
    True: ("straight01", "straight02", "straightAndStrand", "curvy", "dreads"),
    False: ("shortFlat", "shortRound", "shortWaved", "shortCurly", "theCaesar", "theCaesarAndSidePart"),
}
FRAMES = {"glasses": ("prescription01", "prescription02", "round"), "sunglasses": ("kurt", "wayfarers")}
EYES = ("default", "happy", "side", "squint", "surprised", "wink", "closed")
EYEBROWS = ("default", "angry", "flatNatural", "raisedExcited", "sadConcerned", "upDown")
CLOTHES = ("blazerAndShirt", "collarAndSweater", "hoodie", "overall", "shirtCrewNeck", "shirtScoopNeck", "shirtVNeck")


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """What is known of a face."""

    smile: bool
    beard: bool
    hat: bool
    long_hair: bool
    eyewear: str
    hair: str
    skin: str

    def conditions(self) -> list[int]:
        """The face as a row of the pack's conditions."""
        row = [int(mark) for mark in (self.smile, self.beard, self.hat, self.long_hair)]
        for category, label in ((EYEWEAR, self.eyewear), (HAIR, self.hair), (SKIN, self.skin)):
            row += [int(label == other) for other in category.labels]
        return row


def random_face(rng: np.random.Generator) -> Face:
    """A face whose attributes are independent, each label of a factor as likely as the others."""
    smile, beard, hat, long_hair = (bool(mark) for mark in rng.integers(2, size=4))
    eyewear, hair, skin = (_pick(rng, category.labels) for category in (EYEWEAR, HAIR, SKIN))
    return Face(smile=smile, beard=beard, hat=hat, long_hair=long_hair, eyewear=eyewear, hair=hair, skin=skin)


Options = dict[str, Any]
"""DiceBear's options of one drawing, which are all that it depends on."""
Render = Callable[[list[Options]], Iterator[np.ndarray]]


def draw(
    faces: list[Face],
    rng: np.random.Generator,
    progress: Progress = silent,
    render: Render | None = None,
    size: int = SIZE,
) -> Iterator[Part]:
    """The faces, uint8 [n, 3, size, size] a part; eyes, brows, clothes, background and position are random.

    A face at one place in the list gets the same of these for the same generator, whatever its attributes.

    About 300 a second on one core; the SVG renderer holds Python's lock, so that threads would not help. `render` makes
    the drawings elsewhere, such as in other processes.
    """
    for start in range(0, len(faces), PART):
        some = faces[start : start + PART]
        images = torch.empty(len(some), 3, size, size, dtype=torch.uint8)
        options = [_options(face, rng) | {"size": size} for face in some]
        for place, pixels in enumerate((render or render_here)(options)):
            images[place] = torch.from_numpy(pixels).permute(2, 0, 1)
            if place % REPORTED_EVERY == 0:
                done = start + place
                progress(done / len(faces), f"drawing faces: {done:,} of {len(faces):,}")
        yield Part(images, torch.tensor([face.conditions() for face in some], dtype=torch.uint8))


def build(
    progress: Progress,
    *,
    count: int = COUNT,
    train: int = TRAIN,
    seed: int = 0,
    render: Render | None = None,
    size: int = SIZE,
) -> Making:
    """`count` faces: the same ones for the same seed, whatever their size in pixels.

    The first of a larger pack are not those of a smaller.
    """
    rng = np.random.default_rng(seed)
    faces = [random_face(rng) for _ in range(count)]
    return Making(
        spec=replace(SPEC, size=size),
        train=train,
        licence=LICENCE,
        count=count,
        parts=draw(faces, rng, progress, render, size),
    )


def _options(face: Face, rng: np.random.Generator) -> Options:
    """DiceBear's options for the face, with everything that is not an attribute drawn at random."""
    frames = FRAMES.get(face.eyewear, ())
    return {
        "mouthVariant": _pick(rng, MOUTHS[face.smile]),
        "facialHairProbability": 100 * face.beard,
        "facialHairVariant": _pick(rng, BEARDS),
        "topProbability": 100,
        "topVariant": _pick(rng, HATS if face.hat else HAIRCUTS[face.long_hair]),
        "accessoriesProbability": 100 * bool(frames),
        "accessoriesVariant": _pick(rng, frames or ("round",)),
        "accessoriesColor": _pick(rng, FRAME_COLOURS[face.skin]),
        "hairColor": HAIR_COLOURS[HAIR.labels.index(face.hair)],
        "facialHairColor": HAIR_COLOURS[HAIR.labels.index(face.hair)],
        "skinColor": SKIN_COLOURS[SKIN.labels.index(face.skin)],
        "hatColor": _pick(rng, CLOTH_COLOURS),
        "eyesVariant": _pick(rng, EYES),
        "eyebrowsVariant": _pick(rng, EYEBROWS),
        "clothesVariant": _pick(rng, CLOTHES),
        "clothesColor": _pick(rng, CLOTH_COLOURS),
        "backgroundColor": _pick(rng, BACKGROUNDS),
        "flip": _pick(rng, ("none", "horizontal")),
        "scale": round(float(rng.uniform(0.94, 1.06)), 3),
        "rotate": round(float(rng.uniform(-4, 4)), 2),  # degrees
        "translateX": round(float(rng.uniform(-4, 4)), 2),  # percent of the width
        "translateY": round(float(rng.uniform(-3, 3)), 2),
    }


def render_here(options: list[Options]) -> Iterator[np.ndarray]:
    """Each drawing as uint8 [size, size, 3]. Raises ValueError where the packages that draw are not installed."""
    try:
        import resvg_py
        from dicebear import Avatar
    except ImportError as error:
        raise ValueError(
            f"{how_to_install('avatars')}; or copy the pack from a machine that has them ({error})"
        ) from error
    for option in options:
        # The system's fonts would be read once a picture, and no drawing holds text.
        png = resvg_py.svg_to_bytes(Avatar(_style(), option).to_string(), skip_system_fonts=True)
        yield np.array(open_picture(png))


@cache
def _style() -> "Style":
    """The definition of all drawings; reading and checking it takes 0.2 s."""
    from dicebear import Style

    return Style(parse_json(files("dicebear_styles").joinpath("avataaars.json").read_text(encoding="utf-8")))


def _pick(rng: np.random.Generator, values: tuple[str, ...]) -> str:
    """One of the values; takes one number of the generator whatever they are, so that faces can be compared."""
    return values[int(rng.random() * len(values))]


DATASET = Dataset(
    title="Avatars (20,000 drawn faces with known attributes)",
    spec=SPEC,
    train=TRAIN,
    licence=LICENCE,
    source="drawn",
    makes=f"{COUNT:,} faces",
    build=build,
    evaluation=Evaluation(
        classifier=CLASSIFIERS / "avatars.safetensors",
        mirrored=True,
        kind="face",
        nouns=("hair", "skin", "clothes", "background"),
        hiding=HAT,
        areas=(CLOTHES_AREA, BACKGROUND),
    ),
    larger={128: partial(build, size=128)},
)
