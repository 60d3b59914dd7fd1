"""Whether pictures are copies: how near they are to training images, against how near held-out images are."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from ganlab.data import Pack, resized
from ganlab.metrics.outcome import require_images
from ganlab.metrics.readers import reader
from ganlab.metrics.real_data import MEASURED_IMAGES, pixel_space

Space = Literal["pixels", "features"]
"""The main components of the dataset's pixels; the features of its classifier."""

MOST = 2_000  # samples, and held-out images, that are compared: a share of 1 % is then known to 0.2 %
FEWEST_HELD_OUT = 20
QUANTILE = 0.01  # of the held-out images' distances: what is nearer counts as a copy
ROWS = 256  # that are compared at once with ...
PART = 4_096  # ... so many training images


class Nearest(NamedTuple):
    """The nearest of some vectors, the nearest first."""

    distances: Tensor  # float32 [N, k]
    places: Tensor  # int64 [N, k]


class Compared(NamedTuple):
    """A dataset's images in one space."""

    vectors_of: Callable[[Tensor], Tensor]  # uint8 images [N, C, H, W] of the model's size => float32 [N, K]
    train: Tensor  # float32 [N, K]
    held_out: Tensor  # float32 [M], distance of each held-out image to its nearest training image


def nearest(vectors: Tensor, among: Tensor | Iterable[Tensor], count: int = 1) -> Nearest:
    """The `count` nearest to each of `vectors` [N, K], or all of fewer; `among` is [M, K], or parts [m, K].

    No more than a part is compared at a time, so that `among` may be made as it is asked for.
    """
    vectors = vectors.float()
    distances, places = torch.empty(len(vectors), 0), torch.empty(len(vectors), 0, dtype=torch.int64)
    before = 0
    for part in among.split(PART) if isinstance(among, Tensor) else among:
        most = min(count, len(part))
        found = [torch.cdist(some, part).topk(most, largest=False) for some in vectors.split(ROWS)]
        distances = torch.cat([distances, *([torch.cat([one.values for one in found])] if found else [])], 1)
        places = torch.cat([places, *([torch.cat([one.indices for one in found]) + before] if found else [])], 1)
        best = distances.topk(min(count, distances.shape[1]), largest=False)
        distances, places = best.values, places.gather(1, best.indices)
        before += len(part)
    return Nearest(distances, places)


def share_of_copies(samples: Tensor, held_out: Tensor, train: Tensor | Iterable[Tensor]) -> float:
    """Share of samples [N, K] that are nearer to a training image than all but 1 % of held-out images [M, K] are.

    The training images are [M, K], or come in parts. About 0.01 for new pictures of the same kind. ValueError for too
    few held-out images, or where they are themselves among the training images.
    """
    require_images(len(held_out), FEWEST_HELD_OUT, "held-out images")
    some = held_out[:MOST]
    distances = nearest(torch.cat([some, samples[:MOST]]), train).distances[:, 0]
    limit = distances[: len(some)].quantile(QUANTILE)
    if limit <= 0:
        raise ValueError("held-out images are themselves among the training images, so that nothing is nearer")
    return (distances[len(some) :] < limit).double().mean().item()


def spaces(pack: Pack, size: int) -> dict[Space, Compared]:
    """The spaces in which pictures of `size` pixels can be compared with the pack's images; seconds to a minute."""
    train, test = pack.part("train"), pack.part("test", torch.arange(len(pack.images) - pack.train)[:MOST])
    pixels = pixel_space(resized(train.part("test", torch.arange(len(train.images))[:MEASURED_IMAGES]), size).images)
    readers: dict[Space, Callable[[Tensor], Tensor]] = {"pixels": lambda images: pixels(images)}
    if classifier := reader(pack.spec.name):
        readers["features"] = lambda images: classifier.read(images).features

    def vectors(images: Pack, read: Callable[[Tensor], Tensor]) -> Tensor:
        places = torch.arange(len(images.images)).split(PART)
        parts = [read(resized(images.part("test", part), size).images) for part in places]
        return torch.cat(parts) if parts else torch.empty(0, 1)

    found: dict[Space, Compared] = {}
    for name, read in readers.items():
        among = vectors(train, read)
        held_out = vectors(test, read)
        distances = nearest(held_out, among).distances[:, 0] if len(test.images) else torch.empty(0)
        found[name] = Compared(read, among, distances)
    return found
