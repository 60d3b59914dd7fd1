"""The training pictures that are nearest to a sample, and whether that is nearer than a new picture would be."""

from dataclasses import dataclass

import torch

from ganlab.data import Pack, resized
from ganlab.explore.pictures import Pixels
from ganlab.metrics.copies import QUANTILE, Compared, Space, nearest

COUNT = 8  # training pictures beside a sample


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Neighbours:
    """What is nearest to one sample in one space, the nearest first."""

    images: Pixels  # [k, H, W, C], of the sample's size
    places: list[int]  # in the training split
    distances: list[float]
    share: float  # of held-out pictures that are as near to a training picture, or nearer; NaN where there are none

    @property
    def words(self) -> str:
        """How near that is, in a sentence."""
        if self.share != self.share:
            return "There are no held-out pictures to set this against."
        if self.share < QUANTILE:
            rest = f"{self.share:.1%} of held-out pictures"
            return f"Nearer to a training picture than all but {rest} are: it may be a copy."
        return f"{self.share:.0%} of held-out pictures are as near to a training picture, or nearer."


def neighbours(image: Pixels, pack: Pack, spaces: dict[Space, Compared], count: int = COUNT) -> dict[Space, Neighbours]:
    """The training pictures nearest to `image` [H, W, C], by space; `spaces` as `metrics.copies.spaces` gives them."""
    picture = torch.from_numpy(image).permute(2, 0, 1)[None]
    found: dict[Space, Neighbours] = {}
    for name, space in spaces.items():
        near = nearest(space.vectors_of(picture), space.train, count)
        places = near.places[0]
        pictures = resized(pack.part("train", places), picture.shape[-1]).images
        found[name] = Neighbours(
            images=pictures.permute(0, 2, 3, 1).numpy(),
            places=places.tolist(),
            distances=near.distances[0].tolist(),
            share=(space.held_out <= near.distances[0, 0]).double().mean().item(),
        )
    return found
