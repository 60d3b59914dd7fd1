"""What the encodings of many training images tell: directions of attributes."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.choices import instead
from ganlab.data import Condition, DataSpec, Pack, resized
from ganlab.data.spec import column_of
from ganlab.explore.titles import titles
from ganlab.latents import Attributes
from ganlab.metrics.reconstruction import encode

MOST_IMAGES = 5_000


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Encodings:
    """Training images as the encoder sees them."""

    latents: Tensor  # float32 [N, dim]: means
    conditions: Tensor  # bool [N, D]: the columns of the dataset's conditions

    @property
    def spread(self) -> float:
        """Standard deviation of the means, over all values; the prior's is 1."""
        return float(self.latents.var(0, correction=0).mean().sqrt())


def encodings(model: Checkpoint, pack: Pack, *, seed: int, most: int = MOST_IMAGES) -> Encodings:
    """Encode up to `most` training images, drawn by the seed."""
    order = torch.randperm(pack.train, generator=torch.Generator().manual_seed(seed))[:most]
    some = resized(pack.part("train", order), model.card.data.size)
    latents = encode(model, some.images)
    return Encodings(latents=latents, conditions=some.conditions.bool())


def conditions(data: DataSpec) -> dict[str, Condition]:
    """What vectors can be made of, by the name that a person chooses: each attribute by its label, categories whole."""
    return {title: named.factor for title, named in titles(data.conditions).items()}


def vector(encoded: Encodings, data: DataSpec, name: str, *, start: str = "", end: str = "") -> Tensor:
    """Mean encoding of the images with an attribute minus that of those without, float32 [dim].

    For a category it leads from the images of the label `start` to those of `end`. ValueError lists the choices, or
    says that there are no such images.
    """
    known = titles(data.conditions)
    if name not in known:
        raise ValueError(f"{data.name} has no attribute {name!r}{instead(name, known)}")
    condition, label = known[name]
    if isinstance(condition, Attributes):
        there = encoded.conditions[:, _column(data, condition, label)]
        return _mean(encoded, there, f"with {name}") - _mean(encoded, ~there, f"without {name}")
    lows, highs = (encoded.conditions[:, _column(data, condition, label)] for label in (start, end))
    return _mean(encoded, highs, f"of {name} {end}") - _mean(encoded, lows, f"of {name} {start}")


def examples(pack: Pack, name: str, label: str, *, most: int) -> list[int]:
    """Numbers of the first test images that have the label of the category `name`: `most` of them, or all there are."""
    known = pack.split("test")[1][:, _column(pack.spec, conditions(pack.spec)[name], label)]
    found: list[int] = known.nonzero().flatten()[:most].tolist()
    return found


def _mean(encoded: Encodings, chosen: Tensor, words: str) -> Tensor:
    if not chosen.any():
        raise ValueError(f"there are no training images {words}; choose another")
    return encoded.latents[chosen].mean(0)


def _column(data: DataSpec, condition: Condition, label: str) -> int:
    if label not in condition.labels:
        raise ValueError(f"{condition.name} has no label {label!r}{instead(label, condition.labels)}")
    return column_of(data.conditions)[condition.name, label]
