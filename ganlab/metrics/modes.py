"""Which classes a generator makes, and how evenly."""

import torch
from torch import Tensor


def histogram(probabilities: Tensor) -> Tensor:
    """Share of each class among the most likely classes, float64 [K], of probabilities [N, K]."""
    counts = torch.bincount(probabilities.argmax(1), minlength=probabilities.shape[1])
    return counts.double() / counts.sum()


def histogram_divergence(shares: Tensor, prior: Tensor) -> float:
    """KL(shares || prior) in nats; a class with no share adds nothing."""
    return torch.special.xlogy(shares, shares / prior).sum().item()


def smallest_share(shares: Tensor, prior: Tensor) -> float:
    """The least represented class's share, relative to its prior: 1 is even, 0 is a class that is missing.

    Classes that the data does not have do not count.
    """
    return (shares / prior)[prior > 0].min().item()


def confident(probabilities: Tensor, threshold: float = 0.9) -> float:
    """Share of images whose most likely class has a probability above the threshold."""
    return (probabilities.max(1).values > threshold).double().mean().item()
