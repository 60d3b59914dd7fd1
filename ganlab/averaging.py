"""Averages of weights over the steps of a training, which are sampled from."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

EMA_NETS = ("generator", "encoder")
"""Nets that are sampled from, and therefore averaged."""


class Averaging(NamedTuple):
    """The tensors that go from a net into its average."""

    averages: list[Tensor]
    weights: list[Tensor]
    buffers: list[tuple[Tensor, Tensor]]  # of the average, of the net


def averaging(average: nn.Module, net: nn.Module) -> Averaging:
    """The tensors of two nets of one shape."""
    buffers = zip(average.buffers(), net.buffers(), strict=True)
    return Averaging([*average.parameters()], [*net.parameters()], [*buffers])


@torch.no_grad()
def blend(one: Averaging, share: float) -> None:
    """Move an average that share of the way to its net; buffers are copied, as batch norm's are averages already."""
    torch._foreach_lerp_(one.averages, one.weights, share)
    for old, new in one.buffers:
        old.copy_(new)
