"""What the architectures share: sizes, normalisation by name, initial weights, and maps of conditions."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import _SpectralNorm
from torch.nn.utils.parametrize import register_parametrization

from ganlab.devices import without_autocast

Norm = Literal["spectral", "batch", "none"]
NORMS: tuple[Norm, ...] = ("spectral", "batch", "none")


class Sizes(NamedTuple):
    """How large a net is; an architecture has no use for some of them."""

    width: int  # channels (convolutions) or units (MLP) of the narrowest layer
    hidden: int = 0  # units of extra fully connected layers; 0 for none
    hidden_layers: int = 1  # number of such layers in a generator
    smallest_map: int = 0  # pixels; 0 for the architecture's own
    dropout: float = 0.0  # in a trunk: share of the activations that are left out while training
    mapped: int = 0  # in a generator: how many of its last inputs become a map each beside its first layer


def normalised(layer: nn.Conv2d | nn.Linear, norm: Norm) -> list[nn.Module]:
    """The layer with its normalisation: divided by its largest singular value, or followed by batch norm."""
    if norm == "spectral":
        register_parametrization(layer, "weight", SpectralNorm(layer.weight))
        return [layer]
    if norm == "batch":
        batch_norm = nn.BatchNorm2d if isinstance(layer, nn.Conv2d) else nn.BatchNorm1d
        return [layer, batch_norm(layer.weight.shape[0])]
    return [layer]


class SpectralNorm(_SpectralNorm):
    """As torch's, in float32 always: on a GPU, autocast would round its power iteration to eight bits."""

    def forward(self, weight: Tensor) -> Tensor:
        with without_autocast(weight.device):
            normalised: Tensor = super().forward(weight)
        return normalised

    def _power_method(self, weight_mat: Tensor, n_power_iterations: int) -> None:
        """Leave out the first estimate of a weight without numbers, fifteen times as long as that of a step."""
        if not weight_mat.is_meta or n_power_iterations <= self.n_power_iterations:
            super()._power_method(weight_mat, n_power_iterations)


def without_batch(norm: Norm) -> Norm:
    """The normalisation of a layer where batch norm has no place: right behind the pixels, and at the very end."""
    return "none" if norm == "batch" else norm


def leaky(sizes: Sizes, *, inplace: bool = False) -> list[nn.Module]:
    """LeakyReLU(0.2), and dropout behind it where the sizes ask for it."""
    return [nn.LeakyReLU(0.2, inplace), *([nn.Dropout(sizes.dropout)] if sizes.dropout else [])]


class ConditionMaps(nn.Module):
    """Values [B, K] => maps [B, K, size, size]: a kernel for each value, as in a transposed convolution in K groups."""

    def __init__(self, values: int, size: int) -> None:
        super().__init__()
        bound = 1 / size  # torch's own for such a convolution
        self.weight = nn.Parameter(torch.empty(values, size, size).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(values, 1, 1).uniform_(-bound, bound))

    def forward(self, values: Tensor) -> Tensor:
        return values[:, :, None, None] * self.weight + self.bias


class Beside(nn.Module):
    """Vectors [B, first + others] => the maps of two nets, side by side as channels; each reads its own values."""

    def __init__(self, first: int, left: nn.Module, right: nn.Module) -> None:
        super().__init__()
        self.first, self.left, self.right = first, left, right

    def forward(self, u: Tensor) -> Tensor:
        return torch.cat([self.left(u[:, : self.first]), self.right(u[:, self.first :])], 1)
