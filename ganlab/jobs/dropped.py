"""Files that visitors drop, kept under names that lead nowhere."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ganlab import listings
from ganlab.counting import counted
from ganlab.file_names import NO_LETTERS
from ganlab.full_disk import room_for
from ganlab.whole_files import NOT_ON_WINDOWS

MOST_FILES = 10_000  # dropped at once
MOST_NAME_BYTES, MOST_SUFFIX_BYTES = 200, 40


class Dropped(NamedTuple):
    """A file that a visitor gave."""

    name: str
    content: bytes | memoryview


def check_number(files: Sequence[Dropped]) -> None:
    """ValueError where there are none, or too many."""
    if not files:
        raise ValueError("there is nothing to add; drop a zip, or several pictures")
    if len(files) > MOST_FILES:
        raise ValueError(
            f"{counted(len(files), 'file was', 'files were')} dropped, and at most {MOST_FILES:,} are taken; zip them"
        )


def save(files: Sequence[Dropped], folder: Path) -> None:
    """Make the folder, and write each file into it under a name of its own. DiskFullError where one does not fit."""
    folder.mkdir()
    for name, file in zip(_file_names([file.name for file in files]), files, strict=True):
        with room_for(folder / name):
            (folder / name).write_bytes(file.content)


def _file_names(names: Sequence[str], *, windows: bool = os.name == "nt") -> list[str]:
    """A name for each file, without folders, that no other has, and that files on this system can have."""
    taken: set[str] = set()
    numbers: Counter[str] = Counter()  # the last that was tried, by what is numbered
    found = []
    for name in names:
        last = name.replace("\\", "/").rpartition("/")[2]
        plain = "".join(letter for letter in last if letter.isprintable()).strip(". ") or "picture"
        if windows:
            plain = NO_LETTERS.sub("-", plain)
            plain = f"_{plain}" if NOT_ON_WINDOWS.fullmatch(plain) else plain
        stem, dot, suffix = plain.rpartition(".")
        stem = stem if dot else plain
        suffix = _cut(f"{dot}{suffix}", MOST_SUFFIX_BYTES) if dot else ""
        short = _cut(stem, MOST_NAME_BYTES - len(suffix.encode()))
        one = f"{short}{suffix}"
        asked = listings.folded(one)
        while listings.folded(one) in taken:
            numbers[asked] += 1
            one = f"{short}-{numbers[asked] + 1}{suffix}"
        taken.add(listings.folded(one))
        found.append(one)
    return found


def _cut(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")
