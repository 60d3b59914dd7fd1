"""Images that are measured, and what is known of them: what metrics read is read once, when the first one asks."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from torch import Tensor

from ganlab.metrics.abilities import Abilities
from ganlab.metrics.classifier import Reading
from ganlab.metrics.frechet import Moments
from ganlab.metrics.modes import histogram
from ganlab.metrics.readers import Reader, reader
from ganlab.metrics.real_data import Reference

Need = Literal[
    "classifier",
    "classes",
    "conditions",
    "encoder",
    "recognizer",
    "codes",
    "mixture",
    "obedience",
    "training",
    "inception",
]
"""A classifier of the dataset; one class an image; that it is known what each image was to show; a net of the model
that drew the images; a prior that was fitted to its encodings; a model that takes the dataset's conditions, and a
classifier that reads them; the images that the model learnt from; that general features are asked
for."""


@dataclass(frozen=True)
class Samples:
    """Images of one generator, or real ones, for the metrics."""

    images: Tensor  # uint8 [N, C, H, W]
    real: Reference
    conditions: Tensor | None = None  # [N, D], what each image was asked to show
    inception: Moments | None = None  # of training images in Inception's features, where those are asked for
    abilities: Abilities | None = None  # of the model that drew them; None for real images and while it trains

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

    @cached_property
    def of_mixture(self) -> "Samples":
        """As many images of latents from the model's mixture prior."""
        assert self.abilities is not None
        return Samples(self.abilities.draw_mixture(len(self.images)), self.real)

    def offer(self) -> set[Need]:
        """What metrics may ask for."""
        known = reader(self.real.name) if self.real.feature_moments is not None else None
        abilities = self.abilities
        offered: dict[Need, bool] = {
            "classifier": known is not None,
            "classes": known is not None and bool(known.data.classes),
            "conditions": known is not None and self.conditions is not None,
            "encoder": abilities is not None and abilities.encodes,
            "recognizer": abilities is not None and abilities.recognizes,
            "codes": abilities is not None and abilities.has_codes,
            "mixture": abilities is not None and abilities.mixture is not None,
            "training": abilities is not None and abilities.pack.train > 0,
            "inception": self.inception is not None,
            "obedience": abilities is not None and abilities.obeyed is not None,
        }
        return {need for need, there in offered.items() if there}
