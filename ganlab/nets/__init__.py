"""Architectures by name: a generator, and a trunk whose features the heads (discriminator, ...) share."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from torch import nn

from ganlab.choices import instead
from ganlab.nets.blocks import NORMS, Norm, Sizes
from ganlab.nets.dcgan import DcganGenerator, DcganTrunk
from ganlab.nets.mlp import FunnelGenerator, FunnelTrunk, MlpGenerator, MlpTrunk
from ganlab.nets.points import PointGenerator, PointTrunk
from ganlab.nets.resnet import ResnetGenerator, ResnetTrunk
from ganlab.nets.two_branch import TwoBranchGenerator, TwoBranchTrunk
from ganlab.nets.upsampling import UpsamplingGenerator

__all__ = ["ARCHITECTURES", "NORMS", "Architecture", "ArchitectureName", "Norm", "Sizes", "architecture"]

ArchitectureName = Literal["dcgan", "upsampling", "resnet", "two-branch", "mlp", "mlp-funnel", "points"]
Shape = tuple[int, int, int]
"""Channels, height and width of images."""


class Architecture(NamedTuple):
    """Constructors, and the image sizes (pixels) that they can make."""

    generator: Callable[[int, Shape, Sizes], nn.Module]  # vectors [B, first argument] => images
    trunk: Callable[[Shape, Sizes, Norm], nn.Module]  # images => [B, net.features]
    sizes: tuple[int, ...]


def architecture(name: str, size: int) -> Architecture:
    """The architecture called `name`; ValueError when there is none or it cannot make `size` px."""
    if name not in ARCHITECTURES:
        raise ValueError(f"unknown architecture {name!r}{instead(name, ARCHITECTURES)}")
    found = ARCHITECTURES[name]
    if size not in found.sizes:
        raise ValueError(f"{name} makes images of {', '.join(map(str, found.sizes))} px, not {size}")
    return found


SIZES = (28, 32, 64, 128)
"""Of images, in pixels."""

ARCHITECTURES: dict[str, Architecture] = {
    "dcgan": Architecture(DcganGenerator, DcganTrunk, SIZES),
    "upsampling": Architecture(UpsamplingGenerator, DcganTrunk, SIZES),
    "resnet": Architecture(ResnetGenerator, ResnetTrunk, SIZES),
    "two-branch": Architecture(TwoBranchGenerator, TwoBranchTrunk, (64,)),
    "mlp": Architecture(MlpGenerator, MlpTrunk, SIZES),
    "mlp-funnel": Architecture(FunnelGenerator, FunnelTrunk, SIZES),
    "points": Architecture(PointGenerator, PointTrunk, (1,)),
}
