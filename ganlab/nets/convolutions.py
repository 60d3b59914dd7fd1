"""Strided convolutions that are matrix products where those are the faster way on a CPU.

In bfloat16, the kernel for the weight gradient of wide layers on small maps reaches a quarter of the speed of a matrix
product: 23 ms against 6 ms for 256 -> 512 channels, 8x8 -> 4x4, batch 64, on 2 cores. The product costs a copy of the
input's patches, so that it pays on small maps only. On the smallest maps it beats the kernel in the forward pass, too
(5 ms against 7 ms there).

Where maps become the few channels of an image (a generator's last layer, and the gradient that the discriminator's
first one sends to the generator), the kernel takes several times as long as a product whose patches are added up where
they overlap, in every number format and in evaluation, too: 4.2 ms against 1.0 ms for 24 -> 1 channels, 32x32 -> 64x64,
batch 64, on one core.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.grad import conv2d_input, conv2d_weight

SMALL_MAP = 64
"""Positions of the smaller map up to which the product pays for the weight gradient (8x8)."""

SMALLEST_MAP = 16
"""Positions up to which it pays for the forward pass, too (4x4)."""

FEW_CHANNELS = 4
"""Channels of an image up to which adding up patches beats the kernel."""


class Conv2d(nn.Conv2d):
    """As torch's, for square kernels with one stride and padding, no dilation and no groups."""

    def forward(self, input: Tensor) -> Tensor:
        if input.device.type != "cpu":
            return super().forward(input)
        dtype, weight = _working_dtype(input), self.weight
        height, width = (_smaller(size, self) for size in input.shape[-2:])
        if not (_makes_image(weight, self.stride[0]) or _product_pays(weight, dtype, height * width)):
            return super().forward(input)
        bias = None if self.bias is None else self.bias.to(dtype)
        return _Convolve.apply(input.to(dtype), weight.to(dtype), bias, self.stride[0], self.padding[0])


