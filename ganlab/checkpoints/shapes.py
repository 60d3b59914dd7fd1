"""Nets that have shapes but no numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

DRAWS: dict[Callable[..., Any], str] = {  # what draws initial weights, and how it calls the tensor that it fills
    nn.init.normal_: "tensor",
    Tensor.normal_: "self",
}


@contextmanager
def without_weights() -> Iterator[None]:
    """Build nets on the meta device, and skip drawing normal values for tensors that could not hold them.

    torch does such a draw on the meta device in Python, for which it imports its compiler: 815 modules, 1.1 s.
    """
    with torch.device("meta"), _NoDraws():
        yield


class _NoDraws(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func in DRAWS:
            return args[0] if args else kwargs[DRAWS[func]]
        return func(*args, **kwargs)
