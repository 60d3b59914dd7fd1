"""Fully connected nets on flattened images, in two shapes: growing towards the pixels, and a funnel."""

from itertools import pairwise

from torch import nn

from ganlab.nets.blocks import INITIAL_WEIGHTS, Norm, normalised


class MlpGenerator(nn.Sequential):
    """latent -> w -> 2w -> 4w -> pixels: vectors [B, latent_dim] => images in [-1, 1].

    Without batch norm, which makes fully connected generators drop modes.
    """

    def __init__(
        self,
        latent_dim: int,
        shape: tuple[int, int, int],
        *,
        width: int,
        hidden: int = 0,
        hidden_layers: int = 1,
        smallest_map: int = 0,
    ) -> None:
        sizes = [latent_dim, *_hidden(hidden, hidden_layers), width, 2 * width, 4 * width]
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
        super().__init__(*layers, *_to_image(sizes[-1], shape))


class FunnelGenerator(nn.Sequential):
    """latent -> 4w -> 2w -> w -> pixels with batch norm, as in report D."""

    def __init__(
        self,
        latent_dim: int,
        shape: tuple[int, int, int],
        *,
        width: int,
        hidden: int = 0,
        hidden_layers: int = 1,
        smallest_map: int = 0,
    ) -> None:
        sizes = [latent_dim, *_hidden(hidden, hidden_layers), 4 * width, 2 * width, width]
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
        super().__init__(*layers, *_to_image(width, shape))


class _Trunk(nn.Sequential):
    def __init__(self, shape: tuple[int, int, int], sizes: list[int], norm: Norm) -> None:
        channels, height, width = shape
        layers: list[nn.Module] = [nn.Flatten()]
        for position, (before, after) in enumerate(pairwise([channels * height * width, *sizes])):
            # As in DCGAN's discriminator, no batch norm right after the pixels.
            here: Norm = "none" if norm == "batch" and position == 0 else norm
            layers += [*normalised(nn.Linear(before, after), here), nn.LeakyReLU(0.2)]
        super().__init__(*layers)
        self.features = sizes[-1]
        INITIAL_WEIGHTS["none"](self)


class MlpTrunk(_Trunk):
    """pixels -> 4w -> 2w -> w: images [B, C, H, W] => features [B, self.features]."""

    def __init__(
        self, shape: tuple[int, int, int], *, width: int, hidden: int = 0, norm: Norm, smallest_map: int = 0
    ) -> None:
        super().__init__(shape, [4 * width, 2 * width, width, *([hidden] if hidden else [])], norm)


class FunnelTrunk(_Trunk):
    """pixels -> w -> 2w -> 4w, as in report D: images [B, C, H, W] => features [B, self.features]."""

    def __init__(
        self, shape: tuple[int, int, int], *, width: int, hidden: int = 0, norm: Norm, smallest_map: int = 0
    ) -> None:
        super().__init__(shape, [width, 2 * width, 4 * width, *([hidden] if hidden else [])], norm)


def _hidden(units: int, layers: int) -> list[int]:
    return [units] * layers if units else []


def _to_image(features: int, shape: tuple[int, int, int]) -> list[nn.Module]:
    channels, height, width = shape
    return [nn.Linear(features, channels * height * width), nn.Tanh(), nn.Unflatten(1, shape)]
