"""Residual nets after SN-GAN (Miyato et al. 2018) at 28, 32, 64 and 128 px, small enough for a CPU.

`width` is the number of channels at the full size of the image; it doubles each time the map halves, up to eight times
`width`. The smallest map is 7 px at 28 px and 4 px otherwise, unless `smallest_map` says so.
"""

from itertools import pairwise

from torch import Tensor, nn

from ganlab.nets.blocks import Norm, Sizes, leaky, normalised, without_batch
from ganlab.nets.convolutions import ChannelsLast, Conv2d
from ganlab.nets.dcgan import map_sizes
from ganlab.nets.initial_weights import INITIAL_WEIGHTS, init_kaiming

MOST = 8
"""Channels of the widest map, as a multiple of the width."""


class Residual(nn.Module):
    """What two nets make of the same maps, added up: a block's layers, and the shortcut around them."""

    def __init__(self, shortcut: nn.Module, layers: nn.Module) -> None:
        super().__init__()
        self.shortcut, self.layers = shortcut, layers

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.shortcut(x) + self.layers(x)
        return y


class ResnetGenerator(nn.Sequential):
    """Vectors [B, latent_dim] => images [B, C, H, W] in [-1, 1]."""

    def __init__(self, latent_dim: int, shape: tuple[int, int, int], sizes: Sizes) -> None:
        channels, size, _ = shape
        base, doublings = map_sizes(size, sizes.smallest_map)
        wide = [_channels(sizes.width, step) for step in range(doublings, -1, -1)]
        super().__init__(
            nn.Linear(latent_dim, wide[0] * base * base),
            nn.Unflatten(1, (wide[0], base, base)),
            ChannelsLast(),
            *(_growing(before, after) for before, after in pairwise(wide)),
            nn.BatchNorm2d(wide[-1]),
            nn.ReLU(inplace=True),
            nn.Conv2d(wide[-1], channels, 3, 1, 1),
            nn.Tanh(),
        )
        init_kaiming(self)


class ResnetTrunk(nn.Sequential):
    """Images [B, C, H, W] => features [B, self.features], summed over the smallest map and scaled."""

    def __init__(self, shape: tuple[int, int, int], sizes: Sizes, norm: Norm) -> None:
        channels, size, _ = shape
        _, doublings = map_sizes(size, sizes.smallest_map)
        wide = [_channels(sizes.width, step) for step in range(1, doublings + 1)]
        super().__init__(
            _first(channels, wide[0], norm),
            *(_shrinking(before, after, norm) for before, after in pairwise(wide)),
            Residual(nn.Identity(), _two_convolutions(wide[-1], wide[-1], norm)),
            *leaky(sizes),
            SumOfMap(),
        )
        self.features = wide[-1]
        INITIAL_WEIGHTS[norm](self)


class SumOfMap(nn.Module):
    """Maps [B, C, H, W] => their sums [B, C], divided by the map's size: the step then stretches nothing."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum((2, 3)) / (x.shape[2] * x.shape[3]) ** 0.5


def _channels(width: int, halvings: int) -> int:
    return int(width * min(2**halvings, MOST))


def _growing(before: int, after: int) -> Residual:
    """Maps [B, before, H, W] => [B, after, 2 H, 2 W]."""
    return Residual(
        nn.Sequential(Conv2d(before, after, 1), nn.Upsample(scale_factor=2)),  # in this order for a quarter of the work
        nn.Sequential(
            nn.BatchNorm2d(before),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            Conv2d(before, after, 3, 1, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
            Conv2d(after, after, 3, 1, 1),
        ),
    )


def _shrinking(before: int, after: int, norm: Norm) -> Residual:
    """Maps [B, before, H, W] => [B, after, H / 2, W / 2]."""
    return Residual(
        nn.Sequential(nn.AvgPool2d(2), *normalised(Conv2d(before, after, 1), without_batch(norm))),
        nn.Sequential(_two_convolutions(before, after, norm), nn.AvgPool2d(2)),
    )


def _first(channels: int, after: int, norm: Norm) -> Residual:
    """As `_shrinking`, for pixels: no activation comes before the first layer, and no batch norm behind it."""
    return Residual(
        nn.Sequential(nn.AvgPool2d(2), *normalised(Conv2d(channels, after, 1), without_batch(norm))),
        nn.Sequential(
            *normalised(Conv2d(channels, after, 3, 1, 1), without_batch(norm)),
            nn.LeakyReLU(0.2, inplace=True),
            *normalised(Conv2d(after, after, 3, 1, 1), norm),
            nn.AvgPool2d(2),
        ),
    )


def _two_convolutions(before: int, after: int, norm: Norm) -> nn.Sequential:
    return nn.Sequential(
        nn.LeakyReLU(0.2),
        *normalised(Conv2d(before, after, 3, 1, 1), norm),
        nn.LeakyReLU(0.2, inplace=True),
        *normalised(Conv2d(after, after, 3, 1, 1), norm),
    )
