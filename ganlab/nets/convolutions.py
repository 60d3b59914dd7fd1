"""Strided convolutions that take the faster of two ways on a CPU, as `ways` says.

A convolution, a transposed one and the gradient of their weights are the same three sums over a large map, a small map
and the weights between them. Each is linear in both of its inputs, and its derivatives are the other two, so that
gradients of gradients come out of the same three.
"""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.grad import conv2d_weight

from ganlab.nets.patches import correlated, gathered, patches, spread
from ganlab.nets.ways import KERNELS, Shape, Ways, ways_for


class Conv2d(nn.Conv2d):
    """As torch's, for square kernels with one stride and padding, no dilation and no groups."""

    def forward(self, input: Tensor) -> Tensor:
        kernel, stride, padding = self.kernel_size[0], self.stride[0], int(self.padding[0])
        height, width = input.shape[-2:]
        small = ((height + 2 * padding - kernel) // stride + 1, (width + 2 * padding - kernel) // stride + 1)
        plan = _plan(input, self.in_channels, Shape(kernel, stride, padding, (height, width), small))
        if plan is None:
            return super().forward(input)
        bias = None if self.bias is None else self.bias.to(plan.dtype)
        y: Tensor = Gather.apply(input.to(plan.dtype), self.weight.to(plan.dtype), bias, plan)
        return y


class ConvTranspose2d(nn.ConvTranspose2d):
    """As torch's, for square kernels with one stride and padding, no dilation, groups or output padding."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        kernel, stride, padding = self.kernel_size[0], self.stride[0], int(self.padding[0])
        height, width = input.shape[-2:]
        large = ((height - 1) * stride + kernel - 2 * padding, (width - 1) * stride + kernel - 2 * padding)
        plan = _plan(input, self.out_channels, Shape(kernel, stride, padding, large, (height, width)))
        if plan is None:
            return super().forward(input, output_size)
        y: Tensor = Spread.apply(input.to(plan.dtype), self.weight.to(plan.dtype), plan)
        return y if self.bias is None else y + self.bias.to(y.dtype)[:, None, None]


class ChannelsLast(nn.Module):
    """Keeps maps in channels-last order where a vector becomes a map or a map a vector, gradients included.

    Without it, the activation beside a flattened layer mixes both orders and takes ten times as long.
    """

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = _ToChannelsLast.apply(x)
        return y


class Plan(NamedTuple):
    """How to do one layer."""

    shape: Shape
    ways: Ways
    dtype: torch.dtype  # that it works in


def _plan(x: Tensor, channels: int, shape: Shape) -> Plan | None:
    """How to do a layer whose large map has `channels`, in autocast's number format where it is on; None as torch."""
    kind = x.device.type
    if kind != "cpu":
        return None
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else x.dtype
    ways = ways_for(channels, shape, dtype)
    return None if ways == KERNELS else Plan(shape, ways, dtype)


class Gather(torch.autograd.Function):
    """large [N, B, H, W] and weight [A, B, k, k] => [N, A, h, w]; `rows` are patches of `large`, if they are there."""

    @staticmethod
    def forward(
        ctx: Any, large: Tensor, weight: Tensor, bias: Tensor | None, plan: Plan, rows: Tensor | None = None
    ) -> Tensor:
        ctx.plan, shape = plan, plan.shape
        if plan.ways.gather == "product":
            rows = patches(large, shape) if rows is None else rows
            y = gathered(rows, weight, bias, shape)
        else:
            y = F.conv2d(large, weight, bias, shape.stride, shape.padding)
        ctx.save_for_backward(large, weight, rows if ctx.needs_input_grad[1] else None)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None, None]:
        large, weight, rows = ctx.saved_tensors
        to_large, to_weight, to_bias = ctx.needs_input_grad[:3]
        return (
            Spread.apply(grad, weight, ctx.plan) if to_large else None,
            Correlate.apply(grad, large, ctx.plan, rows) if to_weight else None,
            grad.sum((0, 2, 3)) if to_bias else None,
            None,
            None,
        )


class Spread(torch.autograd.Function):
    """small [N, A, h, w] and weight [A, B, k, k] => [N, B, H, W]."""

    @staticmethod
    def forward(ctx: Any, small: Tensor, weight: Tensor, plan: Plan) -> Tensor:
        ctx.plan = plan
        ctx.save_for_backward(small, weight)
        shape = plan.shape
        if plan.ways.spread == "product":
            return spread(small, weight, shape)
        height, width = ((size - 1) * shape.stride + shape.kernel - 2 * shape.padding for size in shape.small)
        rest = (shape.large[0] - height, shape.large[1] - width)  # rows and columns that no position reaches
        return F.conv_transpose2d(small, weight, None, shape.stride, shape.padding, rest)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        small, weight = ctx.saved_tensors
        to_small, to_weight, _ = ctx.needs_input_grad
        both = to_small and to_weight and ctx.plan.ways.gather == ctx.plan.ways.correlate == "product"
        rows = patches(grad.detach(), ctx.plan.shape) if both else None  # once for both uses
        return (
            Gather.apply(grad, weight, None, ctx.plan, rows) if to_small else None,
            Correlate.apply(small, grad, ctx.plan, rows) if to_weight else None,
            None,
        )


class Correlate(torch.autograd.Function):
    """small [N, A, h, w] and large [N, B, H, W] => [A, B, k, k]; `rows` are patches of `large`, if they are there."""

    @staticmethod
    def forward(ctx: Any, small: Tensor, large: Tensor, plan: Plan, rows: Tensor | None = None) -> Tensor:
        ctx.plan = plan
        ctx.save_for_backward(small, large)
        shape = plan.shape
        if plan.ways.correlate == "product":
            return correlated(small, patches(large, shape) if rows is None else rows, shape.kernel)
        size = (small.shape[1], large.shape[1], shape.kernel, shape.kernel)
        return conv2d_weight(large, size, small, shape.stride, shape.padding)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        small, large = ctx.saved_tensors
        to_small, to_large = ctx.needs_input_grad[:2]
        return (
            Gather.apply(large, grad, None, ctx.plan) if to_small else None,
            Spread.apply(small, grad, ctx.plan) if to_large else None,
            None,
            None,
        )


class _ToChannelsLast(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.contiguous(memory_format=torch.channels_last)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad.contiguous(memory_format=torch.channels_last)
