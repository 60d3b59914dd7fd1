"""Points that somebody has drawn by hand, and the dataset that they become: noise around each, one mode a stroke.

As text they are base64 for addresses: two bytes a point, from the left to the right and from below upwards.
"""

import base64
import binascii
import hashlib

import torch
from torch import Tensor

from ganlab.counting import counted
from ganlab.data.evaluation import Evaluation, Modes
from ganlab.data.packs import Pack, PackHeader
from ganlab.data.points import pack_of
from ganlab.data.spec import COORDINATES, POINT, DataSpec
from ganlab.foreign import shortened
from ganlab.latents import Category

MOST = 500  # points of a drawing
DEVIATION = 0.02  # of the noise around each
GAP = 0.15  # between places, from which on they belong to different modes
MOST_LABELS = 100  # modes that get one each
STEPS = 255  # from -1 to 1
DRAWN = "drawn"  # what the names of such datasets begin with, and the setting that their packs were made with
LICENCE = "drawn by whoever made it"


def parse(text: str) -> Tensor:
    """The drawn places, float32 [n, 2] in [-1, 1], each once. ValueError says in words why nothing can be learnt."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):  # ValueError: letters beyond ASCII
        raise ValueError(f"drawn points are no text like {shortened(text, 40)!r}; draw them again") from None
    if len(content) % COORDINATES or len(content) > COORDINATES * MOST:
        raise ValueError(f"a drawing has 2 bytes a point and at most {MOST} points; draw it again")
    if not content:
        raise ValueError("no points are drawn yet; draw some where the generator's are to go")
    pairs = torch.frombuffer(bytearray(content), dtype=torch.uint8).view(-1, COORDINATES)
    places = pairs.unique(dim=0).float() / STEPS * 2 - 1
    if len(pairs) == 1:
        raise ValueError("one point is drawn, of which nothing can be learnt but its place; draw some more")
    if len(places) == 1:
        raise ValueError(f"{counted(len(pairs), 'point')} are drawn in one place; draw some elsewhere, too")
    return places


def written(places: Tensor) -> str:
    """The reverse of `parse`: places [n, 2] in [-1, 1], rounded to a 255th of what is drawn on."""
    content = ((places.clamp(-1, 1) + 1) / 2 * STEPS).round().byte()
    return base64.urlsafe_b64encode(content.contiguous().numpy().tobytes()).decode().rstrip("=")


def name_of(places: Tensor) -> str:
    """What the dataset of these places is called: the same name for the same places."""
    return f"{DRAWN}-{hashlib.sha256(written(places).encode()).hexdigest()[:8]}"


def modes_of(places: Tensor) -> Modes:
    """A mode for all places that a walk with steps shorter than `GAP` leads to each other."""
    near = torch.cdist(places, places) < GAP
    reached = torch.arange(len(places))  # the least number of a place that one comes to
    while not torch.equal(further := torch.where(near, reached, len(places)).amin(1), reached):
        reached = further
    _, mode = reached.unique(return_inverse=True)
    return Modes(places, mode, int(mode.max()) + 1, DEVIATION)


def pack(places: Tensor) -> Pack:
    """The dataset of these places, the same one each time."""
    modes = modes_of(places)
    some = 2 <= modes.count <= MOST_LABELS
    factor = Category(name="stroke", labels=tuple(map(str, range(1, modes.count + 1)))) if some else None
    spec = DataSpec(
        name=name_of(places), channels=COORDINATES, size=POINT, conditions=(factor,) if factor is not None else ()
    )
    title = f"Drawn points ({counted(len(places), 'place')}, {counted(modes.count, 'stroke')})"
    return pack_of(spec, modes, LICENCE, title=title, source="the page Playground", made={DRAWN: written(places)})


def evaluation(header: PackHeader) -> Evaluation:
    """What is known of a pack of points: where they lie, where it says how they were drawn."""
    try:
        places = parse(str(header.made.get(DRAWN, "")))
    except ValueError:
        return Evaluation()
    return Evaluation(kind="point", modes=lambda: modes_of(places))
