"""Some training images, as many as the samples that are compared with them image by image."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ganlab.data import Pack
from ganlab.metrics.bins import BINS, Bins
from ganlab.metrics.bins_files import bins_of
from ganlab.metrics.classifier import Reading
from ganlab.metrics.outcome import require_images
from ganlab.metrics.readers import Reader, reader
from ganlab.metrics.real_data import Reference

MOST = 5_000  # of each kind: samples, training images, test images


@dataclass(frozen=True)
class RealSample:
    """Training images and their features, read once for a model's samples and for real test images."""

    pack: Pack
    real: Reference
    count: int  # that are compared of each kind

    @cached_property
    def images(self) -> Tensor:
        """Evenly from the whole training split, uint8 [count, C, H, W]."""
        return self.pack.part("train", torch.linspace(0, self.pack.train - 1, self.count).long()).images

    @cached_property
    def places(self) -> Tensor:
        """In the pixel space, float32 [count, K]."""
        return self.real.pixels(self.images)

    @cached_property
    def features(self) -> Tensor:
        """As `features_of`, float32 [count, K]."""
        return self.features_of(self.places, self.classifier.read(self.images) if self.classifier else None)

    @cached_property
    def classifier(self) -> Reader | None:
        """Whose features are compared; None where the reference was measured without one."""
        return reader(self.real.name) if self.real.feature_moments is not None else None

    @cached_property
    def bins(self) -> Bins:
        """Of the pixel space. ValueError for too few images."""
        require_images(self.count, 2 * BINS, f"{self.pack.spec.noun}s of each kind")
        return bins_of(self.pack.spec, self.places)

    def features_of(self, places: Tensor, reading: Reading | None) -> Tensor:
        """A classifier's features, or where there is none places in the pixel space, scaled to a root mean square of 1.

        A kernel of unscaled values would measure their scale.
        """
        if reading is not None:
            return reading.features
        moments = self.real.pixel_moments
        square = (moments.covariance.trace() + moments.mean.square().sum()) / len(moments.mean)
        return places / square.sqrt().clamp_min(1e-9).to(places)


def real_sample(pack: Pack, real: Reference, samples: int) -> RealSample:
    """As many training images as there are samples and as there are test images, 5,000 at most."""
    return RealSample(pack, real, min(MOST, samples, pack.train, len(pack.images) - pack.train))
