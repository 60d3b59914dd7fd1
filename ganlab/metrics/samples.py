"""Images that are measured, and what is known of them: what metrics read is read once, when the first one asks."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

from ganlab.data import catalogue
from ganlab.data.evaluation import Modes
from ganlab.data.spec import noun
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.bins import BinComparison, BinComparisons, compare_bins, compare_sets, fill
from ganlab.metrics.classifier import Reading
from ganlab.metrics.frechet import Moments, frechet_interval
from ganlab.metrics.inception import features as inception_features
from ganlab.metrics.intervals import Ends, resampled_counts, rng
from ganlab.metrics.modes import histogram
from ganlab.metrics.neighbours import Members, members
from ganlab.metrics.outcome import LEAST_IMAGES, require_images
from ganlab.metrics.points import Sorted, sort
from ganlab.metrics.readers import Reader, reader
from ganlab.metrics.real_data import Reference
from ganlab.metrics.real_sample import RealSample
from ganlab.metrics.stacks import channel_reader, read_stacks

Need = Literal[
    "classifier",
    "no classifier",
    "classes",
    "conditions",
    "encoder",
    "recognizer",
    "codes",
    "mixture",
    "obedience",
    "training",
    "inception",
    "inference",
    "comparison",
    "stacks",
    "pictures",
    "points",
    "modes",
]
"""A classifier of the dataset; that it has none; one class an image; that it is known what each image was to show; a
net of the model that drew the images; a prior that was fitted to its encodings; a model that takes the dataset's
conditions, and a classifier that reads them; the images that the model learnt from; that general features are asked
for; a net of the model that reads images back into codes or latents; training images to compare whole sets with;
channels that are pictures of another dataset, which has a classifier; that images are pictures; that they are points
of the plane; that it is known where those lie."""


@dataclass(frozen=True)
class Samples:
    """Images of one generator, or real ones, for the metrics."""

    images: Tensor  # as packs hold them: uint8 [N, C, H, W], or points
    real: Reference
    conditions: Tensor | None = None  # [N, D], what each image was asked to show
    inception: Moments | None = None  # of training images in Inception's features, where those are asked for
    abilities: Abilities | None = None  # of the model that drew them; None for real images and while it trains
    among: RealSample | None = None  # training images to compare whole sets with; None while a model trains

    @cached_property
    def places(self) -> Tensor:
        """In the pixel space, float32 [N, K]."""
        return self.real.pixels(self.images)

    @cached_property
    def pixel_interval(self) -> Ends:
        """Of their Frechet distance in the pixel space; half a second."""
        return frechet_interval(self.places, self.real.pixel_moments, rng())

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

    @cached_property
    def compared(self) -> Tensor:
        """Places of the images that are compared with as many training images, int64 [n]; ValueError for too few."""
        assert self.among is not None
        called = f"{noun(self.images.shape[-1])}s"
        require_images(self.among.count, LEAST_IMAGES, f"samples, training {called} and test {called} each")
        return torch.linspace(0, len(self.images) - 1, self.among.count).long()

    @cached_property
    def features(self) -> Tensor:
        """Of the compared images, float32 [n, K]: those of `among.features`."""
        assert self.among is not None
        if self.among.classifier is None:
            return self.among.features_of(self.places[self.compared], None)
        return self.reading.features[self.compared]

    @cached_property
    def members(self) -> Members:
        """How the compared images lie among training images."""
        assert self.among is not None
        return members(self.features, self.among.features)

    @cached_property
    def counts(self) -> Tensor:
        """Compared images of each class, int64 [classes]."""
        read = self.reading.probabilities[self.compared].argmax(1)
        return torch.bincount(read, minlength=self.reading.probabilities.shape[1])

    @cached_property
    def filled(self) -> Tensor:
        """Compared images in each bin of the training images, int64 [K]."""
        assert self.among is not None
        return fill(self.among.bins.centres, self.places[self.compared])

    @cached_property
    def binned(self) -> BinComparison:
        """How they fill the bins of the training images."""
        assert self.among is not None
        return compare_bins(self.among.bins, self.filled)

    @cached_property
    def resamples_binned(self) -> BinComparisons:
        """How resamples of them do."""
        assert self.among is not None
        return compare_sets(self.among.bins, resampled_counts(self.filled, rng()))

    @cached_property
    def stacks(self) -> tuple[Tensor, int]:
        """The mode of each picture, int64 [N], and how many there are."""
        found = channel_reader(self.real.name)
        assert found is not None
        return read_stacks(self.images, found)

    @cached_property
    def modes(self) -> Modes:
        """Where the dataset's points lie."""
        make = catalogue.evaluation(self.real.name).modes
        assert make is not None
        return make()

    @cached_property
    def sorted(self) -> Sorted:
        """In which mode each point lies."""
        return sort(self.images, self.modes)

    @cached_property
    def of_mixture(self) -> "Samples":
        """As many images of latents from the model's mixture prior."""
        assert self.abilities is not None
        return Samples(self.abilities.draw_mixture(len(self.images)), self.real)

    @cached_property
    def inception_features(self) -> Tensor:
        """Inception's, float32 [N, D]."""
        return inception_features(self.images)

    def offer(self) -> set[Need]:
        """What metrics may ask for."""
        known = reader(self.real.name) if self.real.feature_moments is not None else None
        abilities = self.abilities
        offered: dict[Need, bool] = {
            "classifier": known is not None,
            "no classifier": known is None,
            "classes": known is not None and bool(known.data.classes),
            "conditions": known is not None and self.conditions is not None,
            "encoder": abilities is not None and abilities.encodes,
            "recognizer": abilities is not None and abilities.recognizes,
            "codes": abilities is not None and abilities.has_codes,
            "mixture": abilities is not None and abilities.mixture is not None,
            "training": abilities is not None and abilities.pack.train > 0 and self.real.points is None,
            "inception": self.inception is not None,
            "inference": abilities is not None and abilities.infers,
            "comparison": self.among is not None,
            "pictures": self.real.points is None,
            "points": self.real.points is not None,
            "modes": self.real.points is not None and catalogue.evaluation(self.real.name).modes is not None,
            "obedience": abilities is not None and abilities.obeyed is not None,
            "stacks": channel_reader(self.real.name) is not None,
        }
        return {need for need, there in offered.items() if there}
