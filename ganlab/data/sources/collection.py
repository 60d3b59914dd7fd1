"""What every source becomes: pictures in a fixed order, with their names and what is known of them."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab.counting import Noun
from ganlab.data.sources.names import Names
from ganlab.file_versions import of, version

TRAIN, TEST, NEITHER = 0, 1, -1
"""What is said of a picture's split."""
UNKNOWN = -1  # instead of a label

Content = bytes | NDArray[np.uint8]
"""A picture file's bytes, or its pixels [H, W] or [H, W, 3]."""
Read = Callable[[], Content]
"""Gets the content of one picture, in any thread; ValueError names it and says why it cannot be had."""


class Gone(ValueError):
    """The source has changed or gone since it was opened."""


class Words(NamedTuple):
    """A category: one of several labels for each picture."""

    name: str
    labels: tuple[str, ...]
    codes: NDArray[np.int32]  # [N], places in `labels`, or UNKNOWN


class Marks(NamedTuple):
    """Attributes: several labels that hold of a picture or not."""

    name: str
    labels: tuple[str, ...]
    values: NDArray[np.int8]  # [N, K], 0 or 1, or UNKNOWN in the whole row


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """What is known of each picture of a collection."""

    columns: tuple[Words | Marks, ...] = ()
    sides: NDArray[np.int8] | None = None  # [N]: TRAIN, TEST or NEITHER; None where nothing is said
    origin: str = ""  # where they were read, for people
    notes: tuple[str, ...] = ()  # what people should know of how they were read, a sentence each
    missing: str = ""  # why some pictures have none and what to do, as the end of a sentence


class PassedOver(NamedTuple):
    """Files that are no pictures, or may not be followed."""

    what: Noun
    number: int
    first: str  # the name of one of them

    @property
    def counted(self) -> str:
        return self.what.counted(self.number)


NO_PICTURE = Noun("file that is no picture", "files that are no pictures")
ARCHIVE = Noun("archive within it", "archives within it")
LEFT_BEHIND = Noun("file that systems leave behind", "files that systems leave behind")
"""What sources of all kinds pass over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """Pictures of one source, in an order that stays the same as long as the source does."""

    title: str  # the source, as people named it
    identity: str  # sha256 hex, another one as soon as a file has changed
    names: Names
    stream: Callable[[int], Iterator[Read]]  # the pictures from a place on, one after the other
    labels: Labels = field(default_factory=Labels)  # what the source itself says of them
    passed_over: tuple[PassedOver, ...] = ()
    lists: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)  # that may hold labels, see `ListsAmong`
    licence: str = ""


class Tally:
    """Counts what is passed over, by what it is."""

    def __init__(self) -> None:
        self._found: dict[Noun, PassedOver] = {}

    def add(self, what: Noun, name: str) -> None:
        before = self._found.get(what, PassedOver(what, 0, name))
        self._found[what] = before._replace(number=before.number + 1)

    def told(self) -> tuple[PassedOver, ...]:
        return tuple(self._found.values())


def file_identity(path: Path) -> bytes:
    """What says of one file whether it is still the same."""
    return identity_of(os.fsencode(os.path.realpath(path)), repr(version(path)).encode()).encode()


class Versions:
    """What says of many files whether they are still the same, in the memory of one."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, status: os.stat_result) -> None:
        self._digest.update(repr(of(status)).encode())

    def digest(self) -> bytes:
        return self._digest.digest()


def identity_of(*parts: bytes) -> str:
    """A digest of parts that together say whether a source is still the same."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
