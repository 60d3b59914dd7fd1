"""What zip and tar have in common: which members are pictures, and names that lead out of the archive."""

from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ganlab.counting import Noun
from ganlab.data.sources.collection import ARCHIVE, LEFT_BEHIND, NO_PICTURE, Tally
from ganlab.data.sources.kinds import is_left_behind, kind
from ganlab.data.sources.names import Names

OUTWARD = Noun("member that leads out of the archive", "members that lead out of the archive")
REPLACED = Noun("member that a later one of its name replaces", "members that later ones of their names replace")
MOST_MEMBERS = 5_000_000
MOST_MEMBER_BYTES = 160 * 10**6  # 50 million pixels, which is the most that is read of any picture
MOST_GROWTH = 200  # times that the largest members may grow when they are unpacked, ...
SMALL_BYTES = 16 * 2**20  # ... where they are larger than this: pictures hardly grow


def tidied(name: str) -> str:
    """The name without the `./` before it and the doubled strokes that some tools write: `./a//b.png` is `a/b.png`."""
    root = "/" if name.startswith("/") else ""
    return root + "/".join(part for part in name.split("/") if part not in ("", "."))


def latest(names: Names, tally: Tally) -> tuple[Names, NDArray[np.int64]]:
    """The members that unpacking would leave, of those of one name the last, and their places; others are counted."""
    kept = names.latest()
    if len(kept) == len(names):
        return names, kept
    for place in np.setdiff1d(np.arange(len(names)), kept).tolist():
        tally.add(REPLACED, names[place])
    return names.at(kept), kept


def leads_out(name: str) -> bool:
    """Whether unpacking would write outside of the folder that one unpacks into."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or name[1:2] == ":"


def why_not(name: str, tally: Tally) -> bool:
    """Whether the member is passed over by its name alone, which is counted then; unknown suffixes are not."""
    if leads_out(name):
        tally.add(OUTWARD, name)
    elif is_left_behind(name):
        tally.add(LEFT_BEHIND, name)
    elif kind(name) == "archive":
        tally.add(ARCHIVE, name)
    elif kind(name) == "other":
        tally.add(NO_PICTURE, name)
    else:
        return False
    return True


def too_large(name: str, size: int, packed: int | None) -> str:
    """Why a member is not unpacked; empty for one that is. `packed` is its size in the archive, where that is known."""
    if size > MOST_MEMBER_BYTES:
        return f"{name} has {size:,} bytes; at most {MOST_MEMBER_BYTES:,} are read: make it smaller"
    if packed is not None and size > SMALL_BYTES and size > MOST_GROWTH * packed:
        return f"{name} would grow from {packed:,} to {size:,} bytes, as no picture does: take it out of the archive"
    return ""
