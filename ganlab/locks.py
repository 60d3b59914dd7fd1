"""Locks that end with the process that holds them, and a look at them that disturbs nobody; on every system.

filelock offers exclusive locks only. A look at a lock therefore has to take it for a moment, and two who look at the
same time would take each other for its holder. A second lock, the gate, is held by whoever looks and by whoever is
about to take the lock, so that they come one after the other: what is found locked behind the gate has a holder.
"""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import lock_descriptor

from ganlab.system_errors import in_words

GATE_SECONDS = 5.0  # a look takes microseconds; longer than this somebody was stopped in the middle of one
POLL_SECONDS = 0.002
PATIENT_POLL_SECONDS = 0.05
MISSING = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
"""What a file system answers that has no locks, such as a network share without its lock service."""
NOWHERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
"""What it answers of a file that is not there, and cannot be: its folder is a file, or a link to itself."""


class Held(ValueError):
    """Another process holds the lock."""


def files(path: Path) -> tuple[Path, Path]:
    """The files that the lock `path` consists of, whether they are there or not."""
    return path, _gate(path)


@contextmanager
def hold(path: Path, *, patience_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock file `path`, which is made when it is missing.

    `Held` when somebody else does and goes on to; ValueError, with the remedy, where the file system has no locks.
    """
    deadline = time.monotonic() + patience_seconds
    while (file := _take(path)) is None:
        if time.monotonic() >= deadline:
            raise Held(f"{path} is locked by another process")
        time.sleep(PATIENT_POLL_SECONDS)
    try:
        yield
    finally:
        os.close(file)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock file `path`. ValueError where the file system has no locks."""
    with _behind_gate(path, make=False):
        file = _open(path, make=False)
        if file is None:
            return False
        try:
            return not _lock(file, path)
        finally:
            os.close(file)


def require(folder: Path) -> None:
    """ValueError, with the remedy, where files in `folder` cannot be made or locked."""
    probe = folder / f".lock-{secrets.token_hex(4)}"
    try:
        file = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    except OSError as error:
        raise ValueError(in_words(error).replace(str(probe), str(folder))) from error
    try:
        _lock(file, probe)
    finally:
        os.close(file)
        probe.unlink()


def _take(path: Path) -> int | None:
    """A descriptor that holds the lock; None when another process does."""
    with _behind_gate(path, make=True):
        file = _open(path, make=True)
        assert file is not None
        taken = False
        try:
            taken = _lock(file, path)
        finally:
            if not taken:
                os.close(file)
    return file if taken else None


@contextmanager
def _behind_gate(path: Path, *, make: bool) -> Iterator[None]:
    """Be the only one who looks at the lock or takes it; a lock that was never taken may have no gate."""
    gate = _gate(path)
    file = _open(gate, make=make)
    if file is None:
        yield
        return
    try:
        deadline = time.monotonic() + GATE_SECONDS
        while not _lock(file, gate):
            if time.monotonic() > deadline:
                raise ValueError(f"{gate} is held by a process that does not go on; end that process")
            time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(file)


def _gate(path: Path) -> Path:
    return path.with_name(f"{path.name}.gate")


def _open(path: Path, *, make: bool) -> int | None:
    """A descriptor of the file; None when it is missing and is not to be made."""
    try:
        if make:
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        return os.open(path, os.O_RDONLY)  # a reader may have no right to write here
    except OSError as error:
        if not make and error.errno in NOWHERE:
            return None
        if error.errno == errno.ENOENT:
            raise
        if os.path.isdir(path):  # Windows says that it may not be opened
            raise ValueError(f"{path} is a folder where a lock file must be; move it away") from None
        raise ValueError(in_words(error, path)) from error


def _lock(file: int, path: Path) -> bool:
    """Whether the open file could be locked; closing it gives the lock back."""
    try:
        return lock_descriptor(file, blocking=False)
    except OSError as error:
        if error.errno in MISSING:
            raise ValueError(
                f"{path.parent} is on a disk whose files cannot be locked ({error.strerror}), as on some network "
                "shares; set GANLAB_RUNS to a folder on a local disk"
            ) from error
        raise
