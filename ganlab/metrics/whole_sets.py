"""Metrics of whole sets of samples, against as many training images, and their records.

Each depends on the number of images, so that real test images are measured at the same number beside them.
"""

from collections.abc import Callable
from functools import partial
from operator import attrgetter

import torch
from torch import Tensor

from ganlab.metrics.bins import BinComparisons
from ganlab.metrics.counts import ChiSquare, chi_square, effective_classes, power, without_class
from ganlab.metrics.intervals import Ends, around, bootstrap, bootstrap_counts, rng, share_interval
from ganlab.metrics.kernel import kernel_distance
from ganlab.metrics.metric import Metric, needs
from ganlab.metrics.neighbours import NEIGHBOURS, Members
from ganlab.metrics.outcome import Spread
from ganlab.metrics.samples import Samples

KERNEL_SUBSETS = 50  # of 1,000 images each: half a second
Found = Callable[[Members], Tensor]
"""Images that count, bool [N]."""


def _kernel(samples: Samples) -> Spread:
    assert samples.among is not None
    found = kernel_distance(samples.features, samples.among.features, rng(), subsets=KERNEL_SUBSETS)
    return Spread(found.mean, found.deviation)


def _share(found: Found, samples: Samples) -> float:
    return found(samples.members).double().mean().item()


def _share_interval(found: Found, samples: Samples, measured: float) -> Ends:
    count = len(found(samples.members))
    return share_interval(round(measured * count), count)


def _precise(members: Members) -> Tensor:
    return members.around > 0


def _recalled(members: Members) -> Tensor:
    return members.recalled


def _covered(members: Members) -> Tensor:
    return members.covered


def _density(samples: Samples) -> float:
    return samples.members.around.double().mean().item() / NEIGHBOURS


def _density_interval(samples: Samples, _: float) -> Ends:
    around = samples.members.around.double() / NEIGHBOURS
    return bootstrap(len(around), lambda places: around[places].mean().item(), rng())


def _effective_classes(samples: Samples) -> float:
    return effective_classes(samples.counts / samples.counts.sum())


def _effective_classes_interval(samples: Samples, _: float) -> Ends:
    return bootstrap_counts(samples.counts, effective_classes, rng())


def _test(samples: Samples) -> ChiSquare | None:
    """None where the model is asked for classes, and does not choose them itself."""
    if samples.abilities is not None and samples.conditions is not None:
        return None
    return chi_square(samples.counts, samples.real.prior)


def _chi_square(samples: Samples) -> float | None:
    found = _test(samples)
    return found.statistic if found else None


def _chi_square_p(samples: Samples) -> float | None:
    found = _test(samples)
    return found.p if found else None


def _chi_square_power(samples: Samples) -> float | None:
    if _test(samples) is None:
        return None
    prior = samples.real.prior
    rarest = int(torch.where(prior > 0, prior, torch.inf).argmin())
    return power(prior, without_class(prior, rarest, left=0.5), len(samples.compared), rng())


def _different_bins(samples: Samples) -> float:
    return samples.binned.different


def _bins_divergence(samples: Samples) -> float:
    return samples.binned.divergence


def _bins_interval(part: Callable[[BinComparisons], Tensor], samples: Samples, measured: float) -> Ends:
    """A resample differs in more bins than the samples do, since it is drawn twice: hence around what was measured."""
    return around(measured, part(samples.resamples_binned).tolist())


def _compared(samples: Samples) -> float:
    return float(len(samples.compared))


WHOLE_SETS: dict[str, Metric] = {
    "kernel": Metric(
        "Kernel distance",
        True,
        "squared maximum mean discrepancy of the features from the training data's, mean and deviation of 50 "
        "subsets; 0 is none, a small number of samples does not bias it",
        _kernel,
        needs("comparison"),
    ),
    "precision": Metric(
        "Precision",
        False,
        "share of samples near real training data: nearer to one than its 5th neighbour",
        partial(_share, _precise),
        needs("comparison"),
        interval=partial(_share_interval, _precise),
    ),
    "recall": Metric(
        "Recall",
        False,
        "share of training data near a sample; outlying samples raise it",
        partial(_share, _recalled),
        needs("comparison"),
        interval=partial(_share_interval, _recalled),
    ),
    "density": Metric(
        "Density",
        False,
        "training data that a sample is near to, counted and over 5; may pass 1 where samples crowd",
        _density,
        needs("comparison"),
        interval=_density_interval,
    ),
    "coverage": Metric(
        "Coverage",
        False,
        "share of training data with a sample nearer than their 5th neighbour",
        partial(_share, _covered),
        needs("comparison"),
        interval=partial(_share_interval, _covered),
    ),
    "effective_classes": Metric(
        "Effective classes",
        False,
        "number of equally frequent classes that would be as diverse",
        _effective_classes,
        needs("comparison", "classes"),
        interval=_effective_classes_interval,
    ),
    "chi_square": Metric(
        "Chi-square",
        True,
        "statistic of the classes' counts against their shares in the data; about the number of classes less one where "
        "they agree",
        _chi_square,
        needs("comparison", "classes"),
    ),
    "chi_square_p": Metric(
        "Chi-square p",
        None,
        "probability of such counts, or of less even ones, where the data's shares hold",
        _chi_square_p,
        needs("comparison", "classes"),
    ),
    "chi_square_power": Metric(
        "Chi-square power",
        None,
        "probability that the test notices, at this number of samples, a rarest class drawn half as often as it should",
        _chi_square_power,
        needs("comparison", "classes"),
    ),
    "different_bins": Metric(
        "Different bins",
        True,
        "share of 100 clusters of training data that samples fill too seldom or too often (NDB), at a level of 5 %",
        _different_bins,
        needs("comparison"),
        interval=partial(_bins_interval, attrgetter("different")),
    ),
    "bins_divergence": Metric(
        "Bins JS",
        True,
        "Jensen-Shannon divergence of how samples and training data fill the 100 clusters, in nats",
        _bins_divergence,
        needs("comparison"),
        interval=partial(_bins_interval, attrgetter("divergence")),
    ),
    "compared": Metric(
        "Compared",
        None,
        "number of samples, and of real data, that kernel distance, precision to coverage, counts and bins were "
        "measured with",
        _compared,
        needs("comparison"),
    ),
}
