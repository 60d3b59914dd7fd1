"""Which shipped classifier reads the images of which dataset."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab import listings
from ganlab.data import BUILT_IN, DataSpec, describe
from ganlab.metrics import classifier, condition_classifier
from ganlab.metrics.classifier import Reading
from ganlab.metrics.colours import BACKGROUND, CLOTHES, Area, read_colours

AREAS: dict[str, tuple[Area, ...]] = {"avatars": (CLOTHES, BACKGROUND)}
"""Parts of a dataset's pictures that have colours of their own."""


class Reader(NamedTuple):
    """A classifier ready for use."""

    data: DataSpec  # whose conditions its probabilities are of, column by column
    read: Callable[[Tensor], Reading]  # uint8 images [N, C, H, W] of any size


def weights(name: str) -> Path | None:
    """The file of the classifier that reads the images of the dataset `name`; None where there is none.

    Names may come from strangers' checkpoints: only those of known datasets become part of a path.
    """
    if name not in BUILT_IN:
        return None
    path = classifier.WEIGHTS if name == "mnist" else condition_classifier.weights_path(name)
    return path if listings.is_file(path) else None


def reader(name: str) -> Reader | None:
    """The classifier that reads the images of the dataset `name`; None where there is none."""
    if weights(name) is None:
        return None
    if name == "mnist":
        return Reader(describe(name).spec, partial(classifier.read, classifier.shipped_classifier()))
    net = condition_classifier.shipped_condition_classifier(name)
    return Reader(net.data, partial(condition_classifier.read_conditions, net))


def beholder(name: str) -> Reader | None:
    """The dataset's classifier, and beside its conditions the colours that no condition names."""
    known, areas = reader(name), AREAS.get(name, ())
    if known is None or not areas:
        return known
    factors = (*known.data.conditions, *(area.factor for area in areas))

    def read(images: Tensor) -> Reading:
        reading = known.read(images)
        colours = [read_colours(area, images) for area in areas]
        return reading._replace(probabilities=torch.cat([reading.probabilities, *colours], 1))

    return Reader(replace(known.data, conditions=factors), read)
