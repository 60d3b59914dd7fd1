"""Which file lies at a path, and in which state: what was once read of it holds as long as that is the same."""

import os
import time
from pathlib import Path
from typing import NamedTuple

TICK_NS = 20 * 10**6  # two changes within it may have one time: clocks of file systems move every 1 to 10 ms


class FileVersion(NamedTuple):
    """A copy may keep the time of its original, an archive bring an older one, and a new file an old number."""

    inode: int
    size_bytes: int
    written_ns: int  # as whoever wrote the file may say
    changed_ns: int  # in anything, rights and name among it, which the system alone says; on Windows when it was made


ABSENT = FileVersion(0, 0, 0, 0)


def version(path: str | Path) -> FileVersion:
    """That of the file to which `path` leads; `ABSENT` where none can be seen.

    It waits up to 20 ms for the clock to move on where the file has changed just now: a change that comes after what is
    read now has another time then.
    """
    found = at_once(path)
    now = time.time_ns()
    if any(0 <= now - moment < TICK_NS for moment in (found.written_ns, found.changed_ns)):
        time.sleep(TICK_NS / 1e9)
        return at_once(path)
    return found


def at_once(path: str | Path) -> FileVersion:
    """As `version`, without waiting: for who looks again soon, whatever is found."""
    try:
        return of(os.stat(path))
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return ABSENT


def of(status: os.stat_result) -> FileVersion:
    """The version that a file system's answer says, in numbers that SQLite takes: signed, of 64 bits."""
    return FileVersion(
        status.st_ino % 2**63, status.st_size, _bounded(status.st_mtime_ns), _bounded(status.st_ctime_ns)
    )


def _bounded(moment_ns: int) -> int:
    """A time of the years 1678 to 2262; whoever sets that of a file may say any other."""
    return min(max(moment_ns, -(2**63)), 2**63 - 1)
