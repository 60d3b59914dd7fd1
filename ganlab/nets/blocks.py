"""What the architectures share: sizes, normalisation by name, and initial weights."""

from typing import Literal, NamedTuple

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

Norm = Literal["spectral", "batch", "none"]
NORMS: tuple[Norm, ...] = ("spectral", "batch", "none")


class Sizes(NamedTuple):
    """How large a net is; an architecture has no use for some of them."""

    width: int  # channels (convolutions) or units (MLP) of the narrowest layer
    hidden: int = 0  # units of extra fully connected layers; 0 for none
    hidden_layers: int = 1  # number of such layers in a generator
    smallest_map: int = 0  # pixels; 0 for the architecture's own


def normalised(layer: nn.Conv2d | nn.Linear, norm: Norm) -> list[nn.Module]:
    """The layer with its normalisation: divided by its largest singular value, or followed by batch norm."""
    if norm == "spectral":
        return [spectral_norm(layer)]
    if norm == "batch":
        batch_norm = nn.BatchNorm2d if isinstance(layer, nn.Conv2d) else nn.BatchNorm1d
        return [layer, batch_norm(layer.weight.shape[0])]
    return [layer]


def init_dcgan(net: nn.Module) -> None:
    """N(0, 0.02) weights, zero biases, N(1, 0.02) batch-norm scales (Radford et al. 2016)."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)


def init_kaiming(net: nn.Module) -> None:
    """Weights that keep the scale of activations behind LeakyReLU(0.2), for nets without normalisation."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, a=0.2)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


INITIAL_WEIGHTS = {"spectral": init_dcgan, "batch": init_dcgan, "none": init_kaiming}
