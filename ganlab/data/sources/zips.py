"""A zip of pictures, read where it is and never unpacked onto the disk."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from ganlab.counting import counted
from ganlab.data.sources.archives import MOST_MEMBERS, latest, leads_out, tidied, too_large, why_not
from ganlab.data.sources.collection import NO_PICTURE, Collection, Labels, Read, Tally, file_identity, identity_of
from ganlab.data.sources.kinds import HEAD_BYTES, begins_like_picture, is_left_behind, kind
from ganlab.data.sources.lists_among import ListsAmong
from ganlab.data.sources.names import Names
from ganlab.foreign import shortened
from ganlab.system_errors import in_words

ENCRYPTED = 1  # flag of a member
IS_UTF8 = 1 << 11
UNICODE_PATH = 0x7075  # a field of Info-ZIP's: the name as UTF-8, with the checksum of the other one
HEAD = struct.Struct("<4s22xHH")  # before a member: mark, bytes of its name, bytes of its extra fields
Spelling = Literal["auto", "gbk", "shift-jis", "euc-kr", "big5", "cp1251", "cp1252", "cp866", "cp437"]
"""How names are spelt that are not said to be UTF-8. `auto`: as UTF-8 where all bytes of a name can be, else in cp437,
as the format has it."""
END_BYTES = 22 + 65_535  # of the archive, within which its last record begins
UNPACKING = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError, ValueError)
"""What Python's `zipfile` raises for members that it cannot read; RuntimeError for encrypted and unknown ones."""
MEMBER = np.dtype(
    [
        ("offset", "i8"),
        ("packed", "i8"),
        ("size", "i8"),
        ("crc", "u4"),
        ("method", "u2"),
        ("flags", "u2"),
    ]
)


