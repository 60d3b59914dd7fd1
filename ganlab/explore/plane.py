"""What a model of points does, as places on the plane: its samples, its latent plane, ways and reconstructions."""

from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, catalogue
from ganlab.data.dataset import silent
from ganlab.data.making import collected
from ganlab.explore import paths, points
from ganlab.explore.points import Point
from ganlab.latents import Category, side_by_side
from ganlab.metrics.reconstruction import encode

LINES, REACH = 17, 2.0  # of the latent plane: lines each way, and how far they go from the middle
WAY_STEPS = 60  # between two seeds

View = Literal["samples", "way", "reconstructions"]
"""What a page is about besides the samples."""
Places = NDArray[np.float32]
"""[N, 2]: x to the right, y upwards."""


class Samples(NamedTuple):
    """Generated points, each with the value of the model's first category, if it has one."""

    places: Places
    category: str  # its name; empty where there is none
    labels: list[str]  # of each point


def samples(model: Checkpoint, seed: int, count: int) -> Samples:
    """The points of `count` seeds from `seed` on."""
    u = model.latent.from_seeds(range(seed, seed + count))
    for factor, columns in side_by_side(model.latent.factors):
        if isinstance(factor, Category):
            return Samples(_places(model, u), factor.name, [factor.labels[i] for i in u[:, columns].argmax(1).tolist()])
    return Samples(_places(model, u), "", [""] * count)


def lattice(model: Checkpoint) -> Places | None:
    """Lines of the latent plane where the generator puts them, each row one line: [2 LINES, LINES, 2].

    None for a model whose latent is not two normal values alone.
    """
    if model.latent.dim != 2 or any(factor.kind != "normal" for factor in model.latent.factors):
        return None
    line = torch.linspace(-REACH, REACH, LINES)
    square = _places(model, torch.cartesian_prod(line, line)).reshape(LINES, LINES, 2)
    return np.concatenate([square, square.swapaxes(0, 1)])


def way(model: Checkpoint, seeds: tuple[int, int]) -> Places:
    """Where the arc between the latents of two seeds leads: [WAY_STEPS + 1, 2]."""
    keys = points.latents(model.latent, [Point(seed) for seed in seeds])
    return _places(model, paths.walk(model.latent, keys, steps=WAY_STEPS))


class Reconstructed(NamedTuple):
    """Real points, and where encoder and generator put them."""

    before: Places
    after: Places


def reconstructed(model: Checkpoint, real: Places) -> Reconstructed:
    """Through the model's encoder and back."""
    u = encode(model, torch.from_numpy(real)[:, :, None, None])
    return Reconstructed(real, _places(model, u))


def real_points(model: Checkpoint, count: int) -> Places | None:
    """Some of the points that it learnt from; None where they are not here."""
    data, name = model.card.data, model.card.data.name
    if catalogue.strangeness(data, model.card.origin.fingerprint):
        return None
    pack: Pack = (
        catalogue.packed(name) if catalogue.is_packed(name) else collected(catalogue.describe(name).build(silent))
    )
    return pack.images[:count].flatten(1).numpy()


def _places(model: Checkpoint, u: torch.Tensor) -> Places:
    return model.samples(u).flatten(1).numpy()
