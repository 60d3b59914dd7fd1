"""Bins of the data that samples fill too often or too seldom (Richardson and Weiss 2018)."""

from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.metrics.intervals import NORMAL_QUANTILE

BINS = 100


class Bins(NamedTuple):
    """Clusters of the training images, and the share of them that each holds."""

    centres: Tensor  # float32 [K, D]
    counts: Tensor  # int64 [K]


class BinComparison(NamedTuple):
    """How differently samples fill the bins. Real test images do not reach 0, either: compare with theirs."""

    different: float  # share of bins whose share differs at the level of 5 %, by the two-proportion z-test
    divergence: float  # Jensen-Shannon divergence of the two histograms, in nats, 0 to ln 2


class BinComparisons(NamedTuple):
    """The same numbers of several sets of samples."""

    different: Tensor  # float64 [R]
    divergence: Tensor  # float64 [R]


def fit_bins(features: Tensor, *, bins: int = BINS, seed: int = 0) -> Bins:
    """k-means of features [N, D]; ValueError for fewer features than bins."""
    from sklearn.cluster import MiniBatchKMeans  # here, not above: machines that only train have none

    if len(features) < bins:
        raise ValueError(f"{bins} bins need {bins} or more images, and there are {len(features)}")
    found = MiniBatchKMeans(bins, random_state=seed, n_init=1, batch_size=2048).fit(features.float().numpy())
    centres = torch.from_numpy(found.cluster_centers_).float()
    return Bins(centres, fill(centres, features))


def fill(centres: Tensor, features: Tensor) -> Tensor:
    """How many of features [N, D] are nearest to each of centres [K, D], int64 [K]."""
    nearest = torch.cat([torch.cdist(part.float(), centres).argmin(1) for part in features.split(4096)])
    return torch.bincount(nearest, minlength=len(centres))


def compare_bins(bins: Bins, counts: Tensor) -> BinComparison:
    """Compare counts [K] of samples with those of the training images; ValueError without a sample."""
    different, divergence = compare_sets(bins, counts[None])
    return BinComparison(different.item(), divergence.item())


def compare_sets(bins: Bins, counts: Tensor) -> BinComparisons:
    """The same for the counts [R, K] of several sets of samples."""
    trained, drawn = bins.counts.double(), counts.double()
    if not drawn.sum(1).all():
        raise ValueError("there are no samples to fill bins with")
    of_all, of_each = trained.sum(), drawn.sum(1, keepdim=True)
    shares_trained, shares_drawn = trained / of_all, drawn / of_each
    pooled = (trained + drawn) / (of_all + of_each)
    deviation = (pooled * (1 - pooled) * (1 / of_all + 1 / of_each)).sqrt()
    z = ((shares_drawn - shares_trained) / deviation).nan_to_num(0)
    middle = (shares_trained + shares_drawn) / 2
    parts = [torch.special.xlogy(s, s / middle).nan_to_num(0).sum(1) for s in (shares_trained, shares_drawn)]
    return BinComparisons((z.abs() > NORMAL_QUANTILE).double().mean(1), ((parts[0] + parts[1]) / 2).clamp_min(0))
