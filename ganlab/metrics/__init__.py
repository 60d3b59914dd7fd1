"""What generated images measure: one call for the loop, the command line and the pages."""

from functools import partial

import torch
from torch import Tensor

from ganlab.data import Pack, catalogue, describe
from ganlab.data.spec import said_of
from ganlab.metrics import readers
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.frechet import Moments
from ganlab.metrics.metric import Metric
from ganlab.metrics.outcome import LEAST_IMAGES, Number, Outcome, attempt, attempt_number, require_images
from ganlab.metrics.real_data import PIXEL_FEATURES, PixelSpace, Reference, reference
from ganlab.metrics.real_sample import RealSample, real_sample
from ganlab.metrics.samples import Need, Samples
from ganlab.metrics.stacks import channel_reader
from ganlab.metrics.table import METRICS

__all__ = [
    "FLOOR",
    "LEADING",
    "LEAST_IMAGES",
    "METRICS",
    "MIXTURE",
    "NUMBERS_OF_IMAGES",
    "PIXEL_FEATURES",
    "Metric",
    "Outcome",
    "PixelSpace",
    "RealSample",
    "Reference",
    "Samples",
    "evaluate",
    "floor",
    "leading_metric",
    "leading_of",
    "real_sample",
    "reference",
    "title",
]

MIXTURE = "mixture_"  # begins the names of metrics of samples that are drawn from a model's mixture
FLOOR = "floor_"
"""Prefix of a metric's name where a header holds what real test images measure."""


def evaluate(
    images: Tensor,
    real: Reference,
    conditions: Tensor | None = None,
    kind: str = "samples",
    abilities: Abilities | None = None,
    inception: Moments | None = None,
    among: RealSample | None = None,
) -> Outcome:
    """Every metric that applies, of uint8 images [N, C, H, W]; those that need more images than N are left out.

    `conditions` are what the images were asked to show, [N, D] in the columns of the dataset's conditions; `kind`
    is what reasons call the images. What the model that drew them can do is measured with `abilities`, FID with
    `inception`, the moments of training images in its features; whole sets are compared with `among`, and where there
    is a model besides, its numbers get their 95 % intervals.
    """
    samples = Samples(images, real, conditions, inception, abilities, among)
    offered, outcome = samples.offer(), Outcome({}, {})
    for name, metric in METRICS.items():
        if metric.needs <= offered:
            found = attempt_number(outcome.left_out, name, partial(_measured, metric, samples, kind))
            outcome.values.update(found)
            if found and metric.interval and among is not None and abilities is not None:
                ends = attempt(
                    outcome.left_out,
                    f"interval of {metric.title}",
                    measure=partial(metric.interval, samples, found[name]),
                )
                outcome.values.update({f"{name}_low": ends.low, f"{name}_high": ends.high} if ends else {})
    size = images.shape[-1]
    return outcome._replace(left_out={name: said_of(why, size) for name, why in outcome.left_out.items()})


NUMBERS_OF_IMAGES = ("samples", "compared")
"""Metrics that only say how many images others were measured with."""

LEADING = ("sliced_wasserstein", "modes_kl", "frechet_joint", "frechet_classifier", "frechet_pixels")
"""What keep-best may go by: of those that were measured, the first. Points have the first, pictures the last."""


def leading_metric(real: Reference, *, conditional: bool = False) -> str:
    """The metric that keep-best goes by, lower is better; `conditional` where samples have conditions to obey."""
    images = torch.empty(0)  # none is looked at: what a metric needs is known without them
    return _leading(Samples(images, real, images if conditional else None).offer())


def leading_of(dataset: str, *, conditional: bool = False) -> str:
    """As `leading_metric`, for a dataset that need not be measured yet."""
    read = readers.weights(dataset) is not None
    points = describe(dataset).spec.points
    there: dict[Need, bool] = {
        "classifier": read,
        "conditions": read and conditional,
        "stacks": channel_reader(dataset) is not None,
        "points": points,
        "pictures": not points,
    }
    return _leading({need for need, is_there in there.items() if is_there})


def floor(pack: Pack, real: Reference, inception: Moments | None = None, among: RealSample | None = None) -> Outcome:
    """The metrics of real test images: what a perfect generator would get."""
    images, conditions = pack.split("test")
    known, kind = catalogue.evaluation(real.name), f"real test {pack.spec.noun}s"
    if known.real_samples:
        made = known.real_samples(images, known.samples)
        return evaluate(made, real, kind=kind, inception=inception, among=among)
    return evaluate(images, real, conditions, kind=kind, inception=inception, among=among)


def title(name: str) -> str:
    """What people read for a metric's name, or for the same of real test images."""
    known = METRICS.get(name.removeprefix(FLOOR))
    shown = known.title if known else name.removeprefix(FLOOR)
    return f"{shown} of real data" if name.startswith(FLOOR) else shown


def _leading(offered: set[Need]) -> str:
    return next(name for name in LEADING if METRICS[name].needs <= offered)


def _measured(metric: Metric, samples: Samples, kind: str) -> Number:
    require_images(len(samples.images), metric.least, kind)
    return metric.measure(samples)
