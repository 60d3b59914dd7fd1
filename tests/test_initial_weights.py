"""Weights that begin small: the nets' function stays, and a step turns them further."""

import math
from typing import cast

import pytest
import torch
from torch import nn

from ganlab.data import DataSpec
from ganlab.families import gan
from ganlab.nets import ARCHITECTURES, Sizes, architecture
from ganlab.nets.initial_weights import fill_range, shrink_normalised
from tests.tiny import TINY

WITH_BATCH_NORM = [
    (name, entry.sizes[0])
    for name, entry in ARCHITECTURES.items()
    if any(
        isinstance(module, nn.BatchNorm2d)
        for module in entry.generator(4, (1, entry.sizes[0], entry.sizes[0]), Sizes(4)).modules()
    )
]


def norms_without_epsilon(net: nn.Module) -> nn.Module:
    """In float64, where nothing but rounding tells a scaled net from itself."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.eps = 1e-30
    return net.double()


@pytest.mark.parametrize(("name", "size"), WITH_BATCH_NORM)
def test_a_generator_draws_the_same_from_smaller_weights(name: str, size: int) -> None:
    torch.manual_seed(0)
    net = norms_without_epsilon(architecture(name, size).generator(7, (3, size, size), Sizes(8, hidden=16)))
    latents = torch.randn(5, 7).double()
    before = net(latents)
    assert norms_of(net) > 1
    shrink_normalised(net, 1e-4)
    assert norms_of(net) < 0.2
    torch.testing.assert_close(net(latents), before, rtol=1e-7, atol=1e-7)


def norms_of(net: nn.Module) -> float:
    """The largest norm of a layer's weights before batch norm."""
    layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)]
    return max(float(m.weight.detach().norm()) for m in layers if m.bias is None)


@pytest.mark.parametrize(("name", "size"), [(name, entry.sizes[0]) for name, entry in ARCHITECTURES.items()])
def test_a_trunk_under_spectral_norm_finds_the_same_from_smaller_weights(name: str, size: int) -> None:
    torch.manual_seed(0)
    net = architecture(name, size).trunk((1, size, size), Sizes(8), "spectral").double().eval()
    images = torch.randn(5, 1, size, size).double()
    before = net(images)
    shrink_normalised(net, 4e-4)
    torch.testing.assert_close(net(images), before, rtol=1e-6, atol=1e-9)
    learnt = [weight for name, weight in net.named_parameters() if name.endswith("original")]
    assert learnt
    assert all(float(weight.detach().std()) == pytest.approx(4e-4) for weight in learnt)


def test_without_a_normalisation_nothing_is_shrunk() -> None:
    net = architecture("mlp", 28).trunk((1, 28, 28), Sizes(8), "none")
    before = [weight.clone() for weight in net.parameters()]
    shrink_normalised(net, 1e-4)
    assert all(torch.equal(*pair) for pair in zip(before, net.parameters(), strict=True))


def test_a_step_turns_a_weight_by_the_rate_over_its_size() -> None:
    """Adam's first step moves every number by the rate: the tangent of the angle is at most rate / deviation."""
    torch.manual_seed(0)
    rate, angles = 1e-5, []
    for deviation in (0.02, 0.002):
        net = nn.Sequential(nn.Linear(400, 50, bias=False), nn.BatchNorm1d(50)).double()
        shrink_normalised(net, deviation)
        layer = net[0]
        assert isinstance(layer, nn.Linear)
        start = layer.weight.detach().clone()
        optimizer = torch.optim.Adam([layer.weight], rate)
        (net(torch.randn(64, 400).double()) ** 3).sum().backward()
        optimizer.step()
        cosine = torch.cosine_similarity(start.flatten(), layer.weight.detach().flatten(), dim=0)
        angles.append(math.acos(float(cosine)))
    # To the first order the gradient stands at a right angle on a weight whose size does not matter.
    assert angles == pytest.approx([rate / 0.02, rate / 0.002], rel=0.01)


@pytest.mark.parametrize(("name", "size", "taps"), [("dcgan", 28, 8 * 4), ("upsampling", 28, 8 * 9), ("mlp", 28, 32)])
def test_the_first_images_fill_the_range(name: str, size: int, taps: int) -> None:
    torch.manual_seed(0)
    net = architecture(name, size).generator(7, (1, size, size), Sizes(8))
    fill_range(net)
    last = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)][-1]
    assert float(last.weight.detach().std()) == pytest.approx(math.sqrt(2 / taps), rel=1e-4)


def test_the_recipe_decides() -> None:
    usual, small = (
        TINY.with_settings({"architecture": "dcgan", "initial_weights": kind}).config for kind in ("usual", "small")
    )
    first, second = (
        gan.build(cast(gan.Config, config), DataSpec(name="digits", channels=1, size=28)) for config in (usual, small)
    )
    ratio = norms_of(second["generator"]) / norms_of(first["generator"])
    assert ratio == pytest.approx(0.1, rel=0.05)