def open_zip(path: Path, spelling: Spelling = "auto") -> Collection:
    """The pictures in a zip, in its order.

    Of its list of members only numbers stay in memory. ValueError names the file and the remedy: no zip, cut short,
    encrypted, names that are spelt in another way, or made to take up memory.
    """
    try:
        _check_end(path)
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise ValueError(in_words(error, path)) from error
    except (zipfile.BadZipFile, OSError, struct.error, UnicodeDecodeError, NotImplementedError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno:
            raise ValueError(in_words(error, path)) from error
        raise ValueError(f"{path} cannot be read as a zip ({error}); copy it again, or add its folder") from error
    _check_parts(archive, path)
    tally, names, members, lists = Tally(), [], [], ListsAmong()
    guessed: list[str] = []  # names that may be spelt in another way
    for info in archive.filelist:
        name, is_guess = _spelt(info, spelling, path)
        if "\\" in name and "/" not in name:  # as some tools of Windows write them
            name = name.replace("\\", "/")
        name = tidied(name)
        if info.is_dir():
            continue
        member = (info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type, info.flag_bits)
        record = np.array([member], MEMBER)[0]
        if not leads_out(name) and not is_left_behind(name) and lists.wants(name, info.file_size):
            lists.add(name, partial(_bytes, archive, name, record))
        if why_not(name, tally):
            continue
        if kind(name) == "unknown" and not _begins_like_picture(archive, info):
            tally.add(NO_PICTURE, name)
            continue
        if info.flag_bits & ENCRYPTED:
            archive.close()
            raise ValueError(f"{path} is encrypted ({name}); unpack it with its password, and add the folder")
        guessed += [name] * is_guess
        names.append(name)
        members.append(record)
    archive.filelist.clear()
    archive.NameToInfo.clear()
    found, kept = latest(Names.of(names), tally)
    records = np.array(members, MEMBER)[kept]

    def stream(start: int) -> Iterator[Read]:
        return (partial(_bytes, archive, found[place], records[place]) for place in range(start, len(found)))

    return Collection(
        title=str(path),
        identity=identity_of(file_identity(path), found.digest()),
        names=found,
        stream=stream,
        labels=Labels(notes=(_told(guessed),) if guessed else ()),
        passed_over=tally.told(),
        lists=lists.found(),
    )


def _check_end(path: Path) -> None:
    """ValueError for an archive of more members than anybody needs, before a record is made of each."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END_BYTES))
        end = file.read()
        place = end.rfind(b"PK\5\6")
        if place < 0:
            raise zipfile.BadZipFile("it does not end as a zip does: it is cut short, or another kind of file")
        list_bytes = struct.unpack_from("<I", end, place + 12)[0]
        if list_bytes == 0xFFFFFFFF and (large := end.rfind(b"PK\6\6", 0, place)) >= 0:
            list_bytes = struct.unpack_from("<Q", end, large + 40)[0]
    if list_bytes > 100 * MOST_MEMBERS:
        raise ValueError(f"{path} lists more than {MOST_MEMBERS:,} files; make smaller archives of it")


def _check_parts(archive: zipfile.ZipFile, path: Path) -> None:
    """ValueError where members share bytes of the archive, as in bombs that unpack to millions of their size."""
    if sum(info.compress_size for info in archive.filelist) > path.stat().st_size:
        archive.close()
        raise ValueError(f"{path} is no ordinary zip: its members overlap, so that it would unpack without end")


def _spelt(info: zipfile.ZipInfo, spelling: Spelling, path: Path) -> tuple[str, bool]:
    """The name as its maker meant it, and whether that is a guess. macOS does not say that its names are UTF-8."""
    if info.flag_bits & IS_UTF8 or info.filename.isascii():
        return info.filename, False
    stored = info.orig_filename.encode("cp437")
    if name := _unicode_path(info.extra, stored):
        return name, False
    for one in ("utf-8", "cp437") if spelling == "auto" else (spelling,):
        try:
            return stored.decode(one).partition("\0")[0], one == "cp437" and spelling == "auto"
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{path}: the name {info.filename!r} is not spelt in {spelling}; choose another --zip-names")


def _unicode_path(extra: bytes, stored: bytes) -> str:
    """The name in the field that WinZip and WinRAR write for it; empty where there is none of this name."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and field[:1] == b"\1" and field[1:5] == struct.pack("<I", zlib.crc32(stored)):
            return field[5:].decode("utf-8", "replace").partition("\0")[0]
    return ""


def _told(guessed: Sequence[str]) -> str:
    first = shortened(guessed[0], 60)
    names = counted(len(guessed), "name in the zip does", "names in the zip do")
    return (
        f"{names} not say in which alphabet, such as {first!r}: where that looks wrong, add the pictures with "
        "--zip-names gbk (or shift-jis, euc-kr, big5, cp1251 ...), or unpack the zip and add its folder"
    )


def _begins_like_picture(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    if info.flag_bits & ENCRYPTED:
        return False
    try:
        with archive.open(info) as file:
            return begins_like_picture(file.read(HEAD_BYTES))
    except UNPACKING:
        return False


def _bytes(archive: zipfile.ZipFile, name: str, member: np.void) -> bytes:
    """What the member holds; its checksum is compared."""
    if why := too_large(name, int(member["size"]), int(member["packed"])):
        raise ValueError(why)
    info = zipfile.ZipInfo()
    try:
        info.filename = info.orig_filename = _stored_name(archive, int(member["offset"]), int(member["flags"]))
    except (OSError, struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"{name} cannot be unpacked ({error}); make the zip again") from error
    info.header_offset, info.CRC = int(member["offset"]), int(member["crc"])
    info.compress_size, info.file_size = int(member["packed"]), int(member["size"])
    info.compress_type, info.flag_bits = int(member["method"]), int(member["flags"])
    try:
        return archive.read(info)
    except UNPACKING as error:
        raise ValueError(f"{name} cannot be unpacked ({error}); make the zip again") from error


def _stored_name(archive: zipfile.ZipFile, offset: int, flags: int) -> str:
    """The name before a member, as zipfile spells it and asks for it."""
    assert archive.filename is not None  # it was opened by its path
    with open(archive.filename, "rb") as file:
        file.seek(offset)
        _, size, _ = HEAD.unpack(file.read(HEAD.size))
        return file.read(size).decode("utf-8" if flags & IS_UTF8 else "cp437")
