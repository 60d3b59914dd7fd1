"""What is known of each file of a collection after it was looked at: 22 bytes a file, kept while it is of use."""

import json
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab.data.adding.settings import Crop
from ganlab.foreign import parse_json

FINDING = np.dtype(
    [
        ("usable", "?"),
        ("format", "u1"),  # place in FORMAT_NAMES
        ("colour", "?"),  # not grey everywhere
        ("was_clear", "?"),  # transparent in places
        ("width", "u4"),  # pixels, upright
        ("height", "u4"),
        ("digest", "u8"),  # of a million pictures, two share one by chance in 3 of 100 million cases
    ]
)


FORMAT = 1  # part of the files' names: what an earlier version has kept is left alone


class Unusable(NamedTuple):
    """A file that is left out."""

    place: int
    why: str  # a sentence that names it and says what to do


class Shape(NamedTuple):
    """What images are made of the pictures while they are looked at, so that each is decoded once."""

    size: int  # pixels
    crop: Crop

    @property
    def image_bytes(self) -> int:
        return 3 * self.size * self.size


class SurveyFiles:
    """A survey as it is made, in files that it goes on with: a record a file in order, a line a reason, an image."""

    def __init__(self, folder: Path, identity: str, shape: Shape | None) -> None:
        self._findings = folder / f"{_stem(identity)}.findings"
        self._reasons = folder / f"{_stem(identity)}.reasons"
        self._shape = shape
        self._images = image_file(folder, identity, shape) if shape else None

    def read(self) -> tuple[NDArray, list[Unusable]]:
        """What is there so far; nothing where there is none that can be read.

        Images are made from here on only where those of all files before are there.
        """
        content, lines = b"", b""
        with suppress(OSError):
            content = self._findings.read_bytes()
            lines = self._reasons.read_bytes()
        whole = len(content) // FINDING.itemsize * FINDING.itemsize
        records = np.frombuffer(content[:whole], FINDING).copy()
        reasons: dict[int, str] = {}
        for line in lines.splitlines():
            with suppress(ValueError, TypeError):
                place, why = parse_json(line)
                reasons[int(place)] = str(why)
        unusable = np.flatnonzero(~records["usable"])
        known = next((int(place) for place in unusable if int(place) not in reasons), len(records))
        if self._images and self._shape and _size(self._images) < known * self._shape.image_bytes:
            self._images = None
        return records[:known], [Unusable(int(place), reasons[int(place)]) for place in unusable if place < known]

    @property
    def shape(self) -> Shape | None:
        """The images that are wanted."""
        return self._shape if self._images else None

    def append(self, records: NDArray, unusable: list[Unusable], images: list[NDArray], start: int) -> None:
        """Add what was found from place `start` on. OSError where it cannot be written."""
        if self._images and self._shape:
            with _at(self._images, start * self._shape.image_bytes) as file:
                for image in images:
                    file.write(image.data)
        with self._reasons.open("ab") as file:
            file.writelines(json.dumps(one).encode() + b"\n" for one in unusable)
        with _at(self._findings, start * FINDING.itemsize) as file:
            file.write(records.tobytes())


def image_file(folder: Path, identity: str, shape: Shape) -> Path:
    """Where images of a collection's files are, in its order, uint8 [N, 3, size, size]."""
    return folder / f"{_stem(identity)}.{shape.size}-{shape.crop}.images"


def _stem(identity: str) -> str:
    return f"{identity[:32]}.{FORMAT}"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _at(path: Path, place: int) -> IO[bytes]:
    """The file, cut off there, to be written on."""
    path.touch()
    file = path.open("r+b")
    file.truncate(place)
    file.seek(place)
    return file
