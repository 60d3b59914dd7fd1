"""Nets rewritten for speed after training: the same function with fewer layers."""

import copy

import torch
from torch import Tensor, nn

from ganlab.nets.convolutions import ChannelsLast

Linear = nn.Linear | nn.Conv2d | nn.ConvTranspose2d
BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d
LAYOUT = (nn.Unflatten, nn.Flatten, ChannelsLast, nn.Identity)  # layers that move values without changing them


def folded(net: nn.Module) -> nn.Module:
    """A copy of a net in eval mode whose batch norm is part of the linear layer before it, wherever one is there.

    Layers that only serve training (memory order, faster gradients) become plain ones, too.
    """
    net = copy.deepcopy(net).eval().requires_grad_(False)
    for module in net.modules():
        if isinstance(module, nn.Sequential):
            _fold(module)
    for module in list(net.modules()):
        for name, child in module.named_children():
            setattr(module, name, _plain(child))
    return net


def _fold(layers: nn.Sequential) -> None:
    before: Linear | None = None
    for position, layer in enumerate(layers):
        if isinstance(layer, BatchNorm) and before is not None:
            _absorb(before, layer)
            layers[position] = nn.Identity()
        if isinstance(layer, Linear):
            before = layer
        elif not isinstance(layer, LAYOUT):
            before = None


def _absorb(layer: Linear, norm: BatchNorm) -> None:
    """Scale the layer's outputs and shift its bias as `norm` would; a channel may be many outputs of a Linear."""
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise ValueError("batch norm without running statistics cannot be folded; train with them")
    scale = (variance + norm.eps).rsqrt() * (1 if norm.weight is None else norm.weight)
    shift = (0 if norm.bias is None else norm.bias) - mean * scale
    axis = 1 if isinstance(layer, nn.ConvTranspose2d) else 0
    repeats = layer.weight.shape[axis] // len(scale)
    scale, shift = scale.repeat_interleave(repeats), shift.repeat_interleave(repeats)
    shape = [1] * layer.weight.ndim
    shape[axis] = -1
    bias = torch.zeros_like(scale) if layer.bias is None else layer.bias
    layer.weight = _parameter(layer.weight * scale.view(shape))
    layer.bias = _parameter(bias * scale + shift)


def _plain(layer: nn.Module) -> nn.Module:
    """The layer as torch's own, where it is one that behaves differently in training only."""
    if isinstance(layer, ChannelsLast):
        return nn.Identity()
    if isinstance(layer, nn.Unflatten) and layer.dim == 1:
        return _Reshape(tuple(layer.unflattened_size))
    for own in (nn.Conv2d, nn.ConvTranspose2d):
        if isinstance(layer, own) and type(layer) is not own:
            layer.__class__ = own  # same fields, torch's forward
    return layer


class _Reshape(nn.Module):
    """[N, values] => [N, *shape]; one operation in a graph where Unflatten makes twelve."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(-1, *self.shape)


def _parameter(value: Tensor) -> nn.Parameter:
    return nn.Parameter(value, requires_grad=False)
