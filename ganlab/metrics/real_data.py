"""The training images of a dataset as metrics see them: what samples are compared with."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab.counting import counted
from ganlab.data import Pack, to_float
from ganlab.data.stream import at_once
from ganlab.metrics.frechet import Moments, moments
from ganlab.metrics.readers import reader

PIXEL_FEATURES = 64
MEASURED_IMAGES = 10_000  # training images whose main components are found
SPREAD_IMAGES = 2_000
MOST_SIDE = 64  # pixels: larger images are shrunk to it first, or those would take gigabytes


class PixelSpace(NamedTuple):
    """The main components of a dataset's pixels: a space that knows no labels."""

    mean: Tensor  # [P]
    axes: Tensor  # [P, K]

    def __call__(self, images: Tensor) -> Tensor:
        """uint8 images [N, C, H, W] => float32 [N, K]."""
        return torch.cat([(_flat(part) - self.mean) @ self.axes for part in images.split(_chunk(images, 4096))])


class Reference(NamedTuple):
    """The real data as the metrics see it, measured once a run."""

    name: str
    pixels: PixelSpace
    pixel_moments: Moments
    feature_moments: Moments | None  # of the classifier, where there is one for the dataset
    joint_moments: Moments | None  # of the same features with the conditions beside them
    prior: Tensor  # float64 [classes]
    spread: float  # mean distance between two training images, in the pixel space
    points: Tensor | None = None  # float32 [N, 2, 1, 1], some of the training points where images are points


def reference(pack: Pack, *, limit: int = 60_000) -> Reference:
    """Measure the train split (at most `limit` images of it). ValueError for fewer than two images."""
    images = pack.split("train")[0][:limit]
    if len(images) < 2:
        raise ValueError(f"{pack.spec.name} has {counted(len(images), 'training image')}; at least 2 are needed")
    space = pixel_space(images[:MEASURED_IMAGES])
    places = space(images)
    classifier = reader(pack.spec.name)
    features = classifier.read(images).features if classifier else None
    conditions = pack.split("train")[1][:limit]
    return Reference(
        name=pack.spec.name,
        pixels=space,
        pixel_moments=moments(places),
        feature_moments=None if features is None else moments(features),
        joint_moments=None if features is None else moments(joined(features, conditions)),
        prior=pack.prior(),
        spread=spread(places),
        points=images[:MEASURED_IMAGES] if pack.spec.points else None,
    )


def pixel_space(images: Tensor) -> PixelSpace:
    """The main components of uint8 images [N, C, H, W], the same ones each time."""
    flat = torch.cat([_flat(part) for part in images.split(1024)])
    mean = flat.mean(0)
    with torch.random.fork_rng([]):  # pca_lowrank draws from the global generator
        torch.manual_seed(0)
        axes = torch.pca_lowrank(flat - mean, min(PIXEL_FEATURES, *flat.shape), center=False, niter=4)[2]
    return PixelSpace(mean, axes)


def joined(features: Tensor, conditions: Tensor) -> Tensor:
    """Features [N, K] and conditions [N, D], scaled to the length that features in [-1, 1] have at most."""
    scale = (features.shape[1] / conditions.shape[1]) ** 0.5
    return torch.cat([features, conditions.to(features) * scale], 1)


def spread(places: Tensor) -> float:
    """Mean distance between neighbours in a fixed order, which stands for all pairs."""
    some = places[:SPREAD_IMAGES]
    return (some - some.roll(1, 0)).norm(dim=1).mean().item()


def _chunk(images: Tensor, most: int) -> int:
    return at_once((images.shape[1], images.shape[2], images.shape[3]), most)


def _flat(images: Tensor) -> Tensor:
    pixels = to_float(images)
    if pixels.shape[-1] > MOST_SIDE:
        pixels = F.interpolate(pixels, (MOST_SIDE, MOST_SIDE), mode="area")
    return pixels.flatten(1)
