"""What the pictures of a map can be coloured by: what is known of real ones, asked of or read in generated ones."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import DataSpec
from ganlab.explore.maps import Collection
from ganlab.explore.titles import Titled, titles
from ganlab.latents import Attributes, Category, side_by_side
from ganlab.metrics.readers import reader

KIND = "real or generated"
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Colouring:
    """A label for every picture."""

    labels: tuple[str, ...]
    texts: tuple[str, ...]  # the same in words that need no title; empty where they say nothing new
    values: NDArray[np.int16]  # [N], an index into the labels, or UNKNOWN

    def label(self, index: int) -> str:
        """The picture's label, empty where nobody knows it."""
        return "" if self.values[index] == UNKNOWN else self.labels[self.values[index]]

    def text(self, index: int) -> str:
        return "" if self.values[index] == UNKNOWN else self.texts[self.values[index]]


def names(model: Checkpoint) -> list[str]:
    """The names of `colourings`, without computing them; those that leave generated pictures grey come last."""
    named: dict[bool, list[str]] = {True: [], False: []}
    for title, (factor, _) in titles(_factors(model)).items():
        named[_is_asked(model, factor) or _is_read(model, factor)].append(title)
    return [*named[True], KIND, *named[False]]


def why_unknown(model: Checkpoint, name: str) -> str:
    """Why nobody knows what a colouring says of generated pictures, in a sentence; empty where it is known."""
    named = titles(_factors(model)).get(name)
    if named is None or _is_asked(model, named.factor) or _is_read(model, named.factor):
        return ""
    return (
        f"Grey is unknown: this model is not asked for {named.factor.name}, and there is no classifier of "
        f"{model.card.data.name} here that would read it in generated pictures."
    )


def colourings(model: Checkpoint, collection: Collection) -> dict[str, Colouring]:
    """Every colouring by its name: one for a category, one for each attribute, and real or generated.

    Real pictures have the dataset's labels. Generated ones have what was asked of the generator where its latent has
    the same factor, else what the dataset's classifier reads in them where there is one, else none.
    """
    found: dict[str, Colouring] = {}
    factors = _factors(model)
    title_of = {named: title for title, named in titles(factors).items()}
    for factor in factors:
        known = [_of_real(model.card.data, factor, collection), _of_generated(model, factor, collection)]
        columns = torch.cat(known)  # [N, labels], -1 where nobody knows
        if isinstance(factor, Category):
            values = torch.where(columns[:, 0] < 0, UNKNOWN, columns.argmax(1))
            texts = tuple(f"{factor.name} {label}" for label in factor.labels)
            found[factor.name] = Colouring(factor.labels, texts, _int16(values))
        else:
            for name, column in zip(factor.labels, columns.T, strict=True):
                labels = (f"no {name}", name)
                found[title_of[Titled(factor, name)]] = Colouring(labels, labels, _int16(column))
    generated = torch.arange(len(collection.images)) >= collection.real
    return found | {KIND: Colouring(("real", "generated"), ("", ""), _int16(generated))}


def captions(collection: Collection, colouring: Colouring) -> list[str]:
    """A line for every picture: where it comes from, and what the colouring says of it."""
    real = [f"real, test image {place}" for place in collection.places]
    origins = real + [f"generated, seed {point}" for point in collection.drawn]
    texts = [colouring.text(i) for i in range(len(origins))]
    return [f"{origin}, {text}" if text else origin for origin, text in zip(origins, texts, strict=True)]


def _factors(model: Checkpoint) -> list[Category | Attributes]:
    """The dataset's conditions, then the factors with labels that the latent has beside them."""
    conditions = list(model.card.data.conditions)
    names = {condition.name for condition in conditions}
    own = [factor for factor in model.latent.factors if isinstance(factor, Category | Attributes)]
    return conditions + [factor for factor in own if factor.name not in names]


def _of_real(data: DataSpec, factor: Category | Attributes, collection: Collection) -> Tensor:
    for condition, columns in side_by_side(data.conditions):
        if condition.name == factor.name and collection.conditions.shape[1] == data.condition_dim:
            return collection.conditions[:, columns].short()
    return torch.full((collection.real, factor.dim), UNKNOWN, dtype=torch.short)


def _of_generated(model: Checkpoint, factor: Category | Attributes, collection: Collection) -> Tensor:
    count = len(collection.drawn)
    if _is_asked(model, factor) and count:
        return model.latent.split(collection.latents[-count:])[factor.name].round().short()
    classifier = reader(collection.dataset)
    read = collection.read_generated
    if classifier is not None and read is not None and factor in classifier.data.conditions and count:
        return _found(read.probabilities, factor, classifier.data)
    return torch.full((count, factor.dim), UNKNOWN, dtype=torch.short)


def _is_asked(model: Checkpoint, factor: Category | Attributes) -> bool:
    """Whether the generator is told the labels."""
    asked = next((own for own in model.latent.factors if own.name == factor.name), None)
    return isinstance(asked, Category | Attributes) and asked.labels == factor.labels


def _is_read(model: Checkpoint, factor: Category | Attributes) -> bool:
    """Whether a classifier reads the labels in generated pictures."""
    classifier = reader(model.card.data.name)
    return classifier is not None and factor in classifier.data.conditions


def _found(probabilities: Tensor, factor: Category | Attributes, data: DataSpec) -> Tensor:
    """The factor's columns of a reading as zeros and ones: the likeliest label, or those likelier than not."""
    said = next(probabilities[:, columns] for own, columns in side_by_side(data.conditions) if own == factor)
    if isinstance(factor, Category):
        return torch.nn.functional.one_hot(said.argmax(1), factor.dim).short()
    return (said > 0.5).short()


def _int16(values: Tensor) -> NDArray[np.int16]:
    return values.to(torch.int16).numpy()
