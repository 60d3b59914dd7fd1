"""The outside of a safetensors file: bounded before it is opened, written whole or not at all."""

import json
import stat
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ganlab.checkpoints.refusals import AGAIN
from ganlab.foreign import parse_json
from ganlab.system_errors import about, in_words, text_path
from ganlab.whole_files import Check, anyway, replacing

MAX_FILE_BYTES = 256 * 2**20
MAX_HEADER_BYTES = 4 * 2**20

SUMS = "crc32"
"""The entry of a header with a checksum of each tensor. A run checks its own files by it; in a file from elsewhere
another tool may have changed tensors with good reason."""


def check_container(path: Path, max_bytes: int = MAX_FILE_BYTES, *, remedy: str = AGAIN) -> None:
    """ValueError unless `path` looks like a safetensors file of a bounded size; reads a few bytes only."""
    text_path(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} is no file, but a folder or a device; move it away")
        size = status.st_size
        if size > max_bytes:
            raise ValueError(f"{path} has {size:,} bytes; at most {max_bytes:,} are read")
        with about(path), path.open("rb") as file:
            start = file.read(9)
    except FileNotFoundError as error:
        raise ValueError(f"{path} is not there; `python -m ganlab list` shows the checkpoints that are") from error
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    header = struct.unpack("<Q", start[:8])[0] if len(start) == 9 else 0
    fits = start[8:9] == b"{" and 0 < header <= size - 8
    if not fits and start.startswith((b"PK\x03\x04", b"\x80")):  # a header's length may begin with 0x80, too
        raise ValueError(
            f"{path} is a pickle (torch.save), which can run code when it is opened; such files are never read. "
            "Ask for a safetensors file"
        )
    if not fits:
        raise ValueError(f"{path} is not a safetensors file, or is cut short; {remedy}")
    if header > MAX_HEADER_BYTES:
        raise ValueError(f"{path} has a header of {header:,} bytes; at most {MAX_HEADER_BYTES:,} are read")


def write_safely(
    path: Path,
    tensors: Mapping[str, Tensor],
    metadata: Mapping[str, str],
    *,
    check: Check = anyway,
    max_bytes: int = MAX_FILE_BYTES,
) -> None:
    """Write a safetensors file beside `path` and move it there; on an error, also of `check`, the old one stays whole.

    The folder around its own must be there: a run that was removed while it trained must not come back. ValueError for
    a file that `check_container` would not take.
    """
    sums = {SUMS: json.dumps({key: _checksum(tensor) for key, tensor in tensors.items()})}
    try:
        path.parent.mkdir(exist_ok=True)
        with replacing(path, durable=True, check=check) as part:
            save_file(dict(tensors), part, {**metadata, **sums})
            _check_readable(part, path, max_bytes)
    except SafetensorError as error:
        raise OSError(f"{path} could not be saved ({error}); what was there before is unchanged") from error


def _check_readable(part: Path, path: Path, max_bytes: int) -> None:
    """ValueError where the file `part`, which is to become that at `path`, is larger than what is read."""
    with part.open("rb") as file:
        header = struct.unpack("<Q", file.read(8))[0]
    for what, size, most in (
        ("a header of ", header, MAX_HEADER_BYTES),
        ("", part.stat().st_size, max_bytes),
    ):
        if size > most:
            raise ValueError(
                f"{path} would have {what}{size:,} bytes, and at most {most:,} are read; what was there before is "
                f"unchanged. {'Shorten the texts in its header' if what else 'Choose smaller nets'}"
            )


def check_unchanged(path: Path) -> None:
    """ValueError when a tensor of a file of one's own is not as it was written."""
    with safe_open(path, "pt") as file:
        check_sums(path, file.metadata(), {key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118


def check_sums(
    path: Path, metadata: Mapping[str, str] | None, tensors: Mapping[str, Tensor], *, remedy: str = AGAIN
) -> None:
    """ValueError for a tensor that is not as it was written; files whose header has no checksums are believed."""
    try:
        sums = parse_json((metadata or {}).get(SUMS, "{}"))
    except ValueError:
        sums = None
    if not isinstance(sums, dict):
        raise ValueError(f"{path} is damaged: its checksums cannot be read; {remedy}")
    for key, tensor in tensors.items():
        if key in sums and _checksum(tensor) != sums[key]:
            raise ValueError(f"{path} is damaged: {key} is not as it was written; {remedy}")


def _checksum(tensor: Tensor) -> int:
    """CRC-32 of the tensor's bytes."""
    return zlib.crc32(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
