"""Pictures of points, for whoever shows pictures: a dot each, or all of them together."""

import torch
from torch import Tensor

from ganlab.data.spec import SHOWN_SIDE

RANGE = 1.25  # of the coordinates that a picture shows: from -RANGE to RANGE, x to the right and y upwards
RADIUS = 1.6  # pixels of a dot
FAR = 1e6  # a coordinate beyond it is as far out as any


def dots(points: Tensor) -> Tensor:
    """One picture for each of the points [N, 2, 1, 1], white on black: uint8 [N, 1, SHOWN_SIDE, SHOWN_SIDE].

    A point outside of what a picture shows leaves it black.
    """
    return _bytes(_brightness(points))


def scatter(points: Tensor) -> Tensor:
    """One picture of all points [N, 2, 1, 1], white on black: uint8 [1, 1, SHOWN_SIDE, SHOWN_SIDE]."""
    total = torch.zeros(1, SHOWN_SIDE, SHOWN_SIDE)
    for part in points.split(256):
        total = torch.maximum(total, _brightness(part).amax(0, keepdim=True))
    return _bytes(total)


def _brightness(points: Tensor) -> Tensor:
    """Of each pixel, from 0 to 1: float32 [N, SHOWN_SIDE, SHOWN_SIDE]."""
    x, y = points.flatten(1).float().nan_to_num(FAR).clamp(-FAR, FAR).unbind(1)
    pixels = torch.arange(SHOWN_SIDE, device=points.device) + 0.5
    across = pixels - ((x / RANGE + 1) / 2 * SHOWN_SIDE)[:, None]  # [N, S]
    down = pixels - ((1 - y / RANGE) / 2 * SHOWN_SIDE)[:, None]
    distance = (across.square()[:, None, :] + down.square()[:, :, None]).sqrt()
    return (RADIUS + 0.5 - distance).clamp(0, 1)


def _bytes(brightness: Tensor) -> Tensor:
    return (255 * brightness).round().byte().unsqueeze(1)
