"""Every metric by name: how to show it, how to read it, what it needs, and how it is measured."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar

from torch import Tensor

from ganlab.data import BUILT_IN
from ganlab.data.evaluation import ConditionList
from ganlab.metrics import inception
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.conditions import judge
from ganlab.metrics.copies import MOST, share_of_copies
from ganlab.metrics.frechet import Moments, frechet_distance, moments
from ganlab.metrics.modes import confident, histogram_divergence, smallest_share
from ganlab.metrics.outcome import LEAST_IMAGES, Interval
from ganlab.metrics.real_data import joined, spread
from ganlab.metrics.reconstruction import mean_image_mse, model_mse
from ganlab.metrics.samples import Need, Samples

SMALLEST_SPREAD = 1e-5
"""Of training images that differ at all: one step of one pixel in one of 1,000 images is more."""

AnyKnown = TypeVar("AnyKnown", Tensor, Moments, Abilities)

Measure = Callable[[Samples], float | Interval | None]
"""None where the number does not apply after all."""


class Metric(NamedTuple):
    """A number: how to show it, how to read it, what it needs, and how it is measured."""

    title: str
    lower_is_better: bool | None  # None: neither, a description
    text: str
    measure: Measure
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


def _over_list(conditions: ConditionList, samples: Samples) -> Interval | None:
    return _known(samples.abilities).over_list(conditions)


def _code_accuracy(samples: Samples) -> float | None:
    code = _known(samples.abilities).code
    return code.accuracy if code else None


def _code_nmi(samples: Samples) -> float | None:
    code = _known(samples.abilities).code
    return code.nmi if code else None


def _code_purity(samples: Samples) -> float | None:
    code = _known(samples.abilities).code
    shares = [drawn.share for drawn in code.drawn.values() if drawn.share is not None] if code else []
    return sum(shares) / len(shares) if shares else None


def _reconstruction_mse(samples: Samples) -> float:
    abilities = _known(samples.abilities)
    return model_mse(abilities.model, abilities.pack)


def _mean_image_mse(samples: Samples) -> float:
    return mean_image_mse(_known(samples.abilities).pack)


def _frechet_inception(samples: Samples) -> float:
    return frechet_distance(moments(inception.features(samples.images)), _known(samples.inception))


def _copies(samples: Samples) -> float:
    pack, pixels = _known(samples.abilities).pack, samples.real.pixels
    return share_of_copies(samples.places[:MOST], pixels(pack.split("test")[0][:MOST]), pixels(pack.split("train")[0]))


def _of_mixture(measure: Measure, samples: Samples) -> float | Interval | None:
    return measure(samples.of_mixture)


def _known(value: AnyKnown | None) -> AnyKnown:
    assert value is not None  # `needs` says so
    return value


def _needs(*needs: Need) -> frozenset[Need]:
    return frozenset(needs)


METRICS: dict[str, Metric] = {
    "confident": Metric(
        "Recognisable",
        False,
        "share of samples that the dataset's classifier is over 90 % sure of",
        _confident,
        _needs("classes"),
    ),
    "histogram_kl": Metric(
        "Histogram KL",
        True,
        "how unevenly the classes are drawn, in nats; 0 is the data's share",
        _histogram_kl,
        _needs("classes"),
        LEAST_IMAGES,
    ),
    "smallest_share": Metric(
        "Rarest class",
        False,
        "share of the rarest class, relative to its share in the data",
        _smallest_share,
        _needs("classes"),
        LEAST_IMAGES,
    ),
    "frechet_classifier": Metric(
        "Frechet",
        True,
        "distance of the classifier's features from the training images'; compare with real data's",
        _frechet_classifier,
        _needs("classifier"),
        LEAST_IMAGES,
    ),
    "frechet_joint": Metric(
        "Joint Frechet",
        True,
        "distance of features and conditions together: grows when images disobey their conditions, too",
        _frechet_joint,
        _needs("conditions"),
        LEAST_IMAGES,
    ),
    "obeys": Metric(
        "Obeys",
        False,
        "share of the labels asked for that a classifier finds in the samples",
        _obeys,
        _needs("conditions"),
    ),
    **{
        one.name: Metric(one.title, False, one.text, partial(_over_list, one), _needs("obedience"))
        for dataset in BUILT_IN.values()
        for one in dataset.evaluation.lists
    },
    "code_accuracy": Metric(
        "Code accuracy",
        False,
        "share of real test images whose code is that of their class",
        _code_accuracy,
        _needs("recognizer"),
    ),
    "code_nmi": Metric(
        "Code NMI",
        False,
        "normalised mutual information of code and class, on real test images",
        _code_nmi,
        _needs("recognizer"),
    ),
    "code_purity": Metric(
        "Code purity",
        False,
        "mean share of the most drawn class among the pictures of a code",
        _code_purity,
        _needs("codes"),
    ),
    "reconstruction_mse": Metric(
        "Reconstruction",
        True,
        "mean squared error of test images encoded and decoded, pixels from 0 to 1",
        _reconstruction_mse,
        _needs("encoder"),
    ),
    "mean_image_mse": Metric(
        "Mean image",
        None,
        "mean squared error of the mean training image, for comparison",
        _mean_image_mse,
        _needs("encoder"),
    ),
    "frechet_pixels": Metric(
        "Pixel Frechet",
        True,
        "distance from the training images on 64 main components of the pixels",
        _frechet_pixels,
        least=LEAST_IMAGES,
    ),
    "mixture_confident": Metric(
        "Recognisable (mixture)",
        False,
        "share of sure samples, drawn from the mixture prior",
        partial(_of_mixture, _confident),
        _needs("mixture", "classes"),
    ),
    "mixture_frechet_classifier": Metric(
        "Frechet (mixture)",
        True,
        "distance of features, of samples from the mixture prior",
        partial(_of_mixture, _frechet_classifier),
        _needs("mixture", "classifier"),
        LEAST_IMAGES,
    ),
    "mixture_frechet_pixels": Metric(
        "Pixel Frechet (mixture)",
        True,
        "distance on components of the pixels, of samples from the mixture prior",
        partial(_of_mixture, _frechet_pixels),
        _needs("mixture"),
        LEAST_IMAGES,
    ),
    "frechet_inception": Metric(
        "FID",
        True,
        "distance of Inception's features from those of up to 10,000 training images; only like numbers of images "
        "compare",
        _frechet_inception,
        _needs("inception"),
        LEAST_IMAGES,
    ),
    "diversity": Metric(
        "Diversity", None, "mean distance between samples, relative to the data's own", _diversity, least=2
    ),
    "copies": Metric(
        "Copies",
        None,
        "share of samples nearer to a training image than all but 1 % of held-out images are; near 0.01 nothing is "
        "copied",
        _copies,
        _needs("training"),
        LEAST_IMAGES,
    ),
    "samples": Metric("Samples", None, "number of samples that were measured", _samples),
}
