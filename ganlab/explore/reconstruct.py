"""Pictures through an encoder and back, the plane of a latent of two values, and walks beside a cross-fade."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, resized
from ganlab.explore import maps
from ganlab.explore.pictures import Pixels
from ganlab.foreign import shortened
from ganlab.latents import Latent
from ganlab.metrics.reconstruction import encode, model_mse

MOST_IMAGES = 10
EDGE = 0.001  # quantiles of the plane end here: the prior goes on without end


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconstruction:
    """Pictures, what they are encoded to, and what is decoded from that."""

    originals: Pixels  # [N, H, W, C]
    latents: Tensor  # float32 [N, dim]: the encoder's means
    images: Pixels  # [N, H, W, C]

    @property
    def differences(self) -> Pixels:
        """[N, H, W, C]: 128 where both agree, brighter where the reconstruction is brighter."""
        return difference(self.originals, self.images)

    @property
    def errors(self) -> NDArray[np.float64]:
        """Mean squared error of each picture, in pixels from 0 to 1: [N]."""
        gaps = (self.images.astype(np.float64) - self.originals) / 255
        return np.square(gaps).mean((1, 2, 3))


def reconstruct(model: Checkpoint, originals: Pixels) -> Reconstruction:
    """Encode pictures uint8 [N, H, W, C] to their means, and decode those. ValueError for pictures that do not fit."""
    require_encoder(model)
    shape = (model.card.data.size, model.card.data.size, model.card.data.channels)
    if originals.shape[1:] != shape:
        raise ValueError(f"{model.card.name} encodes pictures of shape {shape}, not {originals.shape[1:]}")
    latents = encode(model, torch.from_numpy(np.ascontiguousarray(originals)).permute(0, 3, 1, 2))
    return Reconstruction(originals=originals, latents=latents, images=model.images(latents).numpy())


def require_encoder(model: Checkpoint) -> None:
    """ValueError for a model that cannot encode."""
    if not maps.can_encode(model):
        raise ValueError(f"{model.card.name} has no encoder; choose a model that reads pictures, such as a VAE")


def difference(originals: Pixels, images: Pixels) -> Pixels:
    """Half of the signed difference, around 128."""
    return ((images.astype(np.int16) - originals) // 2 + 128).clip(0, 255).astype(np.uint8)


def parse_places(text: str, total: int) -> list[int]:
    """Numbers of test images, such as `0-4, 17`; at most 10 of `total`. ValueError names the one that is wrong."""
    words = re.split(r"[\s,]+", text.strip(), maxsplit=MOST_IMAGES)
    found = [place for word in words[:MOST_IMAGES] for place in _named_places(word, total)]
    if max(len(words), len(found)) > MOST_IMAGES:
        raise ValueError(f"more than {MOST_IMAGES} test images were asked for")
    return found


def _named_places(word: str, total: int) -> range:
    """A number or a range, cut where it is too long for anybody."""
    match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", word)
    if not match:
        told = shortened(word, 60)
        raise ValueError(f"{told!r} is no test image; write numbers such as 3, 17, or a range such as 0-9")
    first, last = int(match[1]), int(match[2] or match[1])
    if not first <= last < total:
        raise ValueError(f"{word} is out of range; choose test images from 0 to {total - 1:,}")
    return range(first, min(last, first + MOST_IMAGES) + 1)


def write_places(places: Sequence[int]) -> str:
    """What `parse_places` reads."""
    run = len(places) > 2 and list(places) == list(range(places[0], places[-1] + 1))
    return f"{places[0]}-{places[-1]}" if run else ", ".join(map(str, places))


MOST_SIDE = 256  # of a plane, in pictures


def images_at(model: Checkpoint, pack: Pack, places: Sequence[int], split: str = "test") -> Pixels:
    """Those images of a split at the model's size, [N, H, W, C]. ValueError for places that it has not."""
    there = len(pack.split(split)[0])
    for place in places:
        if not isinstance(place, int | np.integer) or not 0 <= place < there:
            raise ValueError(f"{pack.spec.name} has no {split} image {place}; choose from 0 to {there - 1:,}")
    some = resized(pack.part(split, torch.tensor(places, dtype=torch.long)), model.card.data.size)
    return some.images.permute(0, 2, 3, 1).contiguous().numpy()


def test_error(model: Checkpoint, pack: Pack) -> float:
    """Mean squared error over the whole test split, in pixels from 0 to 1."""
    require_encoder(model)
    return model_mse(model, resized(pack.part("test"), model.card.data.size))


def cross_fade(first: Pixels, last: Pixels, frames: int) -> Pixels:
    """From one picture [H, W, C] to another by mixing their pixels: [frames, H, W, C]."""
    share = np.linspace(0, 1, frames)[:, None, None, None]
    return ((1 - share) * first + share * last).round().astype(np.uint8)


def plane(latent: Latent, side: int) -> Tensor:
    """Latents of two values, [side * side, 2]: the middles of cells that the prior hits equally often.

    Row by row from the top; the first value grows to the right, the second upwards. ValueError for other latents, and
    for another side than 1 to 256.
    """
    if not isinstance(side, int | np.integer) or not 1 <= side <= MOST_SIDE:
        raise ValueError(f"a plane of {side} pictures a side cannot be drawn; choose from 1 to {MOST_SIDE}")
    if not has_plane(latent):
        raise ValueError(f"only a latent of two normal values is a plane; this one has {latent.dim}")
    middles = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(middles.flip(0), middles, indexing="ij")
    return quantiles(torch.stack([x.flatten(), y.flatten()], 1))


def has_plane(latent: Latent) -> bool:
    """Whether the latent is two standard normal values."""
    return latent.dim == 2 and all(factor.kind == "normal" for factor in latent.factors)


def quantiles(shares: Tensor) -> Tensor:
    """Where standard normal values lie of which that share (0 to 1, cut at the edges) is lower; float32."""
    return torch.special.ndtri(shares.double().clamp(EDGE, 1 - EDGE)).float()
