"""The outside of a safetensors file: bounded before it is opened, written whole or not at all."""

import struct
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from ganlab.full_disk import DiskFullError
from ganlab.whole_files import replacing

MAX_FILE_BYTES = 256 * 2**20
MAX_HEADER_BYTES = 4 * 2**20


def check_container(path: Path, max_bytes: int = MAX_FILE_BYTES) -> None:
    """ValueError unless `path` looks like a safetensors file of a bounded size; reads a few bytes only."""
    if not path.is_file():
        raise ValueError(f"{path} is not there; `python -m ganlab list` shows the checkpoints that are")
    size = path.stat().st_size
    if size > max_bytes:
        raise ValueError(f"{path} has {size:,} bytes; at most {max_bytes:,} are read")
    with path.open("rb") as file:
        start = file.read(9)
    header = struct.unpack("<Q", start[:8])[0] if len(start) == 9 else 0
    fits = start[8:9] == b"{" and 0 < header <= size - 8
    if not fits and start.startswith((b"PK\x03\x04", b"\x80")):  # a header's length may begin with 0x80, too
        raise ValueError(
            f"{path} is a pickle (torch.save), which can run code when it is opened; such files are never read. "
            "Ask for a safetensors file"
        )
    if not fits:
        raise ValueError(f"{path} is not a safetensors file, or is cut short; copy or download it again")
    if header > MAX_HEADER_BYTES:
        raise ValueError(f"{path} has a header of {header:,} bytes; at most {MAX_HEADER_BYTES:,} are read")


def write_safely(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write a safetensors file beside `path` and move it there; on an error the old file stays whole."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            save_file(dict(tensors), part, dict(metadata))
    except DiskFullError:
        raise
    except (OSError, SafetensorError) as error:
        raise OSError(
            f"{path} could not be saved ({error}); what was there before is unchanged. Choose another folder"
        ) from error
