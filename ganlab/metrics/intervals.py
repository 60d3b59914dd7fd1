"""How sure a number is: 95 % intervals of one model, and means over seeds."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy import stats
from torch import Tensor

CONFIDENCE = 0.95
RESAMPLES = 1_000


class Interval(NamedTuple):
    """Ends of a 95 % interval."""

    low: float
    high: float


class Seeds(NamedTuple):
    """One number measured with several seeds."""

    mean: float
    deviation: float | None  # standard deviation of a sample (n - 1); None for one seed
    n: int


def bootstrap(
    count: int, measure: Callable[[Tensor], float], rng: torch.Generator, *, resamples: int = RESAMPLES
) -> Interval:
    """Percentile interval of a measure of `count` images (Efron 1979).

    `measure` gets places of images, int64 [count], drawn with replacement. ValueError without an image.
    """
    if count < 1:
        raise ValueError("an interval needs images, and there are none")
    found = [measure(torch.randint(count, (count,), generator=rng)) for _ in range(resamples)]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return Interval(float(low), float(high))


def share_interval(hits: int, count: int) -> Interval:
    """Wilson's interval of a share (1927), which holds near 0 and 1, too. ValueError without an image."""
    if count < 1:
        raise ValueError("an interval needs images, and there are none")
    found = stats.binomtest(hits, count).proportion_ci(CONFIDENCE, "wilson")
    return Interval(float(found.low), float(found.high))


def over_seeds(values: Sequence[float]) -> Seeds:
    """Mean and standard deviation; ValueError for no value."""
    if not values:
        raise ValueError("a mean needs a value, and there is none")
    return Seeds(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None, len(values))
