"""Whether the classes of samples are drawn as often as those of the data, as a test with its power."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganlab.counting import counted

LEVEL = 0.05  # share of perfect generators that the test rejects
TRIALS = 2_000


class ChiSquare(NamedTuple):
    """Pearson's test of counts against a prior."""

    statistic: float
    degrees: int  # of freedom
    p: float  # probability of a statistic as large, of a generator that draws by the prior


def effective_classes(shares: Tensor) -> float:
    """Number of equally frequent classes that are as diverse: exp of the entropy of shares [K], from 1 to K."""
    return torch.special.entr(shares.double()).sum().exp().item()


def chi_square(counts: Tensor, prior: Tensor) -> ChiSquare:
    """Test counts [K] against the shares that are expected, [K].

    Classes that the prior does not have, and the samples do not show, do not count; ValueError where samples show one,
    where fewer than two classes are left, or without a sample.
    """
    from scipy import special  # here, not above: machines that only train have none; scipy.stats takes a second

    expected = _known(prior)
    unknown = counts[prior <= 0].sum()
    if unknown:
        raise ValueError(f"{counted(int(unknown), 'sample shows', 'samples show')} classes that the data does not have")
    total = int(counts.sum())
    if not total or len(expected) < 2:
        raise ValueError(f"a test needs samples and two or more classes, and there are {total} and {len(expected)}")
    statistic = _statistic(counts[prior > 0].numpy(), expected * total)
    degrees = len(expected) - 1
    return ChiSquare(float(statistic), degrees, float(special.chdtrc(degrees, statistic)))


def power(
    prior: Tensor, drawn: Tensor, samples: int, rng: torch.Generator, *, level: float = LEVEL, trials: int = TRIALS
) -> float:
    """Probability that the test notices, from so many samples, a generator that draws shares [K] instead of `prior`.

    It is the share of simulated counts that the test rejects; its standard error is at most .011 for 2,000 trials.
    """
    from scipy import special  # as above

    expected = _known(prior) * samples
    alternative = drawn[prior > 0].double().numpy()
    draws = np.random.default_rng(int(torch.randint(2**62, (1,), generator=rng)))
    counts = draws.multinomial(samples, alternative / alternative.sum(), size=trials)
    return float((_statistic(counts, expected) > special.chdtri(len(expected) - 1, level)).mean())


def without_class(prior: Tensor, place: int, *, left: float = 0.0) -> Tensor:
    """Shares [K] of a generator that draws class `place` at the share `left` of its prior, and the others as often."""
    shares = prior.double().clone()
    shares[place] *= left
    return shares / shares.sum()


def _statistic(counts: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Pearson's, of counts [..., K]."""
    found: np.ndarray = ((counts - expected) ** 2 / expected).sum(-1)
    return found


def _known(prior: Tensor) -> np.ndarray:
    found = prior[prior > 0].double()
    return np.asarray((found / found.sum()).numpy())
