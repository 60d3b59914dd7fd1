"""Generators that enlarge a map before they convolve it (Odena et al. 2016), at 28, 32 and 64 px, beside DCGAN's trunk.

A transposed convolution of stride 2 makes the four pixels of a cell by different weights, which leaves a grid in flat
colours. Enlarging by nearest neighbours and a 3x3 convolution treats all pixels alike. `width`, `hidden`,
`hidden_layers` and `smallest_map` mean what they mean in `dcgan`.
"""

from torch import nn

from ganlab.nets.blocks import Sizes
from ganlab.nets.convolutions import ChannelsLast, Conv2d
from ganlab.nets.dcgan import map_sizes, mapping_layers
from ganlab.nets.initial_weights import init_dcgan


class UpsamplingGenerator(nn.Sequential):
    """Vectors [B, latent_dim] => images [B, C, H, W] in [-1, 1]."""

    def __init__(self, latent_dim: int, shape: tuple[int, int, int], sizes: Sizes) -> None:
        channels, size, _ = shape
        base, doublings = map_sizes(size, sizes.smallest_map)
        mapping, latent_dim = mapping_layers(latent_dim, sizes)
        top = sizes.width * 2 ** (doublings - 1)
        layers: list[nn.Module] = [
            *mapping,
            nn.Linear(latent_dim, top * base * base, bias=False),
            nn.Unflatten(1, (top, base, base)),
            ChannelsLast(),
            nn.BatchNorm2d(top),
            nn.ReLU(inplace=True),
        ]
        for step in range(doublings):
            wide = top // 2**step
            after = max(wide // 2, sizes.width)
            layers += [
                nn.Upsample(scale_factor=2),
                Conv2d(wide, after, 3, 1, 1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(inplace=True),
            ]
        layers += [Conv2d(sizes.width, channels, 3, 1, 1), nn.Tanh()]
        super().__init__(*layers)
        init_dcgan(self)
