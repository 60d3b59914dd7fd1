"""What moves the weights of a phase."""

from collections.abc import Callable

import torch
from torch import nn

from ganlab.types import Optimizer, OptimizerKind, Phase


def optimizer_of(phase: Phase, nets: nn.ModuleDict) -> torch.optim.Optimizer:
    """A fresh one for the nets that the phase moves."""
    weights = [weight for name in phase.trains for weight in nets[name].parameters()]
    return OPTIMIZERS[phase.optimizer.kind](weights, phase.optimizer)


def _adam(weights: list[nn.Parameter], settings: Optimizer) -> torch.optim.Optimizer:
    # Fused on a CPU, it takes gradients as lying in memory as their weights do, without a look at the strides.
    return torch.optim.Adam(weights, settings.lr, settings.betas, fused=True)


def _rmsprop(weights: list[nn.Parameter], settings: Optimizer) -> torch.optim.Optimizer:
    return torch.optim.RMSprop(weights, settings.lr)


def _sgd(weights: list[nn.Parameter], settings: Optimizer) -> torch.optim.Optimizer:
    return torch.optim.SGD(weights, settings.lr, fused=True)


OPTIMIZERS: dict[OptimizerKind, Callable[[list[nn.Parameter], Optimizer], torch.optim.Optimizer]] = {
    "adam": _adam,
    "rmsprop": _rmsprop,
    "sgd": _sgd,
}
