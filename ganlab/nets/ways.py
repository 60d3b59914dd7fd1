"""Which of two ways a convolution takes on a CPU: torch's kernel, or patches of its map and a matrix product.

`TABLE` follows `python -m ganlab bench --only convolutions`, run on one core of an AMD EPYC with bfloat16 in AVX-512
and without AMX. Times beside its rows are of a batch of 64, forward and backward. On large maps kernels reach the speed
of a matrix product, and patches are too much to copy. On the smallest maps their weight gradient falls to half of it,
and where maps become the few channels of an image, they spend more time on reordering than on multiplying.
"""

from typing import Literal, NamedTuple

import torch

Way = Literal["kernel", "product"]


class Shape(NamedTuple):
    """Where a square convolution with one stride and padding reads and writes, whichever of its maps it begins from."""

    kernel: int
    stride: int
    padding: int
    large: tuple[int, int]  # height and width
    small: tuple[int, int]


class Ways(NamedTuple):
    """How a layer does its three sums."""

    gather: Way  # large map -> small map: a convolution, or the input's gradient of a transposed one
    spread: Way  # small map -> large map: a transposed convolution, or the input's gradient of a convolution
    correlate: Way  # both maps -> gradient of the weights


class Row(NamedTuple):
    """The layers that take certain ways."""

    ways: Ways
    formats: tuple[torch.dtype, ...]
    most_channels: int  # of the large map
    most_positions: int  # of the small map
    whole_strides: bool  # whether only kernels that are two or more strides long, without a rest


ANY = 2**31
KERNELS = Ways("kernel", "kernel", "kernel")
BFLOAT16 = (torch.bfloat16,)
EVERY = (torch.bfloat16, torch.float16, torch.float32, torch.float64)
TABLE = (
    # Grey images, 1 -> 64 channels, 64 px: 5.0 ms; 11.6 by kernels alone, 5.9 with a product for `spread` alone
    Row(Ways("product", "product", "product"), BFLOAT16, most_channels=1, most_positions=ANY, whole_strides=True),
    # Colours, 3 -> 64 channels: 8.2 ms; kernels 12.2, products 9.5. Grey in float32: 8.3 ms; 17.0, 11.1
    Row(Ways("kernel", "product", "kernel"), EVERY, most_channels=4, most_positions=ANY, whole_strides=True),
    # 256 -> 512 channels, 8x8 -> 4x4: 34.6 ms; kernels 55.8, products 52.3, a product for `correlate` alone 38.6
    Row(Ways("product", "kernel", "product"), BFLOAT16, most_channels=ANY, most_positions=4 * 4, whole_strides=False),
    # 128 -> 256 channels, 16x16 -> 8x8: 34.0 ms; kernels 36.4. Without strides, 128 -> 128, 8x8: 10.8; kernels 10.0
    Row(Ways("kernel", "kernel", "product"), BFLOAT16, most_channels=ANY, most_positions=8 * 8, whole_strides=True),
)
"""The first row that fits a layer counts; where none does, it takes torch's kernels alone."""


def ways_for(channels: int, shape: Shape, dtype: torch.dtype) -> Ways:
    """The ways of a layer on a CPU that works in `dtype` and whose large map has so many channels."""
    positions = shape.small[0] * shape.small[1]
    whole = shape.kernel > shape.stride > 1 and shape.kernel % shape.stride == 0
    for row in TABLE:
        few = channels <= row.most_channels and positions <= row.most_positions
        if few and dtype in row.formats and (whole or not row.whole_strides):
            return row.ways
    return KERNELS
