"""Strided convolutions whose weight gradient is a matrix product where that is the faster way.

On CPUs, the convolution kernel for the weight gradient of wide layers on small maps in bfloat16 reaches a quarter of
the speed of a matrix product: 23 ms against 6 ms for 256 -> 512 channels, 8x8 -> 4x4, batch 64, on 2 cores. The
product costs a copy of the input's patches, so that it pays on small maps only. On the smallest maps it beats the
convolution kernel in the forward pass, too (5 ms against 7 ms there). Input gradients stay with the kernels.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.grad import conv2d_input

SMALL_MAP = 64
"""Positions of the smaller map up to which the product pays for the weight gradient (8x8)."""

SMALLEST_MAP = 16
"""Positions up to which it pays for the forward pass, too (4x4)."""


class Conv2d(nn.Conv2d):
    """As torch's, for square kernels with one stride and padding, no dilation and no groups."""

    def forward(self, input: Tensor) -> Tensor:
        x, weight = _autocast(input, self.weight)
        height, width = (_smaller(size, self) for size in input.shape[-2:])
        if not _product_pays(x, weight, height * width):
            return super().forward(input)
        y = _Convolve.apply(x, weight, self.stride[0], self.padding[0])
        return y if self.bias is None else y + self.bias.to(y.dtype)[:, None, None]


class ConvTranspose2d(nn.ConvTranspose2d):
    """As torch's, for square kernels with one stride and padding, no dilation, groups or output padding."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        x, weight = _autocast(input, self.weight)
        if not _product_pays(x, weight, input.shape[-1] * input.shape[-2]):
            return super().forward(input, output_size)
        y = _ConvolveTransposed.apply(x, weight, self.stride[0], self.padding[0])
        return y if self.bias is None else y + self.bias.to(y.dtype)[:, None, None]


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        kernel = weight.shape[-1]
        height, width = ((size + 2 * padding - kernel) // stride + 1 for size in x.shape[-2:])
        if height * width > SMALLEST_MAP:
            return F.conv2d(x, weight, None, stride, padding)
        columns = weight.permute(2, 3, 1, 0).reshape(-1, len(weight))  # [k * k * in, out]
        product = _patches(x, kernel, stride, padding) @ columns
        return product.view(len(x), height, width, -1).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        x, weight = ctx.saved_tensors
        grad_x = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_x = conv2d_input(x.shape, weight, grad, ctx.stride, ctx.padding)
        if ctx.needs_input_grad[1]:
            grad_weight = _patch_product(grad, x, weight.shape[-1], ctx.stride, ctx.padding)
        return grad_x, grad_weight, None, None


class _ConvolveTransposed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv_transpose2d(x, weight, None, stride, padding)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        x, weight = ctx.saved_tensors
        grad_x = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_x = F.conv2d(grad, weight, None, ctx.stride, ctx.padding)
        if ctx.needs_input_grad[1]:
            grad_weight = _patch_product(x, grad, weight.shape[-1], ctx.stride, ctx.padding)
        return grad_x, grad_weight, None, None


def _patch_product(small: Tensor, large: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Sum over batch and positions of small [N, A, h, w] times the patches of large [N, B, H, W]: [A, B, k, k]."""
    rows = _patches(large, kernel, stride, padding)
    columns = small.permute(0, 2, 3, 1).reshape(-1, small.shape[1])
    product = columns.t() @ rows  # [A, k * k * B]
    return product.view(small.shape[1], kernel, kernel, large.shape[1]).permute(0, 3, 1, 2)


def _patches(x: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Every patch of x [N, C, H, W] that the kernel sees, as rows [N * h * w, k * k * C]."""
    padded = F.pad(x, (padding,) * 4).permute(0, 2, 3, 1)  # [N, H, W, C]
    patches = padded.unfold(1, kernel, stride).unfold(2, kernel, stride)  # [N, h, w, C, k, k]
    return patches.permute(0, 1, 2, 4, 5, 3).reshape(-1, kernel * kernel * x.shape[1])


def _product_pays(x: Tensor, weight: Tensor, positions: int) -> bool:
    return (
        positions <= SMALL_MAP
        and x.device.type == "cpu"
        and x.dtype == torch.bfloat16
        and weight.requires_grad
        and torch.is_grad_enabled()
    )


def _smaller(size: int, layer: nn.Conv2d) -> int:
    return (size + 2 * int(layer.padding[0]) - layer.kernel_size[0]) // layer.stride[0] + 1


def _autocast(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Both in autocast's number format where autocast is on, as torch's own convolutions would have them."""
    if not torch.is_autocast_enabled(x.device.type):
        return x, weight
    dtype = torch.get_autocast_dtype(x.device.type)
    return x.to(dtype), weight.to(dtype)


class ChannelsLast(nn.Module):
    """Keeps maps in channels-last order where a vector becomes a map or a map a vector, gradients included.

    Without it, the activation beside a flattened layer mixes both orders and takes ten times as long.
    """

    def forward(self, x: Tensor) -> Tensor:
        return _ToChannelsLast.apply(x)


class _ToChannelsLast(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.contiguous(memory_format=torch.channels_last)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad.contiguous(memory_format=torch.channels_last)
