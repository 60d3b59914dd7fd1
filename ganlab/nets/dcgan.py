"""DCGAN (Radford et al. 2016) at 28, 32, 64 and 128 px, with free width and latent size.

`width` is the number of channels at the largest feature map; it doubles each time the map halves. `hidden` above
0 puts fully connected layers of that many units between the vector and the smallest map, as InfoGAN's nets do: one in
the trunk, `hidden_layers` in the generator, where several let neighbouring latents become different pictures.
`smallest_map` is the size in pixels that the doubling starts from; 0 stands for 7 at 28 px and 4 at the others.
`mapped` inputs of the generator become maps of that size, and channels of it (report E's ACGAN).
"""

from torch import nn

from ganlab.nets.blocks import Beside, ConditionMaps, Norm, Sizes, leaky, normalised
from ganlab.nets.convolutions import ChannelsLast, Conv2d, ConvTranspose2d
from ganlab.nets.initial_weights import INITIAL_WEIGHTS, init_dcgan

SMALLEST_MAP = {28: 7, 32: 4, 64: 4, 128: 4}  # image size => size of the smallest feature map, unless the recipe says


class DcganGenerator(nn.Sequential):
    """Vectors [B, latent_dim] => images [B, C, H, W] in [-1, 1]."""

    def __init__(self, latent_dim: int, shape: tuple[int, int, int], sizes: Sizes) -> None:
        channels, size, _ = shape
        base, doublings = map_sizes(size, sizes.smallest_map)
        top = sizes.width * 2 ** (doublings - 1)
        latent_dim -= sizes.mapped
        first = latent_dim
        layers, latent_dim = mapping_layers(latent_dim, sizes)
        layers += [
            nn.Linear(latent_dim, top * base * base, bias=False),
            nn.Unflatten(1, (top, base, base)),
            ChannelsLast(),
            nn.BatchNorm2d(top),
            nn.ReLU(inplace=True),
        ]
        if sizes.mapped:
            layers = [Beside(first, nn.Sequential(*layers), ConditionMaps(sizes.mapped, base))]
        for step in range(1, doublings):
            wide = top // 2**step
            more = sizes.mapped if step == 1 else 0
            layers += [
                ConvTranspose2d(wide * 2 + more, wide, 4, 2, 1, bias=False),
                nn.BatchNorm2d(wide),
                nn.ReLU(inplace=True),
            ]
        layers += [ConvTranspose2d(sizes.width, channels, 4, 2, 1), nn.Tanh()]
        super().__init__(*layers)
        init_dcgan(self)


class DcganTrunk(nn.Sequential):
    """Images [B, C, H, W] => features [B, self.features]."""

    def __init__(self, shape: tuple[int, int, int], sizes: Sizes, norm: Norm) -> None:
        channels, size, _ = shape
        base, doublings = map_sizes(size, sizes.smallest_map)
        width = sizes.width
        # Batch norm right after the pixels makes training unstable (Radford et al. 2016, section 3).
        layers: list[nn.Module] = [
            *normalised(Conv2d(channels, width, 4, 2, 1), "none" if norm == "batch" else norm),
            *leaky(sizes, inplace=True),
        ]
        for step in range(1, doublings):
            wide = width * 2**step
            conv = Conv2d(wide // 2, wide, 4, 2, 1, bias=norm != "batch")
            layers += [*normalised(conv, norm), *leaky(sizes, inplace=True)]
        layers += [ChannelsLast(), nn.Flatten()]
        features = width * 2 ** (doublings - 1) * base * base
        if sizes.hidden:
            linear = nn.Linear(features, sizes.hidden, bias=norm != "batch")
            layers += [*normalised(linear, norm), *leaky(sizes, inplace=True)]
            features = sizes.hidden
        super().__init__(*layers)
        self.features = features
        INITIAL_WEIGHTS[norm](self)


def mapping_layers(latent_dim: int, sizes: Sizes) -> tuple[list[nn.Module], int]:
    """Fully connected layers in front of a generator's first map, and how many numbers come out of them."""
    layers: list[nn.Module] = []
    for _ in range(sizes.hidden_layers if sizes.hidden else 0):
        layers += [nn.Linear(latent_dim, sizes.hidden, bias=False), nn.BatchNorm1d(sizes.hidden), nn.ReLU(inplace=True)]
        latent_dim = sizes.hidden
    return layers, latent_dim


def map_sizes(size: int, smallest_map: int) -> tuple[int, int]:
    """Size of the smallest map, and how often it doubles up to `size`."""
    base = smallest_map or SMALLEST_MAP[size]
    doublings = (size // base).bit_length() - 1
    if doublings < 1 or base << doublings != size:
        known = [size >> n for n in range(1, 6) if size % (1 << n) == 0 and size >> n >= 4]
        raise ValueError(f"smallest_map {base} does not double to {size} px; choose from {', '.join(map(str, known))}")
    return base, doublings
