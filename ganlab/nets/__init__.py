"""Architectures by name: a generator, and a trunk whose features the heads (discriminator, ...) share."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from torch import nn

from ganlab.nets.blocks import NORMS, Norm
from ganlab.nets.dcgan import DcganGenerator, DcganTrunk
from ganlab.nets.mlp import FunnelGenerator, FunnelTrunk, MlpGenerator, MlpTrunk

__all__ = ["ARCHITECTURES", "NORMS", "Architecture", "ArchitectureName", "Norm", "architecture"]

ArchitectureName = Literal["dcgan", "mlp", "mlp-funnel"]


class Architecture(NamedTuple):
    """Constructors, and the image sizes (pixels) that they can make."""

    generator: Callable[
        ..., nn.Module
    ]  # (latent_dim, shape, width=, hidden=, hidden_layers=) -> net: [B, latent_dim] => images
    trunk: Callable[..., nn.Module]  # (shape, width=, hidden=, norm=) -> net: images => [B, net.features]
    sizes: tuple[int, ...]


def architecture(name: str, size: int) -> Architecture:
    """The architecture called `name`; ValueError when there is none or it cannot make `size` px."""
    if name not in ARCHITECTURES:
        raise ValueError(f"unknown architecture {name!r}; choose from {', '.join(ARCHITECTURES)}")
    found = ARCHITECTURES[name]
    if size not in found.sizes:
        raise ValueError(f"{name} makes images of {', '.join(map(str, found.sizes))} px, not {size}")
    return found


ARCHITECTURES: dict[str, Architecture] = {
    "dcgan": Architecture(DcganGenerator, DcganTrunk, (28, 32, 64)),
    "mlp": Architecture(MlpGenerator, MlpTrunk, (28, 32, 64)),
    "mlp-funnel": Architecture(FunnelGenerator, FunnelTrunk, (28, 32, 64)),
}
