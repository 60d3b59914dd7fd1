"""Which classifier reads the pictures of which dataset."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab import listings
from ganlab.data import DataSpec, catalogue
from ganlab.metrics import classifiers
from ganlab.metrics.classifier import Reading
from ganlab.metrics.colours import read_colours


class Reader(NamedTuple):
    """A classifier ready for use."""

    data: DataSpec  # whose conditions its probabilities are of, column by column
    read: Callable[[Tensor], Reading]  # uint8 images [N, C, H, W] of any size


def weights(name: str) -> Path | None:
    """The file of the classifier that reads the pictures of the dataset `name`; None where there is none.

    It comes with the program or was trained here. One that was trained on other pictures of that name does not count.
    Names may come from strangers' checkpoints: only those of known datasets become part of a path.
    """
    known = catalogue.find(name)
    if known is None:
        return None
    if known.evaluation.classifier:
        return known.evaluation.classifier
    path = catalogue.classifier_path(name)
    if not listings.is_file(path):
        return None
    try:
        header = classifiers.read_header(path)
    except (ValueError, OSError):  # told by whoever trains it again; without one, pictures are compared by pixels
        return None
    different = len({header.fingerprint, known.fingerprint} - {""}) > 1
    return None if different or header.data is None or header.data.conditions != known.spec.conditions else path


def accuracy(name: str) -> float | None:
    """Share of the labels of test images that the dataset's classifier finds; None where nobody measured it."""
    path = weights(name)
    return classifiers.read_header(path).measured.get("test_accuracy") if path else None


def reader(name: str) -> Reader | None:
    """The classifier that reads the pictures of the dataset `name`; None where there is none."""
    path = weights(name)
    if path is None:
        return None
    trained = classifiers.load(path)
    return Reader(trained.header.data or catalogue.describe(name).spec, partial(trained.kind.read, trained.net))


def beholder(name: str) -> Reader | None:
    """The dataset's classifier, and beside its conditions the colours that no condition names."""
    known, areas = reader(name), catalogue.evaluation(name).areas
    if known is None or not areas:
        return known
    factors = (*known.data.conditions, *(area.factor for area in areas))

    def read(images: Tensor) -> Reading:
        reading = known.read(images)
        colours = [read_colours(area, images) for area in areas]
        return reading._replace(probabilities=torch.cat([reading.probabilities, *colours], 1))

    return Reader(replace(known.data, conditions=factors), read)
