"""What generated images measure: one call for the loop, the command line and the pages."""

from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.data import Pack, to_float
from ganlab.metrics.classifier import read, shipped_classifier
from ganlab.metrics.frechet import Moments, frechet_distance, moments
from ganlab.metrics.modes import confident, histogram, histogram_divergence, smallest_share

FLOOR = "floor_"
"""Prefix of a metric's name where a header holds what real test images measure."""

PIXEL_FEATURES = 64
CLASSIFIED = ("mnist",)
"""Datasets that the shipped classifier was trained on; the others are measured on their pixels alone."""


class Metric(NamedTuple):
    """How to show a number and how to read it."""

    title: str
    lower_is_better: bool | None  # None: neither, a description
    text: str


METRICS: dict[str, Metric] = {
    "confident": Metric("Recognisable", False, "share of samples that a digit classifier is over 90 % sure of"),
    "histogram_kl": Metric("Histogram KL", True, "how unevenly the classes are drawn, in nats; 0 is the data's share"),
    "smallest_share": Metric("Rarest class", False, "share of the rarest class, relative to its share in the data"),
    "frechet_classifier": Metric(
        "Frechet",
        True,
        "distance of the classifier's features from the training images'; compare with the floor",
    ),
    "frechet_pixels": Metric("Frechet, pixels", True, "the same on the 64 main components of the pixels"),
    "diversity": Metric("Diversity", None, "mean distance between samples, relative to the data's own"),
    "samples": Metric("Samples", None, "number of samples that were measured"),
}


class Reference(NamedTuple):
    """The real data as the metrics see it, measured once a run."""

    name: str
    pixels: "PixelSpace"
    pixel_moments: Moments
    feature_moments: Moments | None  # of the classifier, where it knows the dataset
    prior: Tensor  # float64 [classes]
    spread: float  # mean distance between two training images, in the pixel space


class PixelSpace(NamedTuple):
    """The main components of a dataset's pixels: a space that knows no labels."""

    mean: Tensor  # [P]
    axes: Tensor  # [P, K]

    def __call__(self, images: Tensor) -> Tensor:
        """uint8 images [N, C, H, W] => float32 [N, K]."""
        return torch.cat([(_flat(part) - self.mean) @ self.axes for part in images.split(4096)])


def reference(pack: Pack, *, limit: int = 60_000) -> Reference:
    """Measure the train split (at most `limit` images of it)."""
    images = pack.split("train")[0][:limit]
    space = _pixel_space(images[:10_000])
    places = space(images)
    classifier = shipped_classifier() if pack.spec.name in CLASSIFIED else None
    return Reference(
        name=pack.spec.name,
        pixels=space,
        pixel_moments=moments(places),
        feature_moments=moments(read(classifier, images).features) if classifier else None,
        prior=pack.prior(),
        spread=_spread(places),
    )


def evaluate(images: Tensor, real: Reference) -> dict[str, float]:
    """Every metric that applies, of uint8 images [N, C, H, W], N at least 100."""
    places = real.pixels(images)
    values = {
        "frechet_pixels": frechet_distance(moments(places), real.pixel_moments),
        "diversity": _spread(places) / real.spread,
        "samples": float(len(images)),
    }
    if real.feature_moments is None:
        return values
    reading = read(shipped_classifier(), images)
    shares = histogram(reading.probabilities)
    return {
        "frechet_classifier": frechet_distance(moments(reading.features), real.feature_moments),
        "confident": confident(reading.probabilities),
        "histogram_kl": histogram_divergence(shares, real.prior),
        "smallest_share": smallest_share(shares, real.prior),
        **values,
    }


def leading_metric(real: Reference) -> str:
    """The metric that keep-best goes by; lower is better."""
    return "frechet_pixels" if real.feature_moments is None else "frechet_classifier"


def floor(pack: Pack, real: Reference) -> dict[str, float]:
    """The metrics of real test images: what a perfect generator would get."""
    return evaluate(pack.split("test")[0], real)


def _flat(images: Tensor) -> Tensor:
    return to_float(images).flatten(1)


def _pixel_space(images: Tensor) -> PixelSpace:
    flat = _flat(images)
    mean = flat.mean(0)
    with torch.random.fork_rng([]):  # pca_lowrank draws from the global generator
        torch.manual_seed(0)
        axes = torch.pca_lowrank(flat - mean, min(PIXEL_FEATURES, *flat.shape), center=False, niter=4)[2]
    return PixelSpace(mean, axes)


def _spread(places: Tensor) -> float:
    """Mean distance between neighbours in a fixed order, which stands for all pairs."""
    some = places[:2000]
    return (some - some.roll(1, 0)).norm(dim=1).mean().item()
