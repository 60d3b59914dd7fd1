"""How points of the plane compare with those that a model learnt from: no classifier is needed.

A point is good within 3 standard deviations of a mode, and a mode is found where a good point lies in it, as in VEEGAN
(Srivastava et al. 2017) and PacGAN (Lin et al. 2018).
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganlab.data.evaluation import Modes
from ganlab.metrics.modes import histogram_divergence

GOOD = 3.0  # standard deviations from a mode, at most
CELLS = 30  # a side of the grid on which two sets of points are compared, as GAN Lab has it (Kahng et al. 2019)
DIRECTIONS = 64
AT_ONCE = 4_000  # points


class Sorted(NamedTuple):
    """Where points lie among modes."""

    mode: Tensor  # int64 [N], the nearest
    good: Tensor  # bool [N], within `GOOD` standard deviations of it


def sort(points: Tensor, modes: Modes) -> Sorted:
    """The mode of each of the points [N, 2, 1, 1]."""
    mode, good = [], []
    for part in points.flatten(1).split(AT_ONCE):
        distance, place = torch.cdist(part, modes.places, compute_mode="donot_use_mm_for_euclid_dist").min(1)
        mode.append(modes.mode[place])
        good.append(distance <= GOOD * modes.deviation)
    return Sorted(torch.cat(mode), torch.cat(good))


def shares(found: Sorted, count: int) -> Tensor:
    """Share of each mode among the good points, float64 [count]; zeros where no point is good."""
    counts = torch.bincount(found.mode[found.good], minlength=count).double()
    return counts / counts.sum().clamp_min(1)


def modes_found(found: Sorted) -> int:
    """Modes with a good point."""
    return int(torch.bincount(found.mode[found.good]).count_nonzero())


def divergence(found: Sorted, modes: Modes) -> float:
    """KL of the good points' shares from the data's, in nats; ValueError where no point is good."""
    if not found.good.any():
        raise ValueError("no point lies in any mode, so that there are no shares to compare")
    return shares_divergence(shares(found, modes.count), modes)


def shares_divergence(drawn: Tensor, modes: Modes) -> float:
    """KL of shares of the modes, [K], from the data's, in nats."""
    return histogram_divergence(drawn, torch.bincount(modes.mode, minlength=modes.count).double() / len(modes.mode))


def grid_divergence(a: Tensor, b: Tensor, reach: float) -> float:
    """Jensen-Shannon divergence in bits, 0 to 1, of how two sets of points [N, 2, 1, 1] and [M, 2, 1, 1] lie on a grid.

    Its cells reach from -`reach` to `reach` each way. One more holds the points outside, and those that are no numbers.
    """
    return cells_divergence(cell_shares(a, reach), cell_shares(b, reach))


def cell_shares(points: Tensor, reach: float) -> Tensor:
    """Share of the points [N, 2, 1, 1] in each cell of such a grid, row by row, and outside: float64 [cells + 1]."""
    place = ((points.flatten(1) / reach + 1) / 2 * CELLS).floor().nan_to_num(-1)
    inside = ((place >= 0) & (place < CELLS)).all(1)
    cell = torch.where(inside, place[:, 1] * CELLS + place[:, 0], CELLS**2).long()
    return torch.bincount(cell, minlength=CELLS**2 + 1).double() / len(points)


def cells_divergence(one: Tensor, other: Tensor) -> float:
    """Jensen-Shannon divergence in bits, 0 to 1, of two sets of `cell_shares`."""
    either = (one + other) / 2
    there = either > 0
    parts = [histogram_divergence(shares[there], either[there]) for shares in (one, other)]
    return max(0.0, sum(parts) / 2 / math.log(2))


def sliced_distance(a: Tensor, b: Tensor) -> float:
    """Sliced Wasserstein distance of order 1 between sets of points [N, 2, 1, 1] and [M, 2, 1, 1].

    The mean, over `DIRECTIONS` directions half way round, of the distance between the sets' projections.
    """
    count = min(len(a), len(b))
    return levels_distance(sliced_levels(a, count), sliced_levels(b, count))


def sliced_levels(points: Tensor, count: int) -> Tensor:
    """So many values of the projections of points [N, 2, 1, 1], at equal shares of their order: [count, D].

    Numpy sorts them in a quarter of torch's time.
    """
    ordered = torch.from_numpy(np.sort(_projected(points).numpy(), axis=0))
    return ordered[_ranks(count, len(ordered))]


def levels_of_resamples(points: Tensor, count: int) -> Callable[[Tensor], Tensor]:
    """`sliced_levels` of `points[places]`, for many int64 [N] of places: the points are put in order once."""
    projected = _projected(points).numpy().T  # [D, N]
    order = projected.argsort(axis=1)
    ordered, ranks = np.take_along_axis(projected, order, 1).ravel(), _ranks(count, len(points))

    def levels(places: Tensor) -> Tensor:
        times = torch.bincount(places, minlength=len(points)).numpy()
        drawn = np.repeat(ordered, times[order].ravel()).reshape(DIRECTIONS, -1)
        return torch.from_numpy(drawn).T[ranks]

    return levels


def levels_distance(one: Tensor, other: Tensor) -> float:
    """The sliced distance of two sets of which so many values are known, [count, D] each."""
    return (one - other).abs().mean().item()


def _projected(points: Tensor) -> Tensor:
    """Each point in each direction, float32 [N, D]."""
    angle = torch.arange(DIRECTIONS) * (torch.pi / DIRECTIONS)
    return points.flatten(1).float() @ torch.stack([angle.cos(), angle.sin()])


def _ranks(count: int, points: int) -> Tensor:
    """Places in the order of so many points, at `count` equal shares."""
    return ((torch.arange(count) + 0.5) / count * points).long()
