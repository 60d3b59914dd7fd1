"""Who trains a run: whoever holds the lock of its directory. It goes with the process, however that ends."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ganlab import locks
from ganlab.runs.paths import RunFolder


def is_locked(folder: RunFolder) -> bool:
    """Whether a trainer is at work. ValueError where files cannot be locked."""
    return locks.is_held(folder.lock)


@contextmanager
def hold(folder: RunFolder) -> Iterator[None]:
    """Be the run's only trainer. ValueError when there is one already, or where files cannot be locked."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.hold(folder.lock))
        except locks.Held:
            raise ValueError(
                f"another trainer is at work in {folder.path}; wait for it, cancel it, or choose another folder"
            ) from None
        yield
