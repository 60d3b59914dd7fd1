"""Frechet distance between Gaussians fitted to two sets of features (Heusel et al. 2017)."""

from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.metrics.intervals import Ends, around

GROUPS = 200
RESAMPLES = 200
Z = 1.959964  # of the normal distribution at 95 %


class Moments(NamedTuple):
    """Mean and covariance of a set of features."""

    mean: Tensor  # float64 [D]
    covariance: Tensor  # float64 [D, D]


def moments(features: Tensor) -> Moments:
    """Moments of features [N, D]. ValueError for fewer than two."""
    if len(features) < 2:
        raise ValueError(f"a covariance needs 2 or more images, and there are {len(features)}")
    features = features.double()
    return Moments(features.mean(0), features.T.cov())


def frechet_distance(a: Moments, b: Moments) -> float:
    """|mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2)).

    The trace of the root comes from two symmetric eigenvalue problems, which are exact for covariances of any
    rank; a general matrix root is not.
    """
    return _distance(a, _root(a.covariance), b)


def normal_frechet_interval(features: Tensor, real: Moments) -> Ends:
    """The same without resampling, for features of thousands of components, whose groups would take gigabytes.

    It is the normal interval of the distance's first-order expansion (Rippl, Munk and Sturm 2016): an image moves the
    distance by its squared way to where the map between both Gaussians takes it, less the mean. Where samples are as
    the data is, that vanishes, and the interval is too narrow.
    """
    mine = moments(features)
    values, vectors = torch.linalg.eigh(mine.covariance)
    root = values.clamp_min(0).sqrt()
    inverse = torch.where(root > 1e-6 * root.max(), 1 / root, 0.0)
    a = vectors * root @ vectors.T
    middle_values, middle_vectors = torch.linalg.eigh(a @ real.covariance @ a)
    middle = middle_vectors * middle_values.clamp_min(0).sqrt() @ middle_vectors.T
    whiten = vectors * inverse @ vectors.T
    off = features.double() - mine.mean
    moved = off - off @ (whiten @ middle @ whiten)
    influence = (off * moved).sum(1) + 2 * off @ (mine.mean - real.mean)
    value = frechet_distance(mine, real)
    reach = Z * influence.std().item() / len(features) ** 0.5
    return Ends(value - reach, value + reach)


def frechet_interval(features: Tensor, real: Moments, rng: torch.Generator) -> Ends:
    """95 % interval of the distance of features [N, D] from moments, by the bootstrap; see `around` for where it lies.

    Images are resampled in `GROUPS` random groups, whose sums are made once: image by image, it would take minutes.
    ValueError for fewer than two images.
    """
    value = frechet_distance(moments(features), real)
    groups = features.double()[torch.randperm(len(features), generator=rng)].chunk(min(GROUPS, len(features)))
    counts = torch.tensor([len(group) for group in groups], dtype=torch.float64)
    sums = torch.stack([group.sum(0) for group in groups])
    products = torch.stack([group.T @ group for group in groups]).flatten(1)
    root = _root(real.covariance)
    found = []
    for _ in range(RESAMPLES):
        times = torch.randint(len(groups), (len(groups),), generator=rng).bincount(minlength=len(groups)).double()
        n = times @ counts
        mean = times @ sums / n
        square = (times @ products).view(len(mean), -1)
        found.append(_distance(real, root, Moments(mean, (square - n * mean.outer(mean)) / (n - 1))))
    return around(value, found)


def _root(covariance: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(covariance)
    return vectors * values.clamp_min(0).sqrt() @ vectors.T


def _distance(a: Moments, root: Tensor, b: Moments) -> float:
    """Of b from a, the root of whose covariance is known."""
    cross = torch.linalg.eigvalsh(root @ b.covariance @ root).clamp_min(0).sqrt().sum()
    distance = (a.mean - b.mean).square().sum() + a.covariance.trace() + b.covariance.trace() - 2 * cross
    return max(0.0, distance.item())
