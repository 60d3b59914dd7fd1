"""What is known of each file of a collection after it was looked at: 20 bytes a file, kept while it is of use."""

import json
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

FINDING = np.dtype(
    [
        ("usable", "?"),
        ("format", "u1"),  # place in FORMAT_NAMES
        ("colour", "?"),  # not grey everywhere
        ("was_clear", "?"),  # transparent in places
        ("width", "u4"),  # pixels, upright
        ("height", "u4"),
        ("digest", "u8"),  # of the pixels: of a million files, two share one by chance in 3 of 100 million cases
    ]
)


class Unusable(NamedTuple):
    """A file that is left out."""

    place: int
    why: str  # a sentence that names it and says what to do


class FindingsFile:
    """Findings as they come, in a file that is gone on with: one record a file in order, and a line a reason."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reasons = path.with_suffix(".reasons")

    def read(self) -> tuple[NDArray, list[Unusable]]:
        """What is there so far; nothing where there is none that can be read."""
        content, lines = b"", b""
        with suppress(OSError):
            content = self._path.read_bytes()
            lines = self._reasons.read_bytes()
        whole = len(content) // FINDING.itemsize * FINDING.itemsize
        records = np.frombuffer(content[:whole], FINDING).copy()
        reasons: dict[int, str] = {}
        for line in lines.splitlines():
            with suppress(ValueError, TypeError):
                place, why = json.loads(line)
                reasons[int(place)] = str(why)
        unusable = np.flatnonzero(~records["usable"])
        known = next((int(place) for place in unusable if int(place) not in reasons), len(records))
        return records[:known], [Unusable(int(place), reasons[int(place)]) for place in unusable if place < known]

    def append(self, records: NDArray, unusable: list[Unusable], start: int) -> None:
        """Add what was found from place `start` on. OSError where it cannot be written."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._reasons.open("ab") as file:
            file.writelines(json.dumps(one).encode() + b"\n" for one in unusable)
        with _at(self._path, start * FINDING.itemsize) as file:
            file.write(records.tobytes())

    def remove(self) -> None:
        for path in (self._path, self._reasons):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _at(path: Path, place: int) -> IO[bytes]:
    """The file, cut off there, to be written on."""
    path.touch()
    file = path.open("r+b")
    file.truncate(place)
    file.seek(place)
    return file
