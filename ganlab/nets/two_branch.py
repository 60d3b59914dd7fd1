"""Report B's nets for faces at 64 px: a generator that grows along two branches, and a trunk with few, wide layers.

`width` 64 gives the report's own numbers of channels (1024 to 64 in the generator, 256 to 64 in the trunk), another
one scales all of them. Where the report does not name an activation, it is ReLU behind the generator's batch norms and
LeakyReLU in the trunk.
"""

import torch
from torch import Tensor, nn

from ganlab.nets.blocks import Norm, Sizes, leaky, normalised, without_batch
from ganlab.nets.convolutions import ChannelsLast, Conv2d, ConvTranspose2d
from ganlab.nets.initial_weights import INITIAL_WEIGHTS, init_dcgan


class Sum(nn.Module):
    """What several nets make of the same maps, added up."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([branch(x) for branch in self.branches]).sum(0)


class TwoBranchGenerator(nn.Sequential):
    """Vectors [B, latent_dim] => images [B, C, 64, 64] in [-1, 1]."""

    def __init__(self, latent_dim: int, shape: tuple[int, int, int], sizes: Sizes) -> None:
        w = sizes.width
        slow = nn.Sequential(  # 4 -> 8 -> 32 px
            ConvTranspose2d(8 * w, 4 * w, 4, 2, 1),
            nn.ConvTranspose2d(4 * w, 2 * w, 9, 4, 3, output_padding=1, bias=False),
            nn.BatchNorm2d(2 * w),
        )
        fast = nn.Sequential(  # 4 -> 32 px
            nn.ConvTranspose2d(8 * w, 2 * w, 16, 8, 4, bias=False),
            nn.BatchNorm2d(2 * w),
        )
        super().__init__(
            nn.Linear(latent_dim, 4 * 16 * w),
            nn.Unflatten(1, (16 * w, 2, 2)),
            ChannelsLast(),
            ConvTranspose2d(16 * w, 8 * w, 4, 2, 1, bias=False),
            nn.BatchNorm2d(8 * w),
            nn.ReLU(inplace=True),
            Sum(slow, fast),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(2 * w, w, 5, 2, 2, output_padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(w, shape[0], 1),
            nn.Tanh(),
        )
        init_dcgan(self)


class TwoBranchTrunk(nn.Sequential):
    """Images [B, C, 64, 64] => features [B, self.features]."""

    def __init__(self, shape: tuple[int, int, int], sizes: Sizes, norm: Norm) -> None:
        w = sizes.width
        bias = norm != "batch"
        super().__init__(
            *normalised(Conv2d(shape[0], 4 * w, 5, 2, 2), without_batch(norm)),
            *leaky(sizes, inplace=True),
            *normalised(Conv2d(4 * w, 2 * w, 3, 1, 1, bias=bias), norm),
            *leaky(sizes, inplace=True),
            nn.AvgPool2d(3),  # 32 -> 10 px
            *normalised(Conv2d(2 * w, w, 3, 1, 1, bias=bias), norm),
            *leaky(sizes, inplace=True),
            *normalised(Conv2d(w, w, 3, 2, 1, bias=bias), norm),
            *leaky(sizes, inplace=True),
            ChannelsLast(),
            nn.Flatten(),
            *normalised(nn.Linear(25 * w, 4 * w, bias=bias), norm),
            *leaky(sizes, inplace=True),
        )
        self.features = 4 * w
        INITIAL_WEIGHTS[norm](self)
