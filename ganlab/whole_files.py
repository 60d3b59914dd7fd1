"""Files that are whole at any time: written beside their place, then moved there."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganlab.full_disk import room_for


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path of the caller's own beside `path`; what the block has written there takes the place of `path` at its end.

    Whoever reads `path` sees the old file or the new one. After an error the old one stays and nothing is left over;
    a full disk raises DiskFullError, which names `path` and the remedy.
    Of two writers at the same time the last to end prevails. Who may read the file is what the umask says, however
    the block made it: safetensors' files can be read by nobody else.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
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
