"""How much one code knows of one factor, and no other code: the mutual information gap (Chen et al. 2018)."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ganlab.metrics.intervals import Ends, bootstrap

RESAMPLES = 200  # each takes a matrix product
INTERVALS = 20  # that continuous values are sorted into; 10,000 images then bias the information by .018 nats


def information_gap(codes: Tensor, factors: Tensor) -> float:
    """Mean over factors of (most information of one code - second most) / entropy of the factor, 0 to 1.

    `codes` [N, C] and `factors` [N, F] are whole numbers; `in_intervals` makes such of continuous values. A factor that
    never changes does not count. ValueError for fewer than two codes, or where no factor changes.
    """
    from sklearn.metrics import mutual_info_score  # here, not above: machines that only train have none

    if codes.shape[1] < 2:
        raise ValueError(f"a gap needs two or more codes, and there are {codes.shape[1]}")
    information = mutual_information(codes, factors)
    entropy = torch.tensor([mutual_info_score(factor, factor) for factor in factors.T.numpy()], dtype=torch.float64)
    changes = entropy > 1e-9
    if not changes.any():
        raise ValueError("none of the factors changes")
    first, second = information.topk(2, dim=0).values
    return ((first - second)[changes] / entropy[changes]).mean().item()


def mutual_information(codes: Tensor, factors: Tensor) -> Tensor:
    """Nats that each code [N, C] tells of each factor [N, F], both whole numbers, float64 [C, F]."""
    from sklearn.metrics import mutual_info_score  # as above

    return torch.tensor(
        [[mutual_info_score(code, factor) for factor in factors.T.numpy()] for code in codes.T.numpy()],
        dtype=torch.float64,
    )


def information_gap_interval(codes: Tensor, factors: Tensor, measured: float, rng: torch.Generator) -> Ends:
    """95 % interval of the gap, by the bootstrap over images; see `around` for where it lies."""
    one, other = one_hot(codes).float(), one_hot(factors).float()  # [N, C, K], [N, F, L]
    flat = one.flatten(1)

    def gap(places: Tensor) -> float:
        times = places.bincount(minlength=len(codes)).to(flat)
        joint = (flat * times[:, None]).T @ other.flatten(1) / len(codes)
        return _gap(joint.double().view(*one.shape[1:], *other.shape[1:]))

    return bootstrap(len(codes), gap, rng, value=measured, resamples=RESAMPLES)


def _gap(joint: Tensor) -> float:
    """Of the joint distributions [C, K, F, L] of every code and factor."""
    factor = joint[0].sum(0)  # [F, L]
    entropy = torch.special.entr(factor).sum(1)
    independent = joint.sum(3, keepdim=True) * factor
    information = torch.special.xlogy(joint, joint / independent.clamp_min(1e-300)).sum((1, 3))  # [C, F]
    changes = entropy > 1e-9
    first, second = information.topk(2, dim=0).values
    return ((first - second)[changes] / entropy[changes]).mean().item()


def in_intervals(values: Tensor, count: int = INTERVALS) -> Tensor:
    """The interval, of so many of equal width, that each value [N] lies in, int64 [N]; one for equal values."""
    low, high = values.min(), values.max()
    if low == high:
        return torch.zeros(len(values), dtype=torch.int64)
    return ((values.double() - low) / (high - low) * count).long().clamp_(max=count - 1)
