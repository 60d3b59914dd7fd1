"""Kernel distance of two sets of features (Bińkowski et al. 2018), which a small number of images does not bias."""

from typing import NamedTuple

import torch
from torch import Tensor

SUBSETS = 100
SUBSET_SIZE = 1_000


class KernelDistance(NamedTuple):
    """Mean and standard deviation over random subsets; the mean is near 0, and may be below it, for equal sets."""

    mean: float
    deviation: float


def kernel_distance(
    features: Tensor,
    real: Tensor,
    rng: torch.Generator,
    *,
    subsets: int = SUBSETS,
    size: int = SUBSET_SIZE,
) -> KernelDistance:
    """Kernel distance of features [N, D] from those of real images [M, D].

    Of each set `subsets` random subsets of `size` images are compared; of half as many as the smaller set has, where
    it has no more than `size`: subsets that hold all of a set do not differ. ValueError for fewer than two images.
    """
    smaller = min(len(features), len(real))
    if smaller < 2:
        raise ValueError(f"a kernel distance needs 2 or more images of each kind, and there are {smaller}")
    size = size if smaller > size else max(2, smaller // 2)
    found = torch.stack(
        [
            squared_discrepancy(
                features[torch.randperm(len(features), generator=rng)[:size]],
                real[torch.randperm(len(real), generator=rng)[:size]],
            )
            for _ in range(subsets)
        ]
    )
    return KernelDistance(found.mean().item(), found.std(correction=0).item())


def squared_discrepancy(a: Tensor, b: Tensor) -> Tensor:
    """Unbiased estimate of the squared maximum mean discrepancy of [N, D] and [M, D], float64 [].

    The kernel is (a.b / D + 1)^3.
    """
    a, b = a.double(), b.double()
    return _mean_of_pairs(a) + _mean_of_pairs(b) - 2 * _kernel(a, b).mean()


def _kernel(a: Tensor, b: Tensor) -> Tensor:
    return (a @ b.T / a.shape[1] + 1) ** 3


def _mean_of_pairs(points: Tensor) -> Tensor:
    """Mean kernel of two different points of one set."""
    count = len(points)
    kernel = _kernel(points, points)
    return (kernel.sum() - kernel.trace()) / (count * (count - 1))
