"""What a browser draws of a point: the same dot as `ganlab.data.dots`, by operations that an exported net can hold."""

import torch
from torch import Tensor, nn

from ganlab.data.dots import RADIUS, RANGE
from ganlab.data.spec import SHOWN_SIDE


class Dot(nn.Module):
    """Points [N, 2, 1, 1] => pictures [N, 1, SHOWN_SIDE, SHOWN_SIDE] in [-1, 1]."""

    middles: Tensor  # of columns and rows

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("middles", torch.arange(SHOWN_SIDE) + 0.5, persistent=False)

    def forward(self, points: Tensor) -> Tensor:
        across = (points[:, :1] / RANGE + 1) / 2 * SHOWN_SIDE  # pixels from the left above
        down = (1 - points[:, 1:] / RANGE) / 2 * SHOWN_SIDE
        from_middle = (self.middles.view(1, 1, 1, -1) - across).square()
        distance = (from_middle + (self.middles.view(1, 1, -1, 1) - down).square()).sqrt()
        return (RADIUS + 0.5 - distance).clamp(0, 1) * 2 - 1
