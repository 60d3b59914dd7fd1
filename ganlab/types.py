"""What a model family provides to the one loop that trains every family."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import torch
from pydantic import BaseModel
from torch import Tensor, nn

from ganlab.data import Batch, DataSpec
from ganlab.latents import Latent


class Loss(NamedTuple):
    """What a phase minimises, and the numbers worth plotting beside it."""

    total: Tensor  # scalar; the loop differentiates this and nothing else
    log: dict[str, Tensor]  # scalars


OptimizerKind = Literal["adam", "rmsprop", "sgd"]


class Optimizer(NamedTuple):
    """How a phase steps downhill."""

    lr: float
    betas: tuple[float, float] = (0.5, 0.999)
    kind: OptimizerKind = "adam"


class Drawn(NamedTuple):
    """Images that the generator made for this step, and what it made them from."""

    latents: Tensor  # [B, dim]
    images: Tensor  # [B, C, H, W]
    posterior: Tensor | None = None  # [B, 2 * dim]: mean and log-variance of the latents, where an encoder drew them


Draw = Callable[[nn.ModuleDict, Batch, torch.Generator], Drawn]
PhaseLoss = Callable[[nn.ModuleDict, Batch, Drawn, torch.Generator], Loss]


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """One optimiser's turn: which nets move, and downhill on what."""

    name: str
    trains: tuple[str, ...]  # names of nets; every other net is frozen meanwhile
    loss: PhaseLoss
    optimizer: Optimizer
    every: int = 1  # takes its turn at steps divisible by this
    augments: bool = False  # whether its images, real and drawn, are changed at random where a run augments


class Recognizer(Protocol):
    """What the net called "recognizer" can do, where a family has one."""

    def category(self, features: Tensor) -> Tensor:
        """Logits of the categorical code, float32 [B, labels], of the trunk's features [B, F]."""
        ...

    def means(self, features: Tensor) -> Tensor:
        """Means of the continuous codes, float32 [B, codes]."""
        ...


class Family(Protocol):
    """A kind of model: a module in `families/` that defines these names."""

    TITLE: str  # as pages show it
    TEXT: str  # how its nets learn, in a sentence for people
    KEPT: tuple[str, ...]  # nets that belong in a checkpoint
    Config: type[BaseModel]  # architecture and loss hyperparameters, with bounds and help

    def latent(self, cfg: Any, data: DataSpec) -> Latent:
        """What the net "generator" reads."""
        ...

    def build(self, cfg: Any, data: DataSpec) -> nn.ModuleDict:
        """Nets by name, with fresh weights; always with "generator"."""
        ...

    def draw(self, cfg: Any, data: DataSpec) -> Draw:
        """How the generator makes the images of a step, once for all phases."""
        ...

    def phases(self, cfg: Any, data: DataSpec) -> tuple[Phase, ...]:
        """In the order of their turns."""
        ...
