"""Fully connected nets on flattened images, in two shapes: growing towards the pixels, and a funnel."""

from itertools import pairwise

from torch import nn

from ganlab.nets.blocks import Norm, Sizes, leaky, normalised
from ganlab.nets.initial_weights import INITIAL_WEIGHTS


class MlpGenerator(nn.Sequential):
    """latent -> w -> 2w -> 4w -> pixels: vectors [B, latent_dim] => images in [-1, 1].

    Without batch norm, which makes fully connected generators drop modes.
    """

    def __init__(self, latent_dim: int, shape: tuple[int, int, int], sizes: Sizes) -> None:
        w = sizes.width
        units = [latent_dim, *_hidden(sizes), w, 2 * w, 4 * w]
        layers: list[nn.Module] = []
        for before, after in pairwise(units):
            layers += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
        super().__init__(*layers, *_to_image(units[-1], shape))


class FunnelGenerator(nn.Sequential):
    """latent -> 4w -> 2w -> w -> pixels with batch norm, as in report D."""

    def __init__(self, latent_dim: int, shape: tuple[int, int, int], sizes: Sizes) -> None:
        w = sizes.width
        units = [latent_dim, *_hidden(sizes), 4 * w, 2 * w, w]
        layers: list[nn.Module] = []
        for before, after in pairwise(units):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
        super().__init__(*layers, *_to_image(units[-1], shape))


class _Trunk(nn.Sequential):
    def __init__(self, shape: tuple[int, int, int], units: list[int], sizes: Sizes, norm: Norm) -> None:
        channels, height, width = shape
        units = [*units, *([sizes.hidden] if sizes.hidden else [])]
        layers: list[nn.Module] = [nn.Flatten()]
        for position, (before, after) in enumerate(pairwise([channels * height * width, *units])):
            # As in DCGAN's discriminator, no batch norm right after the pixels.
            here: Norm = "none" if norm == "batch" and position == 0 else norm
            layers += [*normalised(nn.Linear(before, after), here), *leaky(sizes)]
        super().__init__(*layers)
        self.features = units[-1]
        INITIAL_WEIGHTS["none"](self)


class MlpTrunk(_Trunk):
    """pixels -> 4w -> 2w -> w: images [B, C, H, W] => features [B, self.features]."""

    def __init__(self, shape: tuple[int, int, int], sizes: Sizes, norm: Norm) -> None:
        super().__init__(shape, [4 * sizes.width, 2 * sizes.width, sizes.width], sizes, norm)


class FunnelTrunk(_Trunk):
    """pixels -> w -> 2w -> 4w, as in report D: images [B, C, H, W] => features [B, self.features]."""

    def __init__(self, shape: tuple[int, int, int], sizes: Sizes, norm: Norm) -> None:
        super().__init__(shape, [sizes.width, 2 * sizes.width, 4 * sizes.width], sizes, norm)


def _hidden(sizes: Sizes) -> list[int]:
    return [sizes.hidden] * sizes.hidden_layers if sizes.hidden else []


def _to_image(features: int, shape: tuple[int, int, int]) -> list[nn.Module]:
    channels, height, width = shape
    return [nn.Linear(features, channels * height * width), nn.Tanh(), nn.Unflatten(1, shape)]
