"""Which of the conditions of a dataset a model learns."""

from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.choices import instead
from ganlab.data.spec import Condition, DataSpec
from ganlab.latents import Attributes, side_by_side


class Selection(NamedTuple):
    """Conditions, and the stretches of columns that are theirs among those of the data."""

    conditions: tuple[Condition, ...]
    stretches: list[slice]

    def of(self, values: Tensor) -> Tensor:
        """Their columns of values [B, D]; a list of columns would make the host wait for a GPU at every step."""
        return torch.cat([values[:, stretch] for stretch in self.stretches], 1)


def select(data: DataSpec, text: str) -> Selection:
    """The conditions that `text` names, joined by `+`, in the data's order; all of them when it is empty.

    A condition is named as a whole, or by labels where it is a set of attributes. ValueError lists the choices.
    """
    if not data.conditions:
        raise ValueError(f"the images of {data.name} have no labels; choose a family without conditions")
    wanted = {part.strip() for part in text.split("+") if part.strip()}
    choices = [name for condition in data.conditions for name in _names(condition)]
    if unknown := wanted - set(choices):
        raise ValueError(f"{data.name} has no condition {min(unknown)!r}{instead(min(unknown), choices)}")
    conditions: list[Condition] = []
    columns: list[int] = []
    for condition, place in side_by_side(data.conditions):
        chosen = condition if not wanted or condition.name in wanted else _with_labels(condition, wanted)
        if chosen:
            conditions.append(chosen)
            columns += [place.start + condition.labels.index(label) for label in chosen.labels]
    return Selection(tuple(conditions), _stretches(columns))


def _stretches(columns: list[int]) -> list[slice]:
    """Ascending columns as the fewest slices."""
    starts = [column for column in columns if column - 1 not in columns]
    stops = [column + 1 for column in columns if column + 1 not in columns]
    return [slice(start, stop) for start, stop in zip(starts, stops, strict=True)]


def _names(condition: Condition) -> list[str]:
    return [condition.name, *(condition.labels if condition.kind == "attributes" else ())]


def _with_labels(condition: Condition, wanted: set[str]) -> Condition | None:
    """The attributes that are wanted; bounds on how many of all are on say nothing of a part."""
    if condition.kind == "category":
        return None
    kept = [place for place, label in enumerate(condition.labels) if label in wanted]
    labels = tuple(condition.labels[place] for place in kept)
    rates = tuple(condition.rates[place] for place in kept) if condition.rates else ()
    return Attributes(name=condition.name, labels=labels, rates=rates) if labels else None
