"""What a convolution's kernel sees, as the rows of a matrix, and the matrix products that then do a kernel's work.

Weights are [A, B, k, k] throughout: A channels in the small map, B in the large one. A row has k * k * B values, those
of one pixel next to each other, and there is a row for each position of the small map in each image.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab.nets.ways import Shape


def patches(large: Tensor, shape: Shape) -> Tensor:
    """The patches of large [N, B, H, W]: [N * h * w, k * k * B]."""
    kernel, channels = shape.kernel, large.shape[1]
    padded = F.pad(large, (shape.padding,) * 4)
    windows = padded.unfold(2, kernel, shape.stride).unfold(3, kernel, shape.stride)  # [N, B, h, w, k, k]
    if channels == 1:  # rows of the image are copied instead of pixels one by one
        return windows.permute(4, 5, 1, 0, 2, 3).reshape(kernel * kernel, -1).t()
    return windows.permute(0, 2, 3, 4, 5, 1).reshape(-1, kernel * kernel * channels)


def gathered(rows: Tensor, weight: Tensor, bias: Tensor | None, shape: Shape) -> Tensor:
    """The convolution of the large map with those patches: [N, A, h, w], channels last."""
    size = (len(rows) // (shape.small[0] * shape.small[1]), len(weight), *shape.small)
    y = torch.empty(size, dtype=rows.dtype, device=rows.device, memory_format=torch.channels_last)
    flat = y.permute(0, 2, 3, 1).view(-1, len(weight))  # y itself is no view, so that activations may overwrite it
    columns = weight.permute(0, 2, 3, 1).reshape(len(weight), -1).t()
    if bias is None:
        torch.mm(rows, columns, out=flat)
    else:
        torch.addmm(bias, rows, columns, out=flat)
    return y


def correlated(small: Tensor, rows: Tensor, kernel: int) -> Tensor:
    """Sum over batch and positions of small [N, A, h, w] times the patches of the large map: [A, B, k, k]."""
    columns = small.permute(0, 2, 3, 1).reshape(-1, small.shape[1])
    one_channel = rows.stride(0) == 1
    product = (rows.t() @ columns).t().contiguous() if one_channel else columns.t().contiguous() @ rows
    return product.view(small.shape[1], kernel, kernel, -1).permute(0, 3, 1, 2)


def spread(small: Tensor, weight: Tensor, shape: Shape) -> Tensor:
    """Sum of the weights times each position of small [N, A, h, w], where it lies: [N, B, H, W], channels last.

    The kernel has to be a whole number of strides long.
    """
    columns = weight.permute(2, 3, 1, 0).reshape(-1, len(weight))  # [k * k * B, A]
    products = columns @ small.permute(0, 2, 3, 1).reshape(-1, len(weight)).t()  # [k * k * B, N * h * w]
    total = _added_up(products.view(*weight.shape[2:], weight.shape[1], len(small), *shape.small), shape.stride)
    height, width = shape.large
    first = shape.padding
    more = (first + width - total.shape[3], first + height - total.shape[2])  # a rest that no position reaches
    cropped = F.pad(total, (-first, more[0], -first, more[1]))
    return cropped.contiguous(memory_format=torch.channels_last)


def _added_up(products: Tensor, stride: int) -> Tensor:
    """The sum of products [k, k, B, N, h, w] that begin `stride` apart: [N, B, (h - 1) * stride + k, ...].

    A kernel of several strides is so many blocks of one stride each. Blocks lie beside each other without overlap, so
    that whole maps are added, one sum for each place of a block in its kernel.
    """
    kernel, _, channels, count, height, width = products.shape
    blocks = kernel // stride
    placed = products.view(blocks, stride, blocks, stride, channels, count, height, width)
    total = products.new_zeros(stride, stride, channels, count, height + blocks - 1, width + blocks - 1)
    for down in range(blocks):
        for right in range(blocks):
            total[..., down : down + height, right : right + width] += placed[down, :, right]
    images = total.permute(3, 4, 0, 5, 1, 2).reshape(
        count, total.shape[-2] * stride, total.shape[-1] * stride, channels
    )
    return images.permute(0, 3, 1, 2)
