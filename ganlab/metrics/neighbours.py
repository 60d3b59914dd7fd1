"""Precision, recall, density and coverage (Kynkäänniemi et al. 2019; Naeem et al. 2020), by nearest neighbours."""

from typing import NamedTuple

import torch
from torch import Tensor

NEIGHBOURS = 5
ROWS = 500  # distances of so many images at a time: 20 MB for 5,000 others


class Neighbourhoods(NamedTuple):
    """Four shares of images; density alone may pass 1.

    A neighbourhood is the ball around an image that reaches to its k-th nearest neighbour of the same set.
    """

    precision: float  # of samples that lie in a neighbourhood of a real image
    recall: float  # of real images that lie in a neighbourhood of a sample
    density: float  # neighbourhoods of real images that a sample lies in, on average, over k
    coverage: float  # of real images whose neighbourhood has a sample


class Members(NamedTuple):
    """How the images of two sets lie in each other's neighbourhoods."""

    around: Tensor  # int64 [N], real images in whose neighbourhood each sample lies
    recalled: Tensor  # bool [M], real images that lie in the neighbourhood of a sample
    covered: Tensor  # bool [M], real images whose neighbourhood has a sample


def neighbourhoods(samples: Tensor, real: Tensor, *, k: int = NEIGHBOURS) -> Neighbourhoods:
    """Compare features of samples [N, D] with those of real images [M, D].

    The four depend on N and M: compare only what was measured with the same numbers. ValueError for k images or fewer.
    """
    found = members(samples, real, k=k)
    return Neighbourhoods(
        precision=_share(found.around > 0),
        recall=_share(found.recalled),
        density=found.around.double().mean().item() / k,
        coverage=_share(found.covered),
    )


def members(samples: Tensor, real: Tensor, *, k: int = NEIGHBOURS) -> Members:
    """What `neighbourhoods` counts, image by image."""
    if min(len(samples), len(real)) <= k:
        raise ValueError(
            f"{k + 1} or more images of each kind are needed, and there are {len(samples)} and {len(real)}"
        )
    samples, real = samples.double(), real.double()
    real_radius, sample_radius = _radii(real, k), _radii(samples, k)
    around = torch.zeros(len(samples), dtype=torch.int64)
    recalled, covered = [], []
    for rows, radius in zip(real.split(ROWS), real_radius.split(ROWS), strict=True):
        distances = torch.cdist(rows, samples)
        inside = distances < radius[:, None]
        around += inside.sum(0)
        covered.append(inside.any(1))
        recalled.append((distances < sample_radius).any(1))
    return Members(around, torch.cat(recalled), torch.cat(covered))


def _radii(points: Tensor, k: int) -> Tensor:
    """Distance of each point to its k-th nearest neighbour, [N]; the nearest of all is the point itself."""
    nearest = (torch.cdist(rows, points).topk(k + 1, largest=False, sorted=True).values for rows in points.split(ROWS))
    return torch.cat([distances[:, k] for distances in nearest])


def _share(found: Tensor) -> float:
    return found.double().mean().item()
