"""Who trains a run of this machine: whoever holds the lock of its directory. It goes with the process, however that
ends. Of a run that was sent elsewhere the lock says nothing: its backend sees to it that it has one trainer.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ganlab import locks
from ganlab.runs.paths import RunFolder
from ganlab.runs.where import is_here

ENDING_SECONDS = 2.0  # from the word that a run has ended to the end of its trainer


def is_locked(folder: RunFolder) -> bool:
    """Whether a trainer of this machine is at work. ValueError where files cannot be locked."""
    return is_here(folder) and locks.is_held(folder.lock)


def is_free(folder: RunFolder) -> bool:
    """Whether no trainer is at work, or one is just ending."""
    deadline = time.monotonic() + ENDING_SECONDS
    while is_locked(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def hold(folder: RunFolder) -> Iterator[None]:
    """Be the run's only trainer. ValueError when there is one already, or where files cannot be locked."""
    if not is_here(folder):
        folder.lock.touch()  # that the file is gone tells a trainer that the run is
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.hold(folder.lock, patience_seconds=ENDING_SECONDS))
        except locks.Held:
            raise ValueError(
                f"another trainer is at work in {folder.path}; wait for it, cancel it, or choose another folder"
            ) from None
        yield


def withdraw_stop(folder: RunFolder) -> None:
    """Take back an old wish to stop, so that the run can go on. ValueError where a trainer is at work, whose it is."""
    with hold(folder):
        folder.stop.unlink(missing_ok=True)
