"""A folder of pictures, searched through."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from ganlab.counting import Noun
from ganlab.data.pictures import MOST_BYTES
from ganlab.data.sources.collection import (
    ARCHIVE,
    LEFT_BEHIND,
    NO_PICTURE,
    Collection,
    Content,
    Gone,
    Read,
    Tally,
    Versions,
    identity_of,
)
from ganlab.data.sources.kinds import HEAD_BYTES, begins_like_picture, is_left_behind, kind
from ganlab.data.sources.list_files import MOST_LIST_BYTES
from ganlab.data.sources.lists_among import ListsAmong
from ganlab.data.sources.names import Names
from ganlab.system_errors import in_words, printable

CHANGED = "it was there a moment ago: start again when nothing moves the pictures any more"
MOST_DEPTH = 32  # folders in folders
TOO_DEEP = Noun(f"folder more than {MOST_DEPTH} deep", f"folders more than {MOST_DEPTH} deep")
UNREADABLE = Noun("folder that cannot be read", "folders that cannot be read")
FOLDER_LINK = Noun("link to a folder, which is not followed", "links to folders, which are not followed")
OUTWARD_LINK = Noun(
    "link that leads out of the folder, which is not followed",
    "links that lead out of the folder, which are not followed",
)
LOST_LINK = Noun("link that leads nowhere", "links that lead nowhere")
NO_FILE = Noun("thing that is no file", "things that are no files")
Look = Callable[[int], None]
"""Called with the number of files that were found so far."""


def open_folder(folder: Path, look: Look = lambda found: None) -> Collection:
    """The pictures in the folder and in those below it, by path.

    Links are followed to files that lie within the folder, and to nothing else. ValueError where the folder cannot be
    read.
    """
    root = Path(os.path.realpath(folder))
    names, versions, tally = [], Versions(), Tally()
    lists = ListsAmong()
    for name, entry in _walk(root, tally):
        what = kind(name)
        if lists.wants(name, _size(entry)):
            lists.add(name, partial(read_bounded, Path(entry.path), MOST_LIST_BYTES))
        if what == "unknown" and _begins_like_picture(entry.path):
            what = "picture"
        if what != "picture":
            tally.add(ARCHIVE if what == "archive" else NO_PICTURE, name)
            continue
        try:
            status = entry.stat()
        except OSError as error:
            raise Gone(f"{in_words(error)}; {CHANGED}") from error
        names.append(name)
        versions.add(status)
        if len(names) % 1000 == 0:
            look(len(names))
    found = Names.of(names)
    del names  # a text each, where the collection has them in one block

    def stream(start: int) -> Iterator[Read]:
        return (partial(_read, root, found[place]) for place in range(start, len(found)))

    return Collection(
        title=printable(str(folder)),
        identity=identity_of(os.fsencode(root), found.digest(), versions.digest()),
        names=found,
        stream=stream,
        passed_over=tally.told(),
        lists=lists.found(),
    )


def read_bounded(path: Path, most: int) -> bytes:
    """The file's bytes. ValueError names the file where there are more than `most`, or where it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(min(os.fstat(file.fileno()).st_size, most) + 1)  # so much memory is taken at once
    except FileNotFoundError as error:
        raise Gone(f"{in_words(error, path)}; {CHANGED}") from error
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    if len(content) > most:
        raise ValueError(f"{printable(str(path))} has more than the {most:,} bytes that are read; make it smaller")
    return content


def _walk(root: Path, tally: Tally) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Regular files with their paths below `root`, in the order of their names."""
    folders = [("", 0)]
    while folders:
        folder, depth = folders.pop()
        try:
            with os.scandir(root / folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            if not folder:
                raise ValueError(in_words(error, root)) from error
            tally.add(UNREADABLE, folder)
            continue
        below = []
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if is_left_behind(entry.name):
                tally.add(LEFT_BEHIND, name)
            elif entry.is_dir(follow_symlinks=False):
                below.append((name, depth + 1))
            elif why := _why_not(entry, root):
                tally.add(why, name)
            else:
                yield name, entry
        if depth < MOST_DEPTH:
            folders += reversed(below)
        else:
            for name, _ in below:
                tally.add(TOO_DEEP, name)


def _why_not(entry: "os.DirEntry[str]", root: Path) -> Noun | None:
    """What lies in a folder and is not read; None for a file that is."""
    try:
        if entry.is_symlink():
            target = os.path.realpath(entry.path, strict=True)
            if os.path.isdir(target):
                return FOLDER_LINK
            if not Path(target).is_relative_to(root):
                return OUTWARD_LINK
        return None if entry.is_file() else NO_FILE
    except OSError:  # it leads to itself or nowhere, or to where one may not look
        return LOST_LINK


def _size(entry: "os.DirEntry[str]") -> int:
    """Bytes of the file, more than anybody reads where it has gone meanwhile."""
    try:
        return entry.stat().st_size
    except OSError:
        return 2**63


def _begins_like_picture(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return begins_like_picture(file.read(HEAD_BYTES))
    except OSError:
        return False


def _read(root: Path, name: str) -> Content:
    return read_bounded(root / name, MOST_BYTES)
