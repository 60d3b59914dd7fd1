"""Every metric by name: how to show it, what it needs, and how it is measured of samples."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

from torch import Tensor

from ganlab.metrics.classifier import Reading
from ganlab.metrics.conditions import judge
from ganlab.metrics.frechet import Moments, frechet_distance, moments
from ganlab.metrics.modes import confident, histogram, histogram_divergence, smallest_share
from ganlab.metrics.readers import Reader, reader
from ganlab.metrics.real_data import Reference, joined, spread

LEAST_IMAGES = 100
"""Of fewer images, a distribution says more of their number than of the generator."""
SMALLEST_SPREAD = 1e-5
"""Of training images that differ at all: one step of one pixel in one of 1,000 images is more."""

Need = Literal["classifier", "classes", "conditions"]
"""A classifier of the dataset; one class an image; that it is known what each image was to show."""


AnyKnown = TypeVar("AnyKnown", Tensor, Moments)


@dataclass(frozen=True)
class Samples:
    """Images and what is known of them; what metrics read off them is read once, when the first one asks."""

    images: Tensor  # uint8 [N, C, H, W]
    real: Reference
    conditions: Tensor | None  # [N, D], what each image was asked to show

    @cached_property
    def places(self) -> Tensor:
        """In the pixel space, float32 [N, K]."""
        return self.real.pixels(self.images)

    @cached_property
    def classifier(self) -> Reader:
        found = reader(self.real.name)
        assert found is not None
        return found

    @cached_property
    def reading(self) -> Reading:
        return self.classifier.read(self.images)

    @cached_property
    def shares(self) -> Tensor:
        """Share of each class, float64 [classes]."""
        return histogram(self.reading.probabilities)

    def offer(self) -> set[Need]:
        if reader(self.real.name) is None or self.real.feature_moments is None:
            return set()
        offered: dict[Need, bool] = {
            "classifier": True,
            "classes": bool(self.classifier.data.classes),
            "conditions": self.conditions is not None,
        }
        return {need for need, there in offered.items() if there}


class Metric(NamedTuple):
    """How to show a number, how to read it, and how it is measured of samples."""

    title: str
    lower_is_better: bool | None  # None: neither, a description
    text: str
    measure: Callable[[Samples], float] | None = None  # None: it is not measured of samples alone
    needs: frozenset[Need] = frozenset()  # or it does not apply
    least: int = 1  # images


def _frechet_pixels(samples: Samples) -> float:
    return frechet_distance(moments(samples.places), samples.real.pixel_moments)


def _frechet_classifier(samples: Samples) -> float:
    return frechet_distance(moments(samples.reading.features), _known(samples.real.feature_moments))


def _frechet_joint(samples: Samples) -> float:
    features = joined(samples.reading.features, _known(samples.conditions))
    return frechet_distance(moments(features), _known(samples.real.joint_moments))


def _obeys(samples: Samples) -> float:
    return judge(samples.reading.probabilities, _known(samples.conditions), samples.classifier.data).accuracy


def _confident(samples: Samples) -> float:
    return confident(samples.reading.probabilities)


def _histogram_kl(samples: Samples) -> float:
    return histogram_divergence(samples.shares, samples.real.prior)


def _smallest_share(samples: Samples) -> float:
    return smallest_share(samples.shares, samples.real.prior)


def _diversity(samples: Samples) -> float:
    if samples.real.spread < SMALLEST_SPREAD:
        raise ValueError("all training images are alike, so that there is no diversity to compare with")
    return spread(samples.places) / samples.real.spread


def _samples(samples: Samples) -> float:
    return float(len(samples.images))


def _known(value: AnyKnown | None) -> AnyKnown:
    assert value is not None  # `needs` says so
    return value


CLASSIFIER: frozenset[Need] = frozenset({"classifier"})
CLASSES: frozenset[Need] = frozenset({"classes"})
CONDITIONS: frozenset[Need] = frozenset({"conditions"})

METRICS: dict[str, Metric] = {
    "confident": Metric(
        "Recognisable", False, "share of samples that a digit classifier is over 90 % sure of", _confident, CLASSES
    ),
    "histogram_kl": Metric(
        "Histogram KL",
        True,
        "how unevenly the classes are drawn, in nats; 0 is the data's share",
        _histogram_kl,
        CLASSES,
        LEAST_IMAGES,
    ),
    "smallest_share": Metric(
        "Rarest class",
        False,
        "share of the rarest class, relative to its share in the data",
        _smallest_share,
        CLASSES,
        LEAST_IMAGES,
    ),
    "frechet_classifier": Metric(
        "Frechet",
        True,
        "distance of the classifier's features from the training images'; compare with real data's",
        _frechet_classifier,
        CLASSIFIER,
        LEAST_IMAGES,
    ),
    "frechet_joint": Metric(
        "Joint Frechet",
        True,
        "distance of features and conditions together: grows when images disobey their conditions, too",
        _frechet_joint,
        CONDITIONS,
        LEAST_IMAGES,
    ),
    "obeys": Metric(
        "Obeys", False, "share of the labels asked for that a classifier finds in the samples", _obeys, CONDITIONS
    ),
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
        "Pixel Frechet",
        True,
        "distance from the training images on 64 main components of the pixels",
        _frechet_pixels,
        least=LEAST_IMAGES,
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
    "diversity": Metric(
        "Diversity", None, "mean distance between samples, relative to the data's own", _diversity, least=2
    ),
    "samples": Metric("Samples", None, "number of samples that were measured", _samples),
}
