"""What generated images measure: one call for the loop, the command line and the pages."""

from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.data import Pack, to_float
from ganlab.metrics.conditions import judge
from ganlab.metrics.frechet import Moments, frechet_distance, moments
from ganlab.metrics.modes import confident, histogram, histogram_divergence, smallest_share
from ganlab.metrics.readers import reader

FLOOR = "floor_"
"""Prefix of a metric's name where a header holds what real test images measure."""

PIXEL_FEATURES = 64


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
        "distance of the classifier's features from the training images'; compare with real data's",
    ),
    "frechet_joint": Metric(
        "Joint Frechet",
        True,
        "distance of features and conditions together: grows when images disobey their conditions, too",
    ),
    "obeys": Metric("Obeys", False, "share of the labels asked for that a classifier finds in the samples"),
    "obeys_test": Metric("Obeys the test list", False, "labels found over the test list of sets, 50 latents a set"),
    "obeys_unseen": Metric("Obeys new sets", False, "labels found over 64 sets of objects that training never shows"),
    "code_accuracy": Metric("Code accuracy", False, "share of real test images whose code is that of their class"),
    "code_nmi": Metric("Code NMI", False, "normalised mutual information of code and class, on real test images"),
    "code_purity": Metric("Code purity", False, "mean share of the most drawn class among the pictures of a code"),
    "reconstruction_mse": Metric(
        "Reconstruction", True, "mean squared error of test images encoded and decoded, pixels from 0 to 1"
    ),
    "mean_image_mse": Metric("Mean image", None, "mean squared error of the mean training image, for comparison"),
    "frechet_pixels": Metric(
        "Pixel Frechet", True, "distance from the training images on 64 main components of the pixels"
    ),
    "mixture_confident": Metric("Recognisable (mixture)", False, "share of sure samples, drawn from the mixture prior"),
    "mixture_frechet_classifier": Metric(
        "Frechet (mixture)", True, "distance of features, of samples from the mixture prior"
    ),
    "mixture_frechet_pixels": Metric(
        "Pixel Frechet (mixture)",
        True,
        "distance on components of the pixels, of samples from the mixture prior",
    ),
    "diversity": Metric("Diversity", None, "mean distance between samples, relative to the data's own"),
    "samples": Metric("Samples", None, "number of samples that were measured"),
}


class Reference(NamedTuple):
    """The real data as the metrics see it, measured once a run."""

    name: str
    pixels: "PixelSpace"
    pixel_moments: Moments
    feature_moments: Moments | None  # of the classifier, where there is one for the dataset
    joint_moments: Moments | None  # of the same features with the conditions beside them
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
    classifier = reader(pack.spec.name)
    features = classifier.read(images).features if classifier else None
    conditions = pack.split("train")[1][:limit]
    return Reference(
        name=pack.spec.name,
        pixels=space,
        pixel_moments=moments(places),
        feature_moments=None if features is None else moments(features),
        joint_moments=None if features is None else moments(_beside(features, conditions)),
        prior=pack.prior(),
        spread=_spread(places),
    )


def evaluate(images: Tensor, real: Reference, conditions: Tensor | None = None) -> dict[str, float]:
    """Every metric that applies, of uint8 images [N, C, H, W], N at least 100.

    `conditions` are what the images were asked to show, [N, D] in the columns of the dataset's conditions.
    """
    places = real.pixels(images)
    values = {
        "frechet_pixels": frechet_distance(moments(places), real.pixel_moments),
        "diversity": _spread(places) / real.spread,
        "samples": float(len(images)),
    }
    classifier = reader(real.name)
    if classifier is None or real.feature_moments is None or real.joint_moments is None:
        return values
    reading = classifier.read(images)
    values["frechet_classifier"] = frechet_distance(moments(reading.features), real.feature_moments)
    if conditions is not None:
        values["obeys"] = judge(reading.probabilities, conditions, classifier.data).accuracy
        values["frechet_joint"] = frechet_distance(moments(_beside(reading.features, conditions)), real.joint_moments)
    if [condition.kind for condition in classifier.data.conditions] == ["category"]:
        shares = histogram(reading.probabilities)
        values["confident"] = confident(reading.probabilities)
        values["histogram_kl"] = histogram_divergence(shares, real.prior)
        values["smallest_share"] = smallest_share(shares, real.prior)
    return values


LEADING = ("frechet_joint", "frechet_classifier", "frechet_pixels")
"""The metrics that keep-best may go by; of those that were measured, the first."""


def leading_metric(real: Reference, *, conditional: bool = False) -> str:
    """The metric that keep-best goes by, lower is better; `conditional` where samples have conditions to obey."""
    if real.feature_moments is None:
        return "frechet_pixels"
    return "frechet_joint" if conditional else "frechet_classifier"


def floor(pack: Pack, real: Reference) -> dict[str, float]:
    """The metrics of real test images: what a perfect generator would get."""
    images, conditions = pack.split("test")
    return evaluate(images, real, conditions)


def _beside(features: Tensor, conditions: Tensor) -> Tensor:
    """Features [N, K] and conditions [N, D], scaled to the length that features in [-1, 1] have at most."""
    scale = (features.shape[1] / conditions.shape[1]) ** 0.5
    return torch.cat([features, conditions.to(features) * scale], 1)


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
