"""How metrics of points are measured, and how sure those numbers are."""

import torch
from torch import Tensor

from ganlab.metrics import points
from ganlab.metrics.intervals import Ends, bootstrap, bootstrap_counts, kinds_interval, rng, share_interval
from ganlab.metrics.samples import Samples

FEW_RESAMPLES = 200  # a distance takes some hundredths of a second


def modes_found(samples: Samples) -> float:
    return float(points.modes_found(samples.sorted))


def modes_found_interval(samples: Samples, _: float) -> Ends:
    return kinds_interval(_good_counts(samples))


def modes_lost(samples: Samples) -> float:
    return 1 - points.modes_found(samples.sorted) / samples.modes.count


def modes_lost_interval(samples: Samples, _: float) -> Ends:
    low, high = modes_found_interval(samples, _)
    return Ends(1 - high / samples.modes.count, 1 - low / samples.modes.count)


def good_points(samples: Samples) -> float:
    return samples.sorted.good.double().mean().item()


def good_points_interval(samples: Samples, measured: float) -> Ends:
    return share_interval(round(measured * len(samples.images)), len(samples.images))


def points_kl(samples: Samples) -> float:
    return points.divergence(samples.sorted, samples.modes)


def points_kl_interval(samples: Samples, _: float) -> Ends:
    modes_known = samples.modes
    return bootstrap_counts(_good_counts(samples), lambda shares: points.shares_divergence(shares, modes_known), rng())


def sliced_wasserstein(samples: Samples) -> float:
    return points.sliced_distance(samples.images, _training_points(samples))


def sliced_wasserstein_interval(samples: Samples, measured: float) -> Ends:
    """Around what was measured: a resample has points twice, and is farther from the data for it."""
    real, drawn = _training_points(samples), samples.images
    count = min(len(drawn), len(real))
    known, levels = points.sliced_levels(real, count), points.levels_of_resamples(drawn, count)
    return bootstrap(
        len(drawn),
        lambda places: points.levels_distance(levels(places), known),
        rng(),
        value=measured,
        resamples=FEW_RESAMPLES,
    )


def _good_counts(samples: Samples) -> Tensor:
    """Good points of each mode, int64 [modes]."""
    found = samples.sorted
    return torch.bincount(found.mode[found.good], minlength=samples.modes.count)


def _training_points(samples: Samples) -> Tensor:
    """Float32 [N, 2, 1, 1]."""
    assert samples.real.points is not None  # `needs` says so
    return samples.real.points
