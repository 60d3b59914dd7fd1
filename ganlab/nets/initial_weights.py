"""How the weights of nets begin."""

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

SMALL_GENERATOR = 0.002
SMALL_DISCRIMINATOR = 0.0004
"""Standard deviations of weights that begin small: found at a rate of 1e-5 (docs/training-notes.md, Stability)."""

Layer = nn.Conv2d | nn.ConvTranspose2d | nn.Linear


def init_dcgan(net: nn.Module) -> None:
    """N(0, 0.02) weights, zero biases, N(1, 0.02) batch-norm scales (Radford et al. 2016).

    Weights behind spectral norm stay as torch made them, uniform up to 1 / sqrt(inputs).
    """
    for module in net.modules():
        if isinstance(module, Layer):
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


@torch.no_grad()
def shrink_normalised(net: nn.Module, deviation: float) -> None:
    """Scale the weights that stand before a normalisation to a standard deviation; what the net computes stays.

    Adam moves a weight by about the learning rate a step, and so turns a small one further (van Laarhoven 2017).
    """
    for module in net.modules():
        if isinstance(module, Layer) and (weight := _normalised_weight(module)) is not None:
            weight.mul_(deviation / weight.std())


@torch.no_grad()
def fill_range(generator: nn.Module) -> None:
    """Scale the last layer's weights to what Kaiming has for its inputs, so that pixels begin all over [-1, 1].

    At N(0, 0.02) a generator begins grey, and a low learning rate takes long to make it black and white.
    """
    last = [module for module in generator.modules() if isinstance(module, Layer)][-1]
    last.weight.mul_(math.sqrt(2 / _inputs(last)) / last.weight.std())


def _normalised_weight(layer: Layer) -> Tensor | None:
    """What is learnt of a layer whose scale a normalisation takes out; None for other layers."""
    if is_parametrized(layer, "weight"):
        return dict(layer.named_parameters())["parametrizations.weight.original"]
    # Batch norm brings its own bias, so that layers before it have none.
    return layer.weight if layer.bias is None else None


def _inputs(layer: Layer) -> float:
    """How many numbers a number of the layer's output is a sum of."""
    if isinstance(layer, nn.ConvTranspose2d):
        return layer.in_channels * math.prod(layer.kernel_size) / math.prod(layer.stride)
    return layer.weight[0].numel()
