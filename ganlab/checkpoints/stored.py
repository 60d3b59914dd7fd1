"""Which tensors a safetensors file says that it holds, read without their values."""

from typing import Any, NamedTuple

from torch import Tensor

KINDS = {
    "F64": "numbers",
    "F32": "numbers",
    "F16": "numbers",
    "BF16": "numbers",
    "I64": "whole numbers",
    "U8": "pixels",
}
"""What the types of values that are read stand for; no other type is."""


class Stored(NamedTuple):
    """A tensor of a file; two of one shape and kind can stand for each other."""

    shape: list[int]
    kind: str  # one of `KINDS`, or the type's own name

    def __str__(self) -> str:
        return f"{self.shape} of {self.kind}"


def stored_tensors(file: Any) -> dict[str, Stored]:
    """Every tensor of an open file (`safe_open`), by name."""
    found = {}
    for key in file.keys():  # noqa: SIM118
        part = file.get_slice(key)
        found[key] = Stored(part.get_shape(), KINDS.get(part.get_dtype(), part.get_dtype()))
    return found


def kind_of(value: Tensor) -> str:
    """The kind under which the value of a net is stored."""
    return "numbers" if value.is_floating_point() else "whole numbers"