class ConvTranspose2d(nn.ConvTranspose2d):
    """As torch's, for square kernels with one stride and padding, no dilation, groups or output padding."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        if input.device.type != "cpu":
            return super().forward(input, output_size)
        dtype, weight = _working_dtype(input), self.weight
        positions = input.shape[-1] * input.shape[-2]
        if not (_makes_image(weight, self.stride[0]) or _product_pays(weight, dtype, positions)):
            return super().forward(input, output_size)
        y = _ConvolveTransposed.apply(input.to(dtype), weight.to(dtype), self.stride[0], self.padding[0])
        return y if self.bias is None else y + self.bias.to(y.dtype)[:, None, None]


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        kernel = weight.shape[-1]
        height, width = ((size + 2 * padding - kernel) // stride + 1 for size in x.shape[-2:])
        if height * width > SMALLEST_MAP or x.dtype != torch.bfloat16:
            return F.conv2d(x, weight, bias, stride, padding)
        rows = weight.permute(0, 2, 3, 1).reshape(len(weight), -1)  # [out, k * k * in]
        shape = (len(x), len(weight), height, width)
        y = torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)
        flat = y.permute(0, 2, 3, 1).view(-1, len(weight))  # y itself is no view, so that activations may overwrite it
        patches = _patches(x, kernel, stride, padding)
        if bias is None:
            torch.mm(patches, rows.t(), out=flat)
        else:
            torch.addmm(bias, patches, rows.t(), out=flat)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None, None]:
        x, weight = ctx.saved_tensors
        grad_x = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_x = _spread(grad, weight, x.shape, ctx.stride, ctx.padding)
        if ctx.needs_input_grad[1]:
            grad_weight = _weight_gradient(grad, x, weight, ctx.stride, ctx.padding)
        if ctx.needs_input_grad[2]:
            grad_bias = grad.sum((0, 2, 3))
        return grad_x, grad_weight, grad_bias, None, None


class _ConvolveTransposed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        sizes = ((size - 1) * stride + weight.shape[-1] - 2 * padding for size in x.shape[-2:])
        return _spread(x, weight, (len(x), weight.shape[1], *sizes), stride, padding)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        x, weight = ctx.saved_tensors
        grad_x = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_x = F.conv2d(grad, weight, None, ctx.stride, ctx.padding)
        if ctx.needs_input_grad[1]:
            grad_weight = _weight_gradient(x, grad, weight, ctx.stride, ctx.padding)
        return grad_x, grad_weight, None, None


def _spread(small: Tensor, weight: Tensor, shape: Sequence[int], stride: int, padding: int) -> Tensor:
    """Sum of weight [A, B, k, k] times each position of small [N, A, h, w], where it lies in `shape` [N, B, H, W]."""
    reach = [(size - 1) * stride + weight.shape[-1] - 2 * padding for size in small.shape[-2:]]
    if not _makes_image(weight, stride) or reach != list(shape[-2:]):
        return conv2d_input(shape, weight, small, stride, padding)
    columns = weight.permute(2, 3, 1, 0).reshape(-1, len(weight))  # [k * k * B, A]
    patches = columns @ small.permute(0, 2, 3, 1).reshape(-1, len(weight)).t()  # [k * k * B, N * h * w]
    total = _add_up(patches.view(*weight.shape[2:], weight.shape[1], len(small), *small.shape[2:]), stride)
    cropped = total[:, :, padding : padding + shape[2], padding : padding + shape[3]]
    return cropped.clone(memory_format=torch.channels_last)  # no view, so that activations may overwrite it


def _add_up(patches: Tensor, stride: int) -> Tensor:
    """The sum of patches [k, k, B, N, h, w] that begin `stride` apart: [N, B, (h - 1) * stride + k, ...].

    A kernel of several strides is so many blocks of one stride each. Blocks lie beside each other without overlap, so
    that whole maps are added, one sum for each place of a block in its kernel.
    """
    kernel, _, channels, count, height, width = patches.shape
    blocks = kernel // stride
    placed = patches.view(blocks, stride, blocks, stride, channels, count, height, width)
    total = patches.new_zeros(stride, stride, channels, count, height + blocks - 1, width + blocks - 1)
    for down in range(blocks):
        for right in range(blocks):
            total[..., down : down + height, right : right + width] += placed[down, :, right]
    images = total.permute(3, 4, 0, 5, 1, 2).reshape(
        count, total.shape[-2] * stride, total.shape[-1] * stride, channels
    )
    return images.permute(0, 3, 1, 2)


def _weight_gradient(small: Tensor, large: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """Of a convolution from large [N, B, H, W] to small [N, A, h, w], whichever of them is the output."""
    if small.dtype == torch.bfloat16 and small.shape[-1] * small.shape[-2] <= SMALL_MAP:
        return _patch_product(small, large, weight.shape[-1], stride, padding)
    return conv2d_weight(large, weight.shape, small, stride, padding)


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


def _product_pays(weight: Tensor, dtype: torch.dtype, positions: int) -> bool:
    """Whether it does on a CPU, in the number format that the layer works in."""
    return positions <= SMALL_MAP and dtype == torch.bfloat16 and weight.requires_grad and torch.is_grad_enabled()


def _makes_image(weight: Tensor, stride: int) -> bool:
    """Whether the layer, or the gradient of its input, has so few channels that `_add_up` pays."""
    return weight.shape[1] <= FEW_CHANNELS and stride > 1 and weight.shape[-1] % stride == 0


def _smaller(size: int, layer: nn.Conv2d) -> int:
    return (size + 2 * int(layer.padding[0]) - layer.kernel_size[0]) // layer.stride[0] + 1


def _working_dtype(x: Tensor) -> torch.dtype:
    """Autocast's number format where autocast is on, as torch's own convolutions would have it."""
    kind = x.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else x.dtype


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
