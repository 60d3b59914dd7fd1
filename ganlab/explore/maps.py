"""What is put on a map: real and generated pictures, and the space in which they are compared."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, resized, to_float
from ganlab.explore import points
from ganlab.explore.layouts import Vectors
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point
from ganlab.metrics.classifier import Reading
from ganlab.metrics.readers import reader, weights
from ganlab.metrics.reconstruction import encode

Space = Literal["features", "pixels", "latents"]
SPACES: dict[Space, str] = {
    "features": "what a classifier of this dataset sees: its features are alike for pictures of the same label",
    "pixels": "the raw pixels, reduced to their main components",
    "latents": "the numbers that the generator reads; an encoder finds them for real pictures",
}
PIXEL_COMPONENTS = 50


@dataclass(frozen=True, kw_only=True)
class Collection:
    """The pictures of a map: real ones first, then generated ones."""

    dataset: str  # whose pictures the model learnt
    images: Pixels  # [N, H, W, C]
    real: int  # how many are real
    places: tuple[int, ...]  # of the real ones, in the dataset's test split
    conditions: Tensor  # uint8 [real, D]: what is known of them
    drawn: tuple[Point, ...]  # what the others were generated from
    latents: Tensor  # float32 [N, dim], or [N - real, dim] of the generated ones where nothing encodes real ones

    @property
    def encoded(self) -> bool:
        """Whether real pictures have latents, too."""
        return len(self.latents) == len(self.images)

    @cached_property
    def read_real(self) -> Reading | None:
        """What the dataset's classifier sees in the real pictures; None where there is none."""
        return self._read(slice(self.real))

    @cached_property
    def read_generated(self) -> Reading | None:
        """What it sees in the generated ones."""
        return self._read(slice(self.real, None))

    def _read(self, part: slice) -> Reading | None:
        classifier = reader(self.dataset)
        return classifier.read(torch.from_numpy(self.images[part]).permute(0, 3, 1, 2)) if classifier else None


def gather(model: Checkpoint, pack: Pack | None, *, real: int, generated: int, seed: int) -> Collection:
    """At most `real` pictures of the test split, drawn by the seed, and the pictures of `generated` seeds from `seed`.

    Without a pack there are generated ones only. The real ones have the model's size.
    """
    drawn = tuple(Point(seed + i) for i in range(generated))
    latents = points.latents(model.latent, drawn) if drawn else torch.empty(0, model.latent.dim)
    made = model.images(latents) if drawn else torch.empty(0, *_channels_last(model), dtype=torch.uint8)
    places, found, conditions = _test_images(model, pack, real, seed)
    if len(found) and can_encode(model):
        latents = torch.cat([encode(model, found.permute(0, 3, 1, 2)), latents])
    return Collection(
        dataset=model.card.data.name,
        images=torch.cat([found, made]).numpy(),
        real=len(found),
        places=tuple(places),
        conditions=conditions,
        drawn=drawn,
        latents=latents,
    )


def spaces(model: Checkpoint) -> list[Space]:
    """The spaces in which this model's pictures can be compared, the most telling one first."""
    found: list[Space] = [space for space in get_args(Space) if space != "features" or weights(model.card.data.name)]
    return ["latents", *(space for space in found if space != "latents")] if can_encode(model) else found


def is_plane(model: Checkpoint, space: Space) -> bool:
    """Whether the space has two dimensions as it is; t-SNE would only tear it."""
    return space == "latents" and model.latent.dim == 2


def mapped(collection: Collection, space: Space) -> Collection:
    """The pictures that have a place in the space: without an encoder, only generated ones have latents."""
    if space != "latents" or collection.encoded:
        return collection
    return replace(
        collection,
        images=collection.images[collection.real :],
        real=0,
        places=(),
        conditions=collection.conditions[:0],
    )


def vectors(collection: Collection, space: Space, *, seed: int) -> Vectors:
    """The pictures as float32 vectors [N, D] of the space, one of `spaces`; `collection` is one that `mapped` gave."""
    if space == "latents":
        return collection.latents.numpy()
    if space == "features":
        real, generated = collection.read_real, collection.read_generated
        assert real is not None  # `spaces` names no features without a classifier
        assert generated is not None
        return torch.cat([real.features, generated.features]).numpy()
    flat = to_float(torch.from_numpy(collection.images).permute(0, 3, 1, 2)).flatten(1).numpy()
    components = min(PIXEL_COMPONENTS, *flat.shape)
    if not np.ptp(flat, 0).any():  # all pictures are alike: there is no main component
        return np.zeros((len(flat), components), np.float32)
    from sklearn.decomposition import PCA  # here, not above: it takes a second, and most maps do without

    reduced: Vectors = PCA(components, svd_solver="randomized", random_state=seed).fit_transform(flat)
    return reduced


def can_encode(model: Checkpoint) -> bool:
    """Whether the model finds latents for pictures."""
    return "encoder" in model.nets


def point_of(collection: Collection, index: int, model: Checkpoint) -> Point | None:
    """What the picture can be drawn from again; None for a real picture without a latent."""
    if index >= collection.real:
        return collection.drawn[index - collection.real]
    return points.from_vector(model.latent, collection.latents[index]) if collection.encoded else None


def _test_images(model: Checkpoint, pack: Pack | None, count: int, seed: int) -> tuple[list[int], Tensor, Tensor]:
    """Places, images [n, H, W, C] and conditions [n, D] of up to `count` pictures that the model has never seen."""
    if pack is None or count == 0:
        empty = torch.empty(0, *_channels_last(model), dtype=torch.uint8)
        return [], empty, torch.empty(0, model.card.data.condition_dim, dtype=torch.uint8)
    total = len(pack.images) - pack.train
    order = torch.randperm(total, generator=torch.Generator().manual_seed(seed))[:count]
    some = resized(pack.part("test", order), model.card.data.size)
    return order.tolist(), some.images.permute(0, 2, 3, 1).contiguous(), some.conditions


def _channels_last(model: Checkpoint) -> tuple[int, int, int]:
    data = model.card.data
    return (data.size, data.size, data.channels)
