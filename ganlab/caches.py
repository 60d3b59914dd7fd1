"""Files that can be made again: kept where they belong, else in a folder of this user's own, else nowhere.

A folder of datasets may be another user's, on a disk that may only be read or is full. What is kept beside the data to
save time must then not stop anybody.
"""

import functools
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from safetensors import SafetensorError

from ganlab import listings
from ganlab.whole_files import replacing

AHEAD_NS = 60 * 10**9  # that clocks of two machines may differ by


def find(path: Path) -> Path:
    """Where the file of that place is: at `path`, else in the user's own folder; `path` where it is nowhere."""
    if listings.is_file(path):
        return path
    elsewhere = _elsewhere(path)
    return elsewhere if elsewhere and listings.is_file(elsewhere) else path


def keep(path: Path, write: Callable[[Path], object]) -> Path | None:
    """Have `write` fill the file for that place, and say where it is; None where it can be kept nowhere."""
    for find_place in (lambda: path, lambda: _elsewhere(path)):
        with suppress(OSError, SafetensorError):
            if (place := find_place()) is None:
                return None
            place.parent.mkdir(parents=True, exist_ok=True)  # the own folder around it is closed to others already
            with replacing(place) as part:
                write(part)
            return place
    return None


def forget_oldest(new: Path, pattern: str, *, most: int) -> None:
    """Remove all but `most` of the files beside `new` that match; whatever its time is by the clock, that one stays."""
    now = time.time_ns()

    def used_ns(file: Path) -> int:
        at = file.stat().st_mtime_ns
        return at if at <= now + AHEAD_NS else 0  # of a time when the clock was wrong, before anything of today

    files = sorted(listings.files(new.parent, pattern), key=used_ns)
    for file in [file for file in files if file != new][: -(most - 1)]:
        with suppress(OSError):  # another user's
            file.unlink(missing_ok=True)


def _elsewhere(path: Path) -> Path | None:
    """The place in the user's own folder; folders of one name do not mix."""
    own = own_folder()
    whose = hashlib.sha256(os.fsencode(path.parent.absolute())).hexdigest()[:16]
    return own / whose / path.name if own else None


def own_folder() -> Path | None:
    """The folder for temporary files that nobody but this user can write to or read; None where there can be none.

    A folder of that name which another user has put there is not used, nor a link, nor one that others may write to:
    they could choose what is read from it.
    """
    name = f"ganlab-{os.getuid()}" if hasattr(os, "getuid") else "ganlab"
    with suppress(OSError):
        folder = Path(tempfile.gettempdir()) / name
        folder.mkdir(mode=0o700, exist_ok=True)
        if is_own(folder):
            return folder
    temporary = _for_this_process()
    return Path(temporary.name) if temporary else None


def is_own(folder: Path) -> bool:
    """Whether it is a real folder, this user's, and closed to all others."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)


@functools.cache
def _for_this_process() -> "tempfile.TemporaryDirectory[str] | None":
    """A folder of a name that nobody can foresee, removed when the process ends."""
    try:
        return tempfile.TemporaryDirectory(prefix="ganlab-")
    except OSError:
        return None
