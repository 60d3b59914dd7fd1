"""Runs that differ in nothing but their seed, taken together: mean and spread of curves and of final values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from ganlab.counting import number
from ganlab.explore.comparison import Entry
from ganlab.explore.curves import AXES, Curves
from ganlab.metrics import METRICS, NUMBERS_OF_IMAGES
from ganlab.metrics.intervals import Seeds, over_seeds
from ganlab.recipes import Recipe
from ganlab.snapshots import QUALITY

POINTS = 500  # of a mean curve
LEAST_NAME = 3  # letters that a common name has


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Entries of one recipe with different seeds, or one entry alone."""

    name: str
    places: tuple[int, ...]  # of its entries among all


def groups(entries: Sequence[Entry], names: Sequence[str]) -> list[Group]:
    """All entries in groups, in the order of their first ones; two of one seed are never in one group."""
    found: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        recipe = entry.recipe
        if recipe is None:
            found[f"alone {place}"] = [place]
            continue
        together = found.setdefault(_but_for_its_seed(recipe), [])
        if any(_seed(entries[other]) == recipe.seed for other in together):
            found[f"alone {place}"] = [place]
        else:
            together.append(place)
    return [Group(name=_name([names[place] for place in places]), places=tuple(places)) for places in found.values()]


def own_places(found: Sequence[Group]) -> list[int]:
    """For each entry the place of its group, which has its colour."""
    group_of = {place: number for number, group in enumerate(found) for place in group.places}
    return [group_of[place] for place in sorted(group_of)]


def mean_curves(several: Sequence[Curves]) -> Curves:
    """The mean of curves, with one standard deviation below and above; of one its own.

    Logged values are read off between each run's steps, up to the end of the shortest run. What snapshots measured
    counts at the steps at which all were measured. Axes are the first run's. Runs without curves do not count.
    """
    logged = [run for run in several if len(run)]
    if len(logged) < 2:
        return logged[0] if logged else Curves()
    last = min(float(run.columns["step"].max()) for run in logged)
    names = [name for name in logged[0].quantities if all(name in run.columns for run in logged)]
    measured = {name: _measured_by_all(logged, name) for name in names if name.startswith(QUALITY)}
    steps = logged[0].columns["step"]
    steps = steps[steps <= last]
    steps = steps[np.linspace(0, len(steps) - 1, min(POINTS, len(steps))).round().astype(int)] if len(steps) else steps
    steps = np.union1d(steps, np.concatenate([np.zeros(0), *measured.values()]))
    columns = {name: _between(logged[0], name, steps) for name in AXES if name in logged[0].columns}
    parts = Curves(columns=columns), Curves(columns=dict(columns)), Curves(columns=dict(columns))
    for name in names:
        values = np.stack([_between(run, name, steps) for run in logged])
        if name in measured:
            values[:, ~np.isin(steps, measured[name])] = np.nan
        middle, spread = values.mean(0), values.std(0, ddof=1)
        for part, column in zip(parts, (middle, middle - spread, middle + spread), strict=True):
            part.columns[name] = column
    mean, low, high = parts
    return Curves(columns=mean.columns, low=low, high=high)


def final_values(entries: Sequence[Entry]) -> dict[str, Seeds]:
    """Mean and deviation of the final metrics that all of the entries have, in the order of `METRICS`."""
    return {
        name: over_seeds([entry.metrics[name] for entry in entries])
        for name in METRICS
        if name not in NUMBERS_OF_IMAGES and all(name in entry.metrics for entry in entries)
    }


def told(found: Seeds | None) -> str:
    """Such as `0.52 ± 0.03 (n = 3)`; empty for None."""
    if found is None:
        return ""
    deviation = "" if found.deviation is None else f" ± {number(found.deviation)}"
    return f"{number(found.mean)}{deviation} (n = {found.n})"


def _but_for_its_seed(recipe: Recipe) -> str:
    return recipe.model_dump_json(exclude={"name", "seed"})


def _seed(entry: Entry) -> int | None:
    return entry.recipe.seed if entry.recipe else None


def _name(names: Sequence[str]) -> str:
    """What all names begin with, and how many there are; their number alone where each names nothing but a seed."""
    if len(names) == 1:
        return names[0]
    seeds = f"{len(names)} seeds"
    if all(re.fullmatch(r"seed \d+", name) for name in names):
        return seeds
    common = (letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))
    begin = "".join(common)
    if any(name[len(begin) : len(begin) + 1].isdigit() for name in names):
        begin = begin.rstrip("0123456789")  # the seeds 10 and 11 share no number
    begin = re.sub(r"[\W_]*(?:(?<![^\W_])(?:seed|s))?[\W_]*$", "", begin)
    return f"{begin if len(begin) >= LEAST_NAME else names[0]}, {seeds}"


def _measured_by_all(runs: Sequence[Curves], name: str) -> np.ndarray:
    """Steps at which each of the runs has a finite value."""
    found = [run.columns["step"][np.isfinite(run.columns[name])] for run in runs]
    return found[0][np.all([np.isin(found[0], other) for other in found], axis=0)]


def _between(run: Curves, name: str, steps: np.ndarray) -> np.ndarray:
    """A column at other steps; NaN where nothing of it is finite."""
    known = np.isfinite(run.columns[name])
    if not known.any():
        return np.full(len(steps), np.nan)
    return np.interp(steps, run.columns["step"][known], run.columns[name][known])
