"""Tensors that cost time and are the same for every run, in a file that says what they were computed from."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ganlab import caches, listings
from ganlab.foreign import parse_json

HEADER = "reference"


class Stamped(NamedTuple):
    """What such a file holds."""

    name: str  # of the dataset
    tensors: dict[str, Tensor]


def read(path: Path, stamp: str) -> Stamped | None:
    """What the file for that place holds; None where there is none with that stamp, or it is damaged."""
    place = caches.find(path)
    if not listings.is_file(place):
        return None
    try:
        with safe_open(place, "pt") as file:
            header = parse_json((file.metadata() or {}).get(HEADER, "{}"))
            tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError):
        return None
    whole = isinstance(header, dict) and header.get("stamp") == stamp and header.get("digest") == digest(tensors)
    return Stamped(header["name"], tensors) if whole else None


def write(path: Path, stamp: str, name: str, tensors: Mapping[str, Tensor]) -> None:
    """Keep contiguous tensors for that place, where anything can be kept."""
    header = {"name": name, "stamp": stamp, "digest": digest(tensors)}
    caches.keep(path, lambda part: save_file(dict(tensors), part, {HEADER: json.dumps(header)}))


def digest(tensors: Mapping[str, Tensor]) -> str:
    """Of names and values: a flipped bit in a covariance would otherwise be believed."""
    found = hashlib.blake2b(digest_size=16)
    for key in sorted(tensors):
        found.update(key.encode() + tensors[key].contiguous().numpy().tobytes())
    return found.hexdigest()
