"""Pictures of points, for whoever shows pictures: a dot each, or all of them together."""

import torch
from torch import Tensor

from ganlab.data.spec import SHOWN_SIDE

RANGE = 1.25  # of the coordinates that a picture shows: from -RANGE to RANGE, x to the right and y upwards
RADIUS = 1.6  # pixels of a dot
AROUND = 2  # pixels each way from that of a dot's middle: what is farther away is black
FAR = 1e6  # a coordinate beyond it is as far out as any


def dots(points: Tensor) -> Tensor:
    """One picture for each of the points [N, 2, 1, 1], white on black: uint8 [N, 1, SHOWN_SIDE, SHOWN_SIDE].

    A point outside of what a picture shows leaves it black.
    """
    return scatters(points[:, None])


def scatter(points: Tensor) -> Tensor:
    """One picture of all points [N, 2, 1, 1], white on black: uint8 [1, 1, SHOWN_SIDE, SHOWN_SIDE]."""
    return scatters(points[None])


def scatters(sets: Tensor) -> Tensor:
    """A picture of each set of points [T, N, 2, 1, 1], white on black: uint8 [T, 1, SHOWN_SIDE, SHOWN_SIDE]."""
    x, y = sets.flatten(2).float().nan_to_num(FAR).clamp(-FAR, FAR).unbind(2)
    across, down = (x / RANGE + 1) / 2 * SHOWN_SIDE, (1 - y / RANGE) / 2 * SHOWN_SIDE  # pixels from the left above
    near = torch.arange(-AROUND, AROUND + 1, device=sets.device)
    column, row = across.floor().long()[..., None] + near, down.floor().long()[..., None] + near  # [T, N, 5]
    from_middle = (column + 0.5 - across[..., None])[..., None, :].square()
    distance = (from_middle + (row + 0.5 - down[..., None])[..., :, None].square()).sqrt()  # [T, N, 5, 5]
    brightness = (RADIUS + 0.5 - distance).clamp(0, 1)
    inside = _inside(row)[..., :, None] & _inside(column)[..., None, :]
    place = (row.clamp(0, SHOWN_SIDE - 1) * SHOWN_SIDE)[..., :, None] + column.clamp(0, SHOWN_SIDE - 1)[..., None, :]
    pictures = torch.zeros(len(sets), SHOWN_SIDE * SHOWN_SIDE, device=sets.device)
    pictures.scatter_reduce_(1, place.flatten(1), (brightness * inside).flatten(1), "amax")
    return (255 * pictures).round().byte().view(-1, 1, SHOWN_SIDE, SHOWN_SIDE)


def _inside(place: Tensor) -> Tensor:
    return (place >= 0) & (place < SHOWN_SIDE)
