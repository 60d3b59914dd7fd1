"""How sure a number is: 95 % intervals of one model, and means over seeds."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

CONFIDENCE = 0.95
WAYS = "by the bootstrap; of shares by Wilson's formula, of numbers of modes by the jackknife"
"""How intervals are found, for captions."""

NORMAL_QUANTILE = 1.959963984540054  # of (1 + CONFIDENCE) / 2
RESAMPLES = 1_000


class Ends(NamedTuple):
    """Ends of a 95 % interval."""

    low: float
    high: float


class Seeds(NamedTuple):
    """One number measured with several seeds."""

    mean: float
    deviation: float | None  # standard deviation of a sample (n - 1); None for one seed
    n: int


def bootstrap(
    count: int,
    measure: Callable[[Tensor], float],
    rng: torch.Generator,
    *,
    value: float | None = None,
    resamples: int = RESAMPLES,
) -> Ends:
    """Percentile interval of a measure of `count` images (Efron 1979), around `value` where that is given.

    `measure` gets places of images, int64 [count], drawn with replacement. ValueError without an image.
    """
    if count < 1:
        raise ValueError("an interval needs images, and there are none")
    found = [measure(torch.randint(count, (count,), generator=rng)) for _ in range(resamples)]
    return _percentiles(found) if value is None else around(value, found)


def bootstrap_counts(
    counts: Tensor, measure: Callable[[Tensor], float], rng: torch.Generator, *, resamples: int = RESAMPLES
) -> Ends:
    """The same for a measure of shares [K], of images that counts [K] sort; see `around` for where it lies.

    ValueError without an image.
    """
    drawn = resampled_counts(counts, rng, resamples=resamples)
    return around(measure(counts.double() / counts.sum()), [measure(row / row.sum()) for row in drawn])


def resampled_counts(counts: Tensor, rng: torch.Generator, *, resamples: int = RESAMPLES) -> Tensor:
    """How counts [K] sort as many images that are drawn from them with replacement, float64 [resamples, K].

    ValueError without an image.
    """
    if not counts.sum():
        raise ValueError("an interval needs images, and there are none")
    draws = np.random.default_rng(int(torch.randint(2**62, (1,), generator=rng)))
    shares = counts.double() / counts.sum()
    return torch.from_numpy(draws.multinomial(int(counts.sum()), shares.numpy(), size=resamples)).double()


def around(value: float, resampled: Sequence[float]) -> Ends:
    """The percentile interval, moved so that the mean of what was resampled is the value.

    Distances and entropies of few images are off to one side, and a resample, which has fewer different images, is off
    once more: its percentiles can lie beside the value that they are to surround.
    """
    return _percentiles(np.asarray(resampled) - np.mean(resampled) + value)


def kinds_interval(counts: Tensor) -> Ends:
    """The interval of how many kinds so many images show, of images that counts [K] sort, by the jackknife.

    An image matters to this number only where no other shows its kind, so that the variance is near the number of kinds
    that were seen once. A bootstrap cannot tell: a resample lacks a third of those, and never has a new one. What the
    jackknife gives is rather too wide than too narrow (Efron and Stein 1981). ValueError without an image.
    """
    count = int(counts.sum())
    if not count:
        raise ValueError("an interval needs images, and there are none")
    found, once = int((counts > 0).sum()), int((counts == 1).sum())
    reach = NORMAL_QUANTILE * math.sqrt(once * (1 - once / count) * (count - 1) / count)
    return Ends(max(1.0, found - reach), min(float(len(counts)), found + reach))


def share_interval(hits: int, count: int) -> Ends:
    """Wilson's interval of a share (1927), which holds near 0 and 1, too. ValueError without an image."""
    if count < 1:
        raise ValueError("an interval needs images, and there are none")
    share, squared = hits / count, NORMAL_QUANTILE**2 / count
    middle = (share + squared / 2) / (1 + squared)
    reach = math.sqrt(share * (1 - share) * squared + squared**2 / 4) / (1 + squared)
    return Ends(middle - reach if hits else 0.0, middle + reach if hits < count else 1.0)


def rng() -> torch.Generator:
    """For resampling; the same each time."""
    return torch.Generator().manual_seed(0)


def over_seeds(values: Sequence[float]) -> Seeds:
    """Mean and standard deviation; ValueError for no value."""
    if not values:
        raise ValueError("a mean needs a value, and there is none")
    return Seeds(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None, len(values))


def _percentiles(values: Sequence[float] | NDArray[np.float64]) -> Ends:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Ends(float(low), float(high))
