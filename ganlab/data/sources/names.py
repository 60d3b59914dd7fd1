"""Many names in little memory, and their places by what they are called elsewhere."""

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray


class Names(Sequence[str]):
    """Texts in one block of bytes: 8 bytes each besides their letters. Bytes that are no UTF-8 stay what they were."""

    def __init__(self, block: bytes, ends: NDArray[np.int64]) -> None:
        self._block = block
        self._ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Names":
        block, ends = bytearray(), array("q")
        for text in texts:
            block += as_bytes(text)
            ends.append(len(block))
        return cls(bytes(block), np.frombuffer(ends, np.int64) if ends else np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "Names": ...
    def __getitem__(self, place: int | slice) -> "str | Names":
        if isinstance(place, slice):
            return Names.of(self[i] for i in range(*place.indices(len(self))))
        if not 0 <= place < len(self):
            raise IndexError(place)
        start = int(self._ends[place - 1]) if place else 0
        return self._block[start : int(self._ends[place])].decode("utf-8", "surrogateescape")

    def __iter__(self) -> Iterator[str]:
        return (self[place] for place in range(len(self)))

    def at(self, places: Iterable[int]) -> "Names":
        """The names at these places alone."""
        return Names.of(self[int(place)] for place in places)

    def latest(self) -> NDArray[np.int64]:
        """Places of the names that do not come again later, ascending."""
        keys = self.keys(str)
        from_the_end = np.unique(keys[::-1], return_index=True)[1]
        return np.sort(len(keys) - 1 - from_the_end)

    def digest(self) -> bytes:
        """SHA-256 of all of them in their order."""
        return hashlib.sha256(self._ends.tobytes() + self._block).digest()

    def keys(self, spelling: Callable[[str], str]) -> NDArray[np.uint64]:
        """A number for each name's spelling, uint64 [N]: equal for equal spellings, and else different."""
        return np.fromiter((key(spelling(name)) for name in self), np.uint64, len(self))


def as_bytes(text: str) -> bytes:
    """The text as names are kept; of halves of letters, which a list can hold and no file's name, a sign for each."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text).encode()


def key(text: str) -> int:
    """A number of 64 bits: of a million texts, two share one with a chance of 3 in 10 million."""
    digest = hashlib.blake2b(as_bytes(text), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def whole(name: str) -> str:
    """A path as lists may write it, in one spelling: `./a\\b.png` is `a/b.png`, accents are composed."""
    parts = [part for part in unicodedata.normalize("NFC", name).replace("\\", "/").split("/") if part not in ("", ".")]
    return "/".join(parts)


def last(name: str) -> str:
    """The name of the file without its folders."""
    return whole(name).rpartition("/")[2]


def stem(name: str) -> str:
    """The name of the file without folders and suffix."""
    name = last(name)
    return name.rpartition(".")[0] or name
