"""Files that are whole at any time: written beside their place, then moved there."""

import errno
import math
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

from ganlab.full_disk import DiskFullError, room_for

UNFINISHED = re.compile(r".+\.[0-9a-f]+\.part|\.tmp[A-Za-z0-9]{6}")
"""Names of what writers that were killed leave: ours, and those of safetensors."""

NO_SYNC = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}
"""What file systems answer that cannot sync a folder, or anything."""

MOST_NAME_BYTES = 255  # on every common file system
SHOWN_LETTERS = 40  # of a name that is too long

OPEN_ELSEWHERE = {5, 32, 33}
"""What Windows answers of a file that another process has open: denied, shared, locked."""
MOVING_SECONDS = 5.0
POLL_SECONDS = 0.01

AHEAD_SECONDS = 60.0  # that clocks of two machines may differ by

NOT_ON_WINDOWS = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?|.*[<>:\"|?*\x00-\x1f].*|.*[. ]",
    re.IGNORECASE,
)
"""Names that stand for a device there, or that no file there can have."""


def check_name(path: PurePath, *, windows: bool = os.name == "nt") -> None:
    """ValueError for a file or folder whose name no file system takes, or none on Windows."""
    names = path.parts[1:] if path.anchor else path.parts
    if "\0" in str(path):
        raise ValueError("no file can have a NUL in its name; choose another name")
    if windows and (bad := [name for name in names if name != ".." and NOT_ON_WINDOWS.fullmatch(name)]):
        raise ValueError(f"no file on Windows can be called {bad[0]}; choose another name")
    if too_long := [name for name in path.parts if len(os.fsencode(name)) > MOST_NAME_BYTES]:
        raise ValueError(
            f"the name {too_long[0][:SHOWN_LETTERS]}... has {len(os.fsencode(too_long[0])):,} bytes; choose one of at "
            f"most {MOST_NAME_BYTES}"
        )


def require_room(path: Path, size_bytes: int) -> None:
    """Raise what writing so many bytes to `path` would raise, before the work that makes them; make its folder.

    DiskFullError where they do not fit, other OSErrors about the folder.
    """
    _check_place(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with room_for(path), tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(size_bytes))
            file.flush()
    except DiskFullError:
        raise
    except OSError as error:
        error.filename = str(path.parent)  # not that of the file without a name
        raise


Check = Callable[[], object]
"""Asked before what was written takes its place; what it raises leaves everything as it was."""


def anyway() -> None:
    """The check of whoever may always write."""


@contextmanager
def replacing(path: Path, *, durable: bool = False, check: Check = anyway) -> Iterator[Path]:
    """A path of the caller's own beside `path`; what the block has written there takes the place of `path` at its end.

    Whoever reads `path` sees the old file or the new one. After an error the old one stays and nothing is left over;
    a full disk raises DiskFullError, which names `path` and the remedy.
    Of two writers at the same time the last to end prevails. Who may read the file is what the umask says, however
    the block made it: safetensors' files can be read by nobody else. A `durable` file is on the disk when the block
    has ended, so that a power cut leaves it whole, too; without that a rename may outlive what the file held.
    """
    _check_place(path)
    end = f".{secrets.token_hex(4)}.part"
    part = path.with_name(path.name.encode()[: MOST_NAME_BYTES - len(end)].decode(errors="ignore") + end)
    try:
        with room_for(path):
            part.touch()  # the umask itself cannot be read without changing it for all threads
            mode = part.stat().st_mode
            part.unlink()
            yield part
            part.chmod(mode)
            if durable:
                sync(part)
            check()
            _move(part, path)
            if durable:
                sync(path.parent)
    except OSError as error:
        if error.filename is not None and Path(error.filename) == part:
            error.filename = str(path)  # nobody has asked for the part
            del error.filename2  # which would be told as "None"
        raise
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _check_place(path: Path) -> None:
    check_name(path)
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a folder where a file is to be written; move it away")


def _move(part: Path, path: Path) -> None:
    """Windows refuses while somebody has the old file open: readers here have it for milliseconds."""
    deadline = time.monotonic() + MOVING_SECONDS
    while True:
        try:
            part.replace(path)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in OPEN_ELSEWHERE or time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return


def sync(path: Path) -> None:
    """Have what was written into a file, or moved into a folder, on the disk before going on."""
    if path.is_dir() and os.name == "nt":
        return  # Windows has no such call for folders, and its file system keeps a journal of their entries
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        os.close(file)


def clock(folder: Path) -> float:
    """Seconds since the epoch by the clock of whoever keeps the folder: times of its files are told by no other.

    Where nothing can be written there, this machine's is the only one to ask.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_mtime
    except OSError:  # a full disk, a folder that may only be read
        return time.time()


def unchanged_seconds(path: Path) -> float:
    """For how long the file is as it is, by the clock of its folder; infinite where it is gone."""
    try:
        return age_seconds(path, clock(path.parent))
    except OSError:
        return math.inf


def age_seconds(path: Path, now: float) -> float:
    """Since the file, or what is in the folder, was changed; `now` by its own clock. OSError where it is gone.

    One from the future, of a time when a clock was wrong, begins to age now: else it would stay young for ever.
    """
    age = now - path.stat().st_mtime
    if age < -AHEAD_SECONDS:
        with suppress(PermissionError):  # another user's
            os.utime(path, (now, now))
        return 0.0
    return age


def remove_unfinished(folder: Path, *, before: float = math.inf) -> None:
    """Remove what writers that were killed have left in `folder`; nothing of anybody else's, and no folder.

    Only files last changed `before`, in seconds since the epoch, where others may be writing.
    """
    for path in folder.glob("*"):
        if UNFINISHED.fullmatch(path.name) and os.path.isfile(path) and not path.is_symlink():
            with suppress(FileNotFoundError):  # another has removed it
                if path.stat().st_mtime < before:
                    path.unlink()
