"""How metrics are measured of samples, and how sure those numbers are of which samples tell."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from ganlab.data.evaluation import ConditionList
from ganlab.metrics import information, modes, stacks
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.codes import PICTURES, counts_of, nmi
from ganlab.metrics.conditions import Verdict, judge
from ganlab.metrics.copies import MOST, PART, share_of_copies
from ganlab.metrics.frechet import Moments, frechet_distance, frechet_interval, moments, normal_frechet_interval
from ganlab.metrics.intervals import Ends, bootstrap, bootstrap_counts, kinds_interval, rng, share_interval
from ganlab.metrics.metric import Measure
from ganlab.metrics.outcome import Interval, Number
from ganlab.metrics.real_data import SPREAD_IMAGES, joined, spread
from ganlab.metrics.samples import Samples

SMALLEST_SPREAD = 1e-5
"""Of training images that differ at all: one step of one pixel in one of 1,000 images is more."""

AnyKnown = TypeVar("AnyKnown", Tensor, Moments, Abilities)


def frechet_pixels(samples: Samples) -> float:
    return frechet_distance(moments(samples.places), samples.real.pixel_moments)


def pixel_share(samples: Samples) -> float:
    of_mean = float(samples.real.pixel_moments.covariance.trace())
    if samples.real.spread < SMALLEST_SPREAD:
        raise ValueError("all training images are alike, so that there is no distance to compare with")
    return frechet_pixels(samples) / of_mean


def frechet_classifier(samples: Samples) -> float:
    return frechet_distance(moments(samples.reading.features), _known(samples.real.feature_moments))


def frechet_joint(samples: Samples) -> float:
    features = joined(samples.reading.features, _known(samples.conditions))
    return frechet_distance(moments(features), _known(samples.real.joint_moments))


def frechet_pixels_interval(samples: Samples, _: float) -> Ends:
    return samples.pixel_interval


def frechet_classifier_interval(samples: Samples, _: float) -> Ends:
    return frechet_interval(samples.reading.features, _known(samples.real.feature_moments), rng())


def frechet_joint_interval(samples: Samples, _: float) -> Ends:
    features = joined(samples.reading.features, _known(samples.conditions))
    return frechet_interval(features, _known(samples.real.joint_moments), rng())


def pixel_share_interval(samples: Samples, _: float) -> Ends:
    of_mean = float(samples.real.pixel_moments.covariance.trace())
    return Ends(*(end / of_mean for end in samples.pixel_interval))


def modes_drawn(samples: Samples) -> float:
    return float(stacks.modes_drawn(samples.stacks[0]))


def modes_drawn_interval(samples: Samples, _: float) -> Ends:
    return kinds_interval(_stack_counts(samples))


def modes_kl(samples: Samples) -> float:
    return stacks.divergence_from_uniform(*samples.stacks)


def modes_kl_interval(samples: Samples, _: float) -> Ends:
    return bootstrap_counts(_stack_counts(samples), stacks.shares_divergence, rng())


def obeys(samples: Samples) -> float:
    return _verdict(samples).accuracy


def obeys_interval(samples: Samples, _: float) -> Ends:
    right, asked = _verdict(samples)
    return bootstrap(len(right), lambda places: (right[places].sum() / asked[places].sum()).item(), rng())


def confident(samples: Samples) -> float:
    return modes.confident(samples.reading.probabilities)


def confident_interval(samples: Samples, measured: float) -> Ends:
    return share_interval(round(measured * len(samples.images)), len(samples.images))


def histogram_kl(samples: Samples) -> float:
    return modes.histogram_divergence(samples.shares, samples.real.prior)


def histogram_kl_interval(samples: Samples, _: float) -> Ends:
    prior = samples.real.prior
    return bootstrap_counts(_counts(samples), lambda shares: modes.histogram_divergence(shares, prior), rng())


def smallest_share(samples: Samples) -> float:
    return modes.smallest_share(samples.shares, samples.real.prior)


def smallest_share_interval(samples: Samples, _: float) -> Ends:
    prior = samples.real.prior
    return bootstrap_counts(_counts(samples), lambda shares: modes.smallest_share(shares, prior), rng())


def diversity_interval(samples: Samples, measured: float) -> Ends:
    """Images are resampled, and then paired: a pair shares its images with two others."""
    some = samples.places[:SPREAD_IMAGES]
    real = samples.real.spread
    return bootstrap(len(some), lambda places: spread(some[places]) / real, rng(), value=measured)


def diversity(samples: Samples) -> float:
    if samples.real.spread < SMALLEST_SPREAD:
        raise ValueError("all training images are alike, so that there is no diversity to compare with")
    return spread(samples.places) / samples.real.spread


def number(samples: Samples) -> float:
    return float(len(samples.images))


def over_list(conditions: ConditionList, samples: Samples) -> Interval | None:
    return _known(samples.abilities).over_list(conditions)


def code_accuracy(samples: Samples) -> float | None:
    code = _known(samples.abilities).code
    return code.accuracy if code else None


def code_accuracy_interval(samples: Samples, measured: float) -> Ends:
    pack = _known(samples.abilities).pack
    count = len(pack.images) - pack.train
    return share_interval(round(measured * count), count)


def code_nmi(samples: Samples) -> float | None:
    code = _known(samples.abilities).code
    return code.nmi if code else None


def code_nmi_interval(samples: Samples, _: float) -> Ends:
    abilities = _known(samples.abilities)
    counts = counts_of(abilities.codes_read, abilities.pack.split("test")[1].argmax(1))
    return bootstrap_counts(counts.flatten(), lambda shares: nmi(shares.view_as(counts)), rng())


def code_purity_interval(samples: Samples, measured: float) -> Ends:
    code = _known(samples.abilities).code
    count = PICTURES * len(code.drawn if code else {})
    return share_interval(round(measured * count), count)


def code_purity(samples: Samples) -> float | None:
    code = _known(samples.abilities).code
    shares = [drawn.share for drawn in code.drawn.values() if drawn.share is not None] if code else []
    return sum(shares) / len(shares) if shares else None


def reconstruction_mse(samples: Samples) -> float:
    return _known(samples.abilities).errors.mean().item()


def reconstruction_mse_interval(samples: Samples, _: float) -> Ends:
    return _mean_interval(_known(samples.abilities).errors)


def information_gap(samples: Samples) -> float | None:
    return _known(samples.abilities).information_gap()


def information_gap_interval(samples: Samples, measured: float) -> Ends:
    return information.information_gap_interval(*_known(samples.abilities).codes_and_factors, measured, rng())


def mean_image_mse(samples: Samples) -> float:
    return _known(samples.abilities).mean_image_errors.mean().item()


def mean_image_mse_interval(samples: Samples, _: float) -> Ends:
    return _mean_interval(_known(samples.abilities).mean_image_errors)


def frechet_inception(samples: Samples) -> float:
    return frechet_distance(moments(samples.inception_features), _known(samples.inception))


def frechet_inception_interval(samples: Samples, _: float) -> Ends:
    return normal_frechet_interval(samples.inception_features, _known(samples.inception))


def copies(samples: Samples) -> float:
    pack, pixels = _known(samples.abilities).pack, samples.real.pixels
    train = (pixels(part) for part in pack.split("train")[0].split(PART))
    return share_of_copies(samples.places[:MOST], pixels(pack.split("test")[0][:MOST]), train)


def copies_interval(samples: Samples, measured: float) -> Ends:
    count = min(MOST, len(samples.images))
    return share_interval(round(measured * count), count)


def of_mixture(measure: Measure, samples: Samples) -> Number:
    return measure(samples.of_mixture)


def interval_of_mixture(interval: Callable[[Samples, float], Ends], samples: Samples, measured: float) -> Ends:
    return interval(samples.of_mixture, measured)


def _mean_interval(values: Tensor) -> Ends:
    return bootstrap(len(values), lambda places: values[places].mean().item(), rng())


def _verdict(samples: Samples) -> Verdict:
    return judge(samples.reading.probabilities, _known(samples.conditions), samples.classifier.data)


def _stack_counts(samples: Samples) -> Tensor:
    """Pictures of each stack, int64 [modes]."""
    found, count = samples.stacks
    return torch.bincount(found, minlength=count)


def _counts(samples: Samples) -> Tensor:
    """Images of each class, float64 [classes]."""
    return (samples.shares * len(samples.images)).round()


def _known(value: AnyKnown | None) -> AnyKnown:
    assert value is not None  # `needs` says so
    return value
