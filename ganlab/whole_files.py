"""Files that are whole at any time: written beside their place, then moved there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganlab.full_disk import room_for

MOST_NAME_BYTES = 255  # on every common file system
SHOWN_LETTERS = 40  # of a name that is too long


def check_name(path: Path) -> None:
    """ValueError for a file or folder whose name no file system takes."""
    if too_long := [name for name in path.parts if len(os.fsencode(name)) > MOST_NAME_BYTES]:
        raise ValueError(
            f"the name {too_long[0][:SHOWN_LETTERS]}... has {len(os.fsencode(too_long[0])):,} bytes; choose one of at "
            f"most {MOST_NAME_BYTES}"
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path of the caller's own beside `path`; what the block has written there takes the place of `path` at its end.

    Whoever reads `path` sees the old file or the new one. After an error the old one stays and nothing is left over;
    a full disk raises DiskFullError, which names `path` and the remedy.
    Of two writers at the same time the last to end prevails. Who may read the file is what the umask says, however
    the block made it: safetensors' files can be read by nobody else.
    """
    check_name(path)
    end = f".{secrets.token_hex(4)}.part"
    part = path.with_name(path.name.encode()[: MOST_NAME_BYTES - len(end)].decode(errors="ignore") + end)
    try:
        part.touch()  # the umask itself cannot be read without changing it for all threads
        mode = part.stat().st_mode
        part.unlink()
        with room_for(path):
            yield part
        part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
