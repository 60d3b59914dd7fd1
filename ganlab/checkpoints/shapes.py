"""Nets that have shapes but no numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

SHAPES: dict[Callable[..., Any], Callable[..., Tensor]] = {
    # what draws initial weights
    nn.init.normal_: lambda tensor, *_, **__: tensor,
    Tensor.normal_: lambda tensor, *_, **__: tensor,
    # what spectral norm's first estimates are made of
    F.normalize: lambda tensor, *_, **__: tensor,
    torch.mv: lambda matrix, vector, **_: matrix.new_empty(len(matrix)),
    torch.vdot: lambda one, other, **_: one.new_empty(()),
    Tensor.__truediv__: lambda tensor, other: tensor,
    Tensor.div: lambda tensor, other, **_: tensor,
}
"""The shape of a result, for operations that torch computes on the meta device in Python."""


@contextmanager
def without_weights() -> Iterator[None]:
    """Build nets on the meta device, without the numbers that they begin with.

    For some operations on that device torch imports its compiler: 815 modules, 1.1 s.
    """
    with torch.device("meta"), _OnlyShapes():
        yield


class _OnlyShapes(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        return SHAPES.get(func, func)(*args, **kwargs or {})
