"""Curves as the panels of a figure, the same in reports and in the files of the Compare page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ganlab.explore import curves, quality
from ganlab.explore.curves import Curves
from ganlab.metrics import METRICS
from ganlab.reports.drawings import Dash, Line, Mark, Panel
from ganlab.snapshots import QUALITY

DASHES: tuple[Dash, ...] = ("solid", "dash", "dot")
Y_TITLES = {curves.LOSSES: "loss", curves.OUTPUTS: "sigmoid of logits"}
EQUAL = 0.5
LOGARITHMIC = ", logarithmic"
"""After the title of an axis that became so by itself."""
BETTER = {True: "lower is better", False: "higher is better", None: "value"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How all curves of a figure are drawn."""

    axis: str = "step"
    unit: float = 1.0  # that x is divided by
    half_life: Callable[[Curves], float] = lambda run: 0.0  # of the smoothing, steps
    points: int = curves.POINTS
    log_x: bool = False
    log_y: bool = False
    by_quantity: bool = False  # of one run: colours tell quantities apart
    levels: Mapping[str, float] = field(default_factory=dict)  # what real images measure, by panel


def panels(runs: Mapping[str, Curves], shown: Mapping[str, Sequence[str]], look: Look) -> tuple[Panel, ...]:
    """A panel for each title of `shown` with its quantities; runs by their names, those without the axis left out."""
    drawn = {name: run for name, run in runs.items() if run and look.axis in run.columns}
    colours = {name: number for number, name in enumerate(runs)}
    return tuple(_panel(drawn, colours, title, names, look) for title, names in shown.items())


def _panel(
    runs: Mapping[str, Curves], colours: Mapping[str, int], title: str, names: Sequence[str], look: Look
) -> Panel:
    lines, marks = [], []
    for name, run in runs.items():
        for number, quantity in enumerate(names):
            if quantity in run.columns:
                lines.append(_line(run, name, quantity, colours[name], number, look, several=len(names) > 1))
                marks += _best(run, quantity, look)
    outputs = title == curves.OUTPUTS
    level = EQUAL if outputs else look.levels.get(title)
    log_y = look.log_y or quality.spans_decades([run.columns for run in runs.values()], names)
    return Panel(
        title=title,
        y_title=_y_title(title, names) + LOGARITHMIC * (log_y and not look.log_y),
        lines=tuple(lines),
        level=level,
        level_label="" if level is None else "one half" if outputs else "real data",
        marks=tuple(marks),
        y_range=(-0.02, 1.02) if outputs and not look.log_y else None,
        log_y=log_y,
    )


def _line(run: Curves, name: str, quantity: str, colour: int, number: int, look: Look, *, several: bool) -> Line:
    words = curves.describe_quantity(quantity).title
    x, y = _read(run, quantity, look)
    band: dict[str, np.ndarray] = {}
    if run.low and run.high:
        band = {end: _at(x, *_read(edge, quantity, look)) for end, edge in (("low", run.low), ("high", run.high))}
    return Line(
        label=words if look.by_quantity else name,
        detail=words if several and not look.by_quantity else "",
        x=x / look.unit,
        y=y,
        colour=number if look.by_quantity else colour,
        dash=DASHES[number % len(DASHES)],
        marker=quantity.startswith(QUALITY),
        **band,
    )


def _read(run: Curves, quantity: str, look: Look) -> tuple[np.ndarray, np.ndarray]:
    half_life = look.half_life(run)
    return curves.line(run, quantity, axis=look.axis, half_life=half_life, points=look.points, log_x=look.log_x)


def _at(x: np.ndarray, own_x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.interp(x, own_x, y) if len(own_x) else np.full(len(x), np.nan)


def _best(run: Curves, quantity: str, look: Look) -> list[Mark]:
    if not quantity.startswith(QUALITY):
        return []
    step = quality.best_step(run.columns, quantity.removeprefix(QUALITY))
    if step is None:
        return []
    place = int(np.flatnonzero(run.columns["step"] == step)[0])
    x, y = float(run.columns[look.axis][place] / look.unit), float(run.columns[quantity][place])
    return [Mark(label=f"step {step:,}", x=x, y=y)] if np.isfinite(x) else []


def _y_title(title: str, names: Sequence[str]) -> str:
    metric = METRICS.get(names[0].removeprefix(QUALITY)) if len(names) == 1 and names[0].startswith(QUALITY) else None
    return BETTER[metric.lower_is_better] if metric else Y_TITLES.get(title, "value")
