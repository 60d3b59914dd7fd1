"""The outcome of a study as tables: what was measured beside what a report says, made from the file alone."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from ganlab import spreadsheets
from ganlab.data import catalogue
from ganlab.explore.studies import StudyFile
from ganlab.metrics import METRICS
from ganlab.studies import SHOWN, digits_appear
from ganlab.studies.results import DIGITS_APPEAR
from ganlab.studies.schema import Result, Value

Cell = Value | None


class Row(NamedTuple):
    """One run at one step at which something was measured or reported; `step` is None where neither is."""

    id: str
    result: Result
    step: int | None
    measured: Mapping[str, float | None]
    reported: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One quantity, a value a row."""

    title: str
    values: Sequence[Cell]
    text: str | None = None  # how to read it
    best: Cell = None  # the better end; None where there is none


class Pair(NamedTuple):
    """A word of a report: what it says, and what was measured here; first what stands beside it, then more to read."""

    word: str  # empty where there is no report
    reported: Column | None
    here: list[Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Runs in which exactly two settings vary, and each pair of their values occurs once."""

    down: str  # the setting that names the rows
    across: str
    down_values: list[Value]
    across_values: list[Value]
    rows: list[Row]  # a row of the grid after the other


def rows(file: StudyFile) -> list[Row]:
    """The file's runs, in its order, a row for each step. A report's `fid at 5000` belongs to step 5,000, `fid` to the
    last one."""
    found = []
    for name, result in file.runs.items():
        said = [(*_word(key), value) for key, value in result.reported.items()]
        named = {at for _, at, _ in said if at is not None}
        steps: list[int | None] = [*sorted({*result.measured, *named})] or [None]
        for step in steps:
            measured = result.measured.get(step, {}) if step is not None else {}
            reported = {word: value for word, at, value in said if step == (steps[-1] if at is None else at)}
            found.append(Row(name, result, step, measured, reported))
    return found


def split(shown: Sequence[Row]) -> tuple[list[Grid], list[Row]]:
    """Grids of all rows, or of those that share their words (the kind of net), and the rows that are in none."""
    if grid := _grid(shown):
        return [grid], []
    words = [name for name, values in _settings(shown).items() if any(isinstance(value, str) for value in values)]
    groups: dict[tuple[Cell, ...], list[Row]] = {}
    for row in shown:
        groups.setdefault(tuple(row.result.settings.get(word) for word in words), []).append(row)
    grids, others = [], []
    for group in groups.values():
        if grid := _grid(group):
            grids.append(grid)
        else:
            others += group
    return grids, others


def pairs(shown: Sequence[Row]) -> list[Pair]:
    """The columns of outcomes, a pair for each word of the report; without a report what was measured alone."""
    words = dict.fromkeys(word for row in shown for word in row.reported)
    if not words:
        return [Pair("", None, _metrics(shown, SHOWN))]
    return [Pair(word, _reported(shown, word), HERE[word](shown) if word in HERE else []) for word in words]


def table(shown: Sequence[Row], everything: Sequence[Row]) -> list[Column]:
    """The columns of a plain table: settings that vary over `everything`, the step, the outcomes, how runs ended."""
    varying = [name for name, values in _settings(everything).items() if len(set(map(repr, values))) > 1]
    columns = [Column(title=name, values=[row.result.settings.get(name) for row in shown]) for name in varying]
    columns.append(Column(title="step", values=[row.step for row in shown]))
    for pair in pairs(shown):
        columns += [pair.reported] if pair.reported else []
        columns += pair.here
    if any(row.result.state != "done" for row in shown):
        columns.append(Column(title="ended", values=[row.result.told_state for row in shown]))
    if any(row.result.findings for row in shown):
        seen = [", ".join(dict.fromkeys(row.result.findings)) for row in shown]
        columns.append(Column(title="monitor", values=seen, text="what the monitor saw while it trained"))
    return columns


def pivot(grid: Grid, column: Column) -> list[Column]:
    """One outcome of a grid as columns: the values that name the rows, then one for each value across."""
    width = len(grid.across_values)
    return [
        Column(title=grid.down, values=grid.down_values),
        *(
            Column(title=f"{grid.across} {value}", values=column.values[place::width], best=column.best)
            for place, value in enumerate(grid.across_values)
        ),
    ]


def counts(shown: Sequence[Row]) -> list[str]:
    """A sentence for each word of the report that is yes or no, as `digits in 20 of 20; the report: 8 of 20`."""
    told = []
    for word, reported, here in pairs(shown):
        if reported and {type(value) for value in reported.values} <= {bool, type(None)}:
            ours = f"{word} in {_count(here[0].values)}; " if here else f"{word}: "
            told.append(f"{ours}the report: {_count(reported.values)}")
    return told


def as_csv(file: StudyFile) -> str:
    """All rows as one table, with the run's name first."""
    shown = rows(file)
    columns = [Column(title="run", values=[row.result.name for row in shown]), *table(shown, shown)]
    cells = zip(*([_plain(value) for value in column.values] for column in columns), strict=True)
    return spreadsheets.as_csv([[column.title for column in columns], *cells])


def _distance(shown: Sequence[Row]) -> list[Column]:
    """Of the two distances, the one that was measured; its title says whose features it compares."""
    kinds = {catalogue.evaluation(str(row.result.recipe.get("dataset"))).kind for row in shown}
    kind = f"{kinds.pop()} " if len(kinds) == 1 else ""
    titles = {
        "frechet_classifier": f"Frechet, features of our {kind.lstrip()}classifier",
        "frechet_pixels": "Frechet, main components of the pixels",
        "frechet_places": "Frechet of places",
    }
    measured = _measured(shown, titles)[:1]
    return [replace(*_metrics(shown, [name]), title=titles[name]) for name in measured]


def _digits(shown: Sequence[Row]) -> list[Column]:
    text = "yes where most samples are recognisable and no digit is missing"
    judged = [digits_appear(row.measured) for row in shown]
    return [Column(title="digits, here", values=judged, text=text), *_metrics(shown, DIGITS_APPEAR)]


HERE: dict[str, Callable[[Sequence[Row]], list[Column]]] = {"fid": _distance, "digits": _digits}
"""What stands here for a word of a report."""

TITLES = {"fid": "FID"}
LOWER_IS_BETTER = {"fid": True}


def _metrics(shown: Sequence[Row], names: Iterable[str]) -> list[Column]:
    """A column for each of the metrics that was measured anywhere."""
    columns = []
    for name in _measured(shown, names):
        metric, values = METRICS[name], [row.measured.get(name) for row in shown]
        best = _best(shown, values, metric.lower_is_better)
        columns.append(Column(title=metric.title, values=values, text=metric.text, best=best))
    return columns


def _measured(shown: Sequence[Row], names: Iterable[str]) -> list[str]:
    return [name for name in names if any(row.measured.get(name) is not None for row in shown)]


def _reported(shown: Sequence[Row], word: str) -> Column:
    values = [row.reported.get(word) for row in shown]
    best = _best(shown, values, LOWER_IS_BETTER.get(word))
    return Column(title=f"{TITLES.get(word, word)}, the report", values=values, best=best)


def _best(shown: Sequence[Row], values: Sequence[Cell], lower_is_better: bool | None) -> Cell:
    """None too of equals, of one run alone, and where images differ in kind or size: distances are to them."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    kinds = {repr((row.result.recipe.get("dataset"), row.result.recipe.get("image_size"))) for row in shown}
    if lower_is_better is None or len(set(numbers)) < 2 or len(kinds) > 1 or len({row.id for row in shown}) < 2:
        return None
    return min(numbers) if lower_is_better else max(numbers)


def _grid(group: Sequence[Row]) -> Grid | None:
    if len({tuple(row.result.settings) for row in group}) > 1:
        return None
    values = {
        name: list(dict.fromkeys(row.result.settings[name] for row in group)) for name in group[0].result.settings
    }
    varying = [name for name, different in values.items() if len(different) > 1]
    if len(varying) != 2:
        return None
    down, across = varying
    places = {(row.result.settings[down], row.result.settings[across]): row for row in group}
    if not len(places) == len(group) == len(values[down]) * len(values[across]):
        return None
    ordered = [places[pair] for pair in product(values[down], values[across])]
    return Grid(down=down, across=across, down_values=values[down], across_values=values[across], rows=ordered)


def _settings(shown: Sequence[Row]) -> dict[str, list[Cell]]:
    names = dict.fromkeys(name for row in shown for name in row.result.settings)
    return {name: [row.result.settings.get(name) for row in shown] for name in names}


def _word(key: str) -> tuple[str, int | None]:
    """`fid at 5000` in its parts."""
    found = re.fullmatch(r"(.+) at ([0-9]{1,15})", key)
    return (found[1], int(found[2])) if found else (key, None)


def _count(values: Sequence[Cell]) -> str:
    missing = sum(value is None for value in values)
    return f"{sum(map(bool, values))} of {len(values)}" + (f" ({missing} not measured)" if missing else "")


def _plain(value: Cell) -> Cell:
    """As in a file: yes and no, nothing for what is not known."""
    if value is None:
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else value
