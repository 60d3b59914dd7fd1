"""A zip of pictures, read where it is and never unpacked onto the disk."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from ganlab.data.sources.archives import MOST_MEMBERS, leads_out, too_large, why_not
from ganlab.data.sources.collection import NO_PICTURE, Collection, Read, Tally, identity_of
from ganlab.data.sources.kinds import HEAD_BYTES, begins_like_picture, is_left_behind, kind
from ganlab.data.sources.lists_among import ListsAmong
from ganlab.data.sources.names import Names
from ganlab.system_errors import in_words

ENCRYPTED = 1  # flag of a member
IS_UTF8 = 1 << 11
END_BYTES = 22 + 65_535  # of the archive, within which its last record begins
UNPACKING = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
MEMBER = np.dtype(
    [
        ("offset", "i8"),
        ("packed", "i8"),
        ("size", "i8"),
        ("crc", "u4"),
        ("method", "u2"),
        ("flags", "u2"),
        ("respelt", "?"),  # its name is UTF-8, which the archive does not say
        ("backslashed", "?"),  # its folders are told apart by backslashes, as some tools of Windows write them
    ]
)


def open_zip(path: Path) -> Collection:
    """The pictures in a zip, in its order.

    Of its list of members only numbers stay in memory. ValueError names the file and the remedy: no zip, cut short,
    encrypted, or made to take up memory.
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
    for info in archive.filelist:
        name, respelt = _spelt(info)
        backslashed = "\\" in name and "/" not in name
        name = name.replace("\\", "/") if backslashed else name
        if info.is_dir():
            continue
        member = (info.header_offset, info.compress_size, info.file_size, info.CRC, info.compress_type, info.flag_bits)
        record = np.array([(*member, respelt, backslashed)], MEMBER)[0]
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
        names.append(name)
        members.append(record)
    archive.filelist.clear()
    archive.NameToInfo.clear()
    status = path.stat()
    found, records = Names.of(names), np.array(members, MEMBER)

    def stream(start: int) -> Iterator[Read]:
        return (partial(_bytes, archive, found[place], records[place]) for place in range(start, len(found)))

    return Collection(
        title=str(path),
        identity=identity_of(
            os.fsencode(os.path.realpath(path)), b"%d %d" % (status.st_size, status.st_mtime_ns), found.digest()
        ),
        names=found,
        stream=stream,
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


def _spelt(info: zipfile.ZipInfo) -> tuple[str, bool]:
    """The name as its maker meant it, and whether that is another than zipfile reads: macOS does not say UTF-8."""
    if not info.flag_bits & IS_UTF8 and not info.filename.isascii():
        try:
            return info.orig_filename.encode("cp437").decode("utf-8"), True
        except UnicodeError:
            return info.filename, False
    return info.filename, False


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
    stored = name.replace("/", "\\") if member["backslashed"] else name
    info.filename = info.orig_filename = stored.encode().decode("cp437") if member["respelt"] else stored
    info.header_offset, info.CRC = int(member["offset"]), int(member["crc"])
    info.compress_size, info.file_size = int(member["packed"]), int(member["size"])
    info.compress_type, info.flag_bits = int(member["method"]), int(member["flags"])
    try:
        return archive.read(info)
    except UNPACKING as error:
        raise ValueError(f"{name} cannot be unpacked ({error}); make the zip again") from error
