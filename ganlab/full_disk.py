"""A full disk in words: which file did not fit, and what to do."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "it is larger than a file may be here",
}


class DiskFullError(OSError):
    """Names the file and the remedy."""


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Raises DiskFullError about `path` where the block finds the disk full, and other errors as they are.

    Errors that safetensors reports of the disk become OSErrors.
    """
    try:
        yield
    except DiskFullError:
        raise
    except (OSError, SafetensorError) as error:
        number = error.errno if isinstance(error, OSError) else _number(str(error))
        if number in FULL:
            raise DiskFullError(
                f"{path} could not be written: {FULL[number]}. Free some space on that disk, or choose another "
                "folder; what was there before is unchanged"
            ) from error
        if number is not None and isinstance(error, SafetensorError):
            raise OSError(number, os.strerror(number), str(path)) from error
        raise


def _number(text: str) -> int | None:
    """The system's error number in what Rust says of it."""
    found = re.search(r"\(os error (\d+)\)", text)
    return int(found[1]) if found else None
