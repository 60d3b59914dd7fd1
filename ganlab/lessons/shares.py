"""What a classifier finds in a few pictures of a model, with the intervals that so few pictures leave."""

from typing import NamedTuple

import torch

from ganlab.checkpoints import Checkpoint
from ganlab.metrics import modes
from ganlab.metrics.intervals import Ends, share_interval
from ganlab.metrics.readers import Reader

SEED = 0


class Shares(NamedTuple):
    """Measured on `pictures` random pictures; each with its 95 % interval."""

    pictures: int
    recognisable: float  # share of pictures that the classifier is sure of
    recognisable_ends: Ends
    rarest: float  # how often the class comes that came least; 1 is as often as if all were equally frequent
    rarest_ends: Ends


def measure(model: Checkpoint, classifier: Reader, pictures: int) -> Shares:
    """Draw and read random pictures of a model whose data has one class an image."""
    rng = torch.Generator().manual_seed(SEED)
    probabilities = classifier.read(model.samples(model.latent.sample(pictures, rng))).probabilities
    classes = probabilities.shape[1]
    equal = torch.full((classes,), 1 / classes, dtype=torch.double)
    counts = torch.bincount(probabilities.argmax(1), minlength=classes)
    recognisable = modes.confident(probabilities)
    return Shares(
        pictures,
        recognisable,
        share_interval(round(recognisable * pictures), pictures),
        modes.smallest_share(counts.double() / pictures, equal),
        Ends(*(classes * end for end in share_interval(int(counts.min()), pictures))),
    )
