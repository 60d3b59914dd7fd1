"""What moves the weights of a phase.

Torch computes each step. Its own classes are not used: the first one made imports torch's compiler, which takes every
process that trains a second, and nothing here is compiled.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from ganlab.types import OptimizerKind, Phase

State = dict[str, Tensor]
"""What is remembered of a weight, under torch's names."""


@dataclass(kw_only=True, slots=True)
class PhaseOptimizer:
    """The weights that a phase moves, the rates by which it does, and what it remembers."""

    kind: OptimizerKind
    weights: list[nn.Parameter]
    lr: float
    betas: tuple[float, float]  # Adam's
    states: dict[int, State] = field(default_factory=dict)  # by a weight's place; none before its first gradient

    @torch.no_grad()
    def step(self) -> None:
        """Move the weights that have a gradient."""
        kind = OPTIMIZERS[self.kind]
        moving = [place for place, weight in enumerate(self.weights) if weight.grad is not None]
        for place in moving:
            if place not in self.states:
                self.states[place] = kind.fresh(self.weights[place])
        weights: list[Tensor] = [self.weights[place] for place in moving]
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        kind.move(self, weights, gradients, [self.states[place] for place in moving])


def optimizer_of(phase: Phase, nets: nn.ModuleDict) -> PhaseOptimizer:
    """A fresh one for the nets that the phase moves."""
    weights = [weight for name in phase.trains for weight in nets[name].parameters()]
    kind, lr, betas = phase.optimizer.kind, phase.optimizer.lr, phase.optimizer.betas
    return PhaseOptimizer(kind=kind, weights=weights, lr=lr, betas=betas)


class Kind(NamedTuple):
    """A way to step downhill, with the settings that torch's class of that name has by default."""

    fresh: Callable[[Tensor], State]  # of a weight before its first step
    move: Callable[[PhaseOptimizer, list[Tensor], list[Tensor], list[State]], None]  # weights, gradients and states


def _fresh_adam(weight: Tensor) -> State:
    count = torch.zeros((), dtype=torch.float32, device=weight.device)
    return {"step": count, "exp_avg": torch.zeros_like(weight), "exp_avg_sq": torch.zeros_like(weight)}


def _adam(one: PhaseOptimizer, weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
    # Fused on a CPU, it takes gradients as lying in memory as their weights do, without a look at the strides.
    adam(
        weights,
        gradients,
        [state["exp_avg"] for state in states],
        [state["exp_avg_sq"] for state in states],
        [],
        [state["step"] for state in states],
        fused=True,
        amsgrad=False,
        beta1=one.betas[0],
        beta2=one.betas[1],
        lr=one.lr,
        weight_decay=0,
        eps=1e-8,
        maximize=False,
    )


def _fresh_rmsprop(weight: Tensor) -> State:
    return {"step": torch.zeros(()), "square_avg": torch.zeros_like(weight)}


def _rmsprop(one: PhaseOptimizer, weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
    rmsprop(
        weights,
        gradients,
        [state["square_avg"] for state in states],
        [],
        [],
        [state["step"] for state in states],
        lr=one.lr,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
    )


def _fresh_sgd(weight: Tensor) -> State:
    return {}


def _sgd(one: PhaseOptimizer, weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
    sgd(
        weights,
        gradients,
        [None for _ in weights],
        fused=True,
        weight_decay=0,
        momentum=0,
        lr=one.lr,
        dampening=0,
        nesterov=False,
        maximize=False,
    )


OPTIMIZERS: dict[OptimizerKind, Kind] = {
    "adam": Kind(_fresh_adam, _adam),
    "rmsprop": Kind(_fresh_rmsprop, _rmsprop),
    "sgd": Kind(_fresh_sgd, _sgd),
}
