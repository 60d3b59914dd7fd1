"""How settings and results of what is compared differ."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ganlab.data.spec import data_in_words, noun
from ganlab.explore.comparison import Entry
from ganlab.metrics import FLOOR, METRICS
from ganlab.recipes import Recipe


def differing_settings(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    """Settings that are not the same everywhere: name => a value an entry, None where it has none."""
    flat = [_flat(entry.recipe) if entry.recipe else None for entry in entries]
    names = dict.fromkeys(name for settings in flat if settings for name in settings)
    table = {name: [settings.get(name) if settings else None for settings in flat] for name in names}
    known = [i for i, settings in enumerate(flat) if settings]
    return {name: row for name, row in table.items() if len({repr(row[i]) for i in known}) > 1}


def describe_setting(entries: Sequence[Entry], name: str) -> str | None:
    """What a setting means, from the first recipe that has it."""
    for recipe in (entry.recipe for entry in entries if entry.recipe):
        fields = type(recipe).model_fields | type(recipe.config).model_fields
        if name in fields:
            return fields[name].description
    return None


def labels(entries: Sequence[Entry], *, by: str) -> list[str]:
    """A legend name an entry, each another one: by `run` its name, by `settings` what sets it apart (three at most)."""
    names = [entry.source.name for entry in entries]
    differing = list(differing_settings(entries).items())[:3]
    if by == "run" or not differing:
        return names
    told = [", ".join(f"{name} {row[i]}" for name, row in differing if row[i] is not None) for i in range(len(entries))]
    return [
        text if text and told.count(text) == 1 else f"{name} {text}" for name, text in zip(names, told, strict=True)
    ]


def metrics_table(entries: Sequence[Entry]) -> dict[str, list[float | None]]:
    """The final metrics by name, in the order of `METRICS`: a value an entry, None where it was not measured."""
    names = [name for name in METRICS if any(name in entry.metrics for entry in entries)]
    return {name: [entry.metrics.get(name) for entry in entries] for name in names}


def best(name: str, entries: Sequence[Entry]) -> float | None:
    """The better end of a metric; None when it has none, or the entries cannot be held against each other."""
    measured = [entry for entry in entries if np.isfinite(entry.metrics.get(name, np.nan))]
    lower_is_better = METRICS[name].lower_is_better
    if lower_is_better is None or len(measured) < 2 or not _share_data(measured):
        return None
    values = [entry.metrics[name] for entry in measured]
    return min(values) if lower_is_better else max(values)


def floor(entries: Sequence[Entry]) -> dict[str, float]:
    """What real test images measure: the goal, where it was measured and the entries share their data."""
    if not _share_data(entries):
        return {}
    floors = (entry.metrics for entry in entries if any(name.startswith(FLOOR) for name in entry.metrics))
    return {name.removeprefix(FLOOR): value for name, value in next(floors, {}).items() if name.startswith(FLOOR)}


def data_of(entries: Sequence[Entry]) -> list[str]:
    """The data that entries were trained on and measured against, each once, such as `digits at 28 px`."""
    recipes = [entry.recipe for entry in entries if entry.recipe]
    return list(dict.fromkeys(data_in_words(recipe.dataset, recipe.image_size) for recipe in recipes))


def noun_of(entries: Sequence[Entry]) -> str:
    """What people call what the entries draw: `image`, unless all of them draw points."""
    sizes = {entry.recipe.image_size for entry in entries if entry.recipe}
    return noun(max(sizes, default=0))


def _share_data(entries: Sequence[Entry]) -> bool:
    """Metrics compare with the dataset at the size that was trained on; other data makes other numbers."""
    return len(data_of(entries)) == 1


def _flat(recipe: Recipe) -> dict[str, Any]:
    values = recipe.model_dump(mode="json", exclude={"name"})
    return {key: value for key, value in values.items() if key != "config"} | values["config"]
