"""A full disk in words: which file did not fit, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganlab.system_errors import FULL, about, error_number, in_words


class DiskFullError(OSError):
    """Names the file and the remedy."""


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Raises DiskFullError about `path` where the block finds the disk full; other errors name `path` at least.

    Errors that safetensors reports of the disk become OSErrors.
    """
    try:
        with about(path):
            yield
    except DiskFullError:
        raise
    except OSError as error:
        check_room(error, path)
        raise


def check_room(error: BaseException, path: Path) -> None:
    """Raise DiskFullError about `path` where the `error` says so of some file."""
    number = error_number(error)
    if number in FULL:
        plain = OSError(number, "", str(path))
        raise DiskFullError(f"{in_words(plain)}; what was there before is unchanged") from error
