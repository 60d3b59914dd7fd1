"""Fully connected nets for points of the plane, all layers of one width; nothing bounds where a point may lie."""

from itertools import pairwise

from torch import nn

from ganlab.nets.blocks import Norm, Sizes, leaky, normalised

LAYERS = 2  # hidden ones, beside those that `hidden` adds to the generator


class PointGenerator(nn.Sequential):
    """latent -> w -> w -> point: vectors [B, latent_dim] => coordinates [B, 2, 1, 1]."""

    def __init__(self, latent_dim: int, shape: tuple[int, int, int], sizes: Sizes) -> None:
        units = [latent_dim, *([sizes.hidden] * sizes.hidden_layers if sizes.hidden else []), *[sizes.width] * LAYERS]
        layers: list[nn.Module] = []
        for before, after in pairwise(units):
            layers += [nn.Linear(before, after), nn.ReLU()]
        super().__init__(*layers, nn.Linear(units[-1], shape[0]), nn.Unflatten(1, shape))


class PointTrunk(nn.Sequential):
    """point -> w -> w: coordinates [B, C, 1, 1] => features [B, self.features]."""

    def __init__(self, shape: tuple[int, int, int], sizes: Sizes, norm: Norm) -> None:
        units = [shape[0], *[sizes.width] * LAYERS, *([sizes.hidden] if sizes.hidden else [])]
        layers: list[nn.Module] = [nn.Flatten()]
        for position, (before, after) in enumerate(pairwise(units)):
            here: Norm = "none" if norm == "batch" and position == 0 else norm  # as in the other trunks
            layers += [*normalised(nn.Linear(before, after), here), *leaky(sizes)]
        super().__init__(*layers)
        self.features = units[-1]
