"""A tar of pictures, also compressed by gzip, bzip2 or xz, read where it is and never unpacked onto the disk."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ganlab.counting import Noun
from ganlab.data.sources.archives import MOST_GROWTH, MOST_MEMBERS, latest, leads_out, tidied, too_large, why_not
from ganlab.data.sources.collection import (
    NO_PICTURE,
    Collection,
    Content,
    Gone,
    Read,
    Tally,
    file_identity,
    identity_of,
)
from ganlab.data.sources.kinds import HEAD_BYTES, begins_like_picture, kind
from ganlab.data.sources.lists_among import ListsAmong
from ganlab.data.sources.names import Names
from ganlab.system_errors import in_words

COMPRESSIONS: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
"""By how a file begins."""
ZSTANDARD = b"\x28\xb5\x2f\xfd"
SPECIAL = Noun("link or special file", "links and special files")
MOST_AT_ONCE_BYTES = 2**20  # of a member's head, such as its long name
PLENTY_BYTES = 4 * 2**30  # up to this an archive may grow as it likes
UNPACKING = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, OverflowError)


def open_tar(path: Path) -> Collection:
    """The pictures in a tar, in its order; a compressed one is unpacked in memory once for each use of it.

    Links and special files in it are passed over. ValueError names the file and the remedy.
    """
    tally, names, places, sizes = Tally(), [], array("q"), array("q")
    lists = ListsAmong()
    try:
        with _opened(path) as file:
            for member in _members(file, path):
                name = tidied(member.name)
                if not member.isreg() or member.issparse():
                    if not member.isdir():
                        tally.add(SPECIAL, name)
                    continue
                head = b""
                if not leads_out(name) and lists.wants(name, member.size):
                    file.seek(member.offset_data)
                    lists.add(name, partial(bytes, file.read(member.size)))
                if why_not(name, tally):
                    continue
                if kind(name) == "unknown":
                    file.seek(member.offset_data)
                    head = file.read(min(HEAD_BYTES, member.size))
                    if not begins_like_picture(head):
                        tally.add(NO_PICTURE, name)
                        continue
                names.append(name)
                places.append(member.offset_data)
                sizes.append(member.size)
    except UNPACKING as error:
        raise ValueError(_unreadable(path, error)) from error
    found, kept = latest(Names.of(names), tally)
    return Collection(
        title=str(path),
        identity=identity_of(file_identity(path), found.digest()),
        names=found,
        stream=partial(_stream, path, found, np.array(places, np.int64)[kept], np.array(sizes, np.int64)[kept]),
        passed_over=tally.told(),
        lists=lists.found(),
    )


class _Refused(ValueError):
    """Follows the archive's name."""


class _Bounded:
    """A file of which tarfile reads no long stretch at once: heads of members that are made to take memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MOST_AT_ONCE_BYTES:
            raise _Refused(f"has a member whose head has {size:,} bytes; make the archive again")
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _compression(path: Path) -> Callable[..., Any] | None:
    """What opens the archive unpacked; None for one that is not compressed."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(ZSTANDARD):
        raise _Refused("is compressed by Zstandard; unpack it and add the folder, or compress it by gzip or xz")
    return next((opener for magic, opener in COMPRESSIONS.items() if head.startswith(magic)), None)


def _opened(path: Path) -> IO[bytes]:
    return (_compression(path) or open)(path, "rb")


def _members(file: IO[bytes], path: Path) -> Iterator[tarfile.TarInfo]:
    """Heads of all members, of which tarfile keeps none."""
    most_bytes = max(PLENTY_BYTES, MOST_GROWTH * path.stat().st_size)
    archive = tarfile.TarFile(fileobj=_Bounded(file))
    for count in range(MOST_MEMBERS + 1):
        member = archive.next()
        archive.members.clear()  # type: ignore[attr-defined]
        if member is None:
            _check_end(file, archive.offset)
            return
        if member.offset_data + member.size > most_bytes or count == MOST_MEMBERS:
            raise _Refused("would unpack to far more than any pictures; take out of it what is none")
        yield member


def _check_end(file: IO[bytes], place: int) -> None:
    """Refuses a tar that does not end where its members do: tarfile passes over all that follows a damaged head."""
    file.seek(place)
    if any(file.read(tarfile.BLOCKSIZE)):
        raise _Refused(f"is damaged at byte {place:,}, and what follows cannot be read; copy it again from its source")


def _stream(
    path: Path, names: Names, places: NDArray[np.int64], sizes: NDArray[np.int64], start: int
) -> Iterator[Read]:
    if _compression(path) is None:
        for place in range(start, len(names)):
            yield partial(_at, path, names[place], int(places[place]), int(sizes[place]))
        return
    try:
        with _opened(path) as file:
            for place in range(start, len(names)):
                if why := too_large(names[place], int(sizes[place]), None):
                    yield partial(_refuse, why)
                    continue
                file.seek(int(places[place]))
                yield partial(bytes, file.read(int(sizes[place])))
    except FileNotFoundError as error:
        raise Gone(in_words(error, path)) from error
    except UNPACKING as error:
        raise ValueError(_unreadable(path, error)) from error


def _at(path: Path, name: str, place: int, size: int) -> Content:
    if why := too_large(name, size, None):
        raise ValueError(why)
    try:
        with path.open("rb") as file:
            file.seek(place)
            return file.read(size)
    except FileNotFoundError as error:
        raise Gone(in_words(error, path)) from error
    except OSError as error:
        raise ValueError(in_words(error, path)) from error


def _refuse(why: str) -> Content:
    raise ValueError(why)


def _unreadable(path: Path, error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno:
        return in_words(error, path)
    if isinstance(error, _Refused):
        return f"{path} {error}"
    return f"{path} cannot be read as a tar ({error}); copy it again, or unpack it and add the folder"
