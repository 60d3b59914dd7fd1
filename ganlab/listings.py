"""What a folder holds, without what desktops, sync clients and network shares leave in it unasked."""

import os
import unicodedata
from pathlib import Path

from ganlab.system_errors import in_words, printable

DESKTOP_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}


def is_stray(path: Path) -> bool:
    """Whether the name is one that no user gave: `.DS_Store`, `._x` beside `x`, `.stfolder`, `Thumbs.db`."""
    return path.name.startswith(".") or path.name.lower() in DESKTOP_FILES


def files(folder: Path, pattern: str = "*") -> list[Path]:
    """The regular files of `folder` that match, by name; empty where there is no such folder."""
    return [path for path in entries(folder, pattern) if is_file(path)]


def folders(folder: Path) -> list[Path]:
    """The folders in `folder`, by name; empty where there is no such folder."""
    return [path for path in entries(folder) if is_folder(path)]


def folder_names(folder: Path) -> list[str]:
    """The names of `folders`, in any order, without a question about each: for folders of thousands."""
    try:
        with os.scandir(folder) as found:
            names = [entry.name for entry in found if entry.is_dir()]
    except OSError:
        return []
    return [name for name in names if not is_stray(Path(name)) and _is_text(name)]


def entries(folder: Path, pattern: str = "*") -> list[Path]:
    """All in `folder` that match, by name; empty where there is no such folder, or one that is closed to this user."""
    return [path for path in _found(folder, pattern) if not is_stray(path) and _is_text(path.name)]


def folded(name: str) -> str:
    """The name without what disks differ in: on those of macOS and Windows all names of one such form are one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def taken_names(folder: Path) -> set[str]:
    """Folded names of all that lies in `folder`, whoever put it there; empty where it cannot be seen."""
    try:
        return set(map(folded, os.listdir(folder)))
    except OSError:
        return set()


def is_file(path: Path) -> bool:
    """Whether a regular file is there; not, where one may not even look (`Path.is_file` raises an error then)."""
    return os.path.isfile(path)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; not, where one may not even look."""
    return os.path.isdir(path)


def is_there(path: Path) -> bool:
    """Whether anything is there; not, where one may not even look."""
    return os.path.exists(path)


def is_closed(folder: Path) -> bool:
    """Whether the folder is there, and this user has no right to see what is in it."""
    try:
        with os.scandir(folder):
            os.stat(os.path.join(folder, "."))
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def unlisted(folder: Path) -> str:
    """Why it cannot be seen what is in a folder, in words; empty where it can, and where there is no such folder."""
    named = printable(str(folder))
    if is_closed(folder):
        return f"{named} may not be read by you; its owner can allow it"
    try:
        with os.scandir(folder):
            return ""
    except FileNotFoundError:
        if not os.path.islink(folder):
            return ""
        target = printable(os.readlink(folder))
        return f"{named} is a link to {target}, which is not there; mount its disk, or remove the link"
    except OSError as error:  # a file in its place, a share that is gone, a link to itself
        return in_words(error, folder)


def problems(folder: Path) -> list[str]:
    """Why something in the folder is not listed, a sentence each: all of it, names that are no UTF-8, lost links."""
    names = [path.name for path in _found(folder) if not _is_text(path.name)]
    unnamed = [f"{printable(str(folder / name))} is left out: its name is no UTF-8; give it another" for name in names]
    return [*filter(None, [unlisted(folder)]), *unnamed, *_lost_links(folder)]


def _lost_links(folder: Path) -> list[str]:
    """A sentence for each link of the folder that leads nowhere; others cost no question to the file system."""
    try:
        with os.scandir(folder) as found:
            names = [entry.name for entry in found if entry.is_symlink() and not os.path.exists(entry.path)]
    except OSError:
        return []
    shown = sorted(name for name in names if _is_text(name) and not is_stray(Path(name)))
    return [
        f"{folder / name} is left out: it is a link that leads nowhere; mount its disk, or remove it" for name in shown
    ]


def is_empty(folder: Path) -> bool:
    """Whether a user sees nothing in the folder."""
    return all(map(is_stray, folder.iterdir()))


def _found(folder: Path, pattern: str = "*") -> list[Path]:
    """Nothing where one may not look, or no longer can: somebody else may be removing the folder."""
    try:  # `Path.glob` raises an error, too, where one may not look into a folder further up
        return sorted(folder.glob(pattern)) if is_folder(folder) else []
    except OSError:
        return []


def _is_text(name: str) -> bool:
    return printable(name) == name
