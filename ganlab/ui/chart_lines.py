"""The lines of one run in one panel of a figure: its curves, what lies behind them, and its best steps."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import plotly.graph_objects as go

from ganlab.explore import curves, quality
from ganlab.explore.curves import Curves
from ganlab.snapshots import QUALITY
from ganlab.ui.markdown import in_chart

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SVG_POINTS = 1_000  # a line with more is drawn by WebGL
GHOST, BAND = 0.22, 0.16  # opacity of raw values, and of the band of several seeds

Line = tuple[np.ndarray, np.ndarray]
Trace: TypeAlias = go.Scatter | go.Scattergl


class Pen(NamedTuple):
    """How all lines of a figure are drawn."""

    axis: str
    line: Callable[..., Line]  # of a run and a quantity; see `curves.line`
    unit: float  # that x is divided by
    half_life: float  # of the smoothing, steps
    ghosts: bool  # whether the raw values show behind


def traces(pen: Pen, name: str, run: Curves, colours: Mapping[str, str]) -> list[Trace]:
    """The lines of one run in one panel; `colours` by quantity, in the order of their dashes."""
    found: list[Trace] = []
    for (quantity, colour), dash in zip(colours.items(), dashes(len(colours)), strict=True):
        if quantity not in run.columns:
            continue
        if run.low and run.high:
            found.append(_band(pen, run.low, run.high, name, quantity, colour))
        elif pen.ghosts:
            found.append(_ghost(pen.line(run, quantity), pen.unit, name, colour))
        smooth = pen.line(run, quantity, half_life=pen.half_life)
        style = {"color": colour, "dash": dash, "width": 1.8}
        points = {"mode": "lines+markers", "marker": {"size": 5}} if quantity.startswith(QUALITY) else {}
        found.append(_trace(smooth, pen.unit, name, curves.describe_quantity(quantity).title, style, **points))
        found += _best(pen, run, name, quantity, colour)
    return found


def dashes(count: int) -> list[str]:
    """A dash for each of so many quantities."""
    return [DASHES[i % len(DASHES)] for i in range(count)]


def _trace(line: Line, unit: float, run: str, quantity: str, style: Mapping[str, Any], **options: Any) -> Trace:
    """A line of a run, which its entry in the legend shows and hides."""
    x, y = line
    kind = go.Scattergl if len(x) > SVG_POINTS else go.Scatter
    words = in_chart(f"{run} · {quantity}")
    usual = {"mode": "lines" if len(x) > 1 else "markers", "hovertemplate": f"%{{y:.4g}}<extra>{words}</extra>"}
    return kind(
        x=x / unit,
        y=y.astype(np.float32),
        name=words,
        legendgroup=run,
        showlegend=False,
        line=style,
        **usual | options,
    )


def _ghost(line: Line, unit: float, run: str, colour: str) -> Trace:
    """The raw values, faint behind the smoothed ones."""
    style = {"color": colour, "width": 1}
    return _trace(line, unit, run, "raw", style, opacity=GHOST, hoverinfo="skip", hovertemplate=None)


def _band(pen: Pen, low: Curves, high: Curves, run: str, quantity: str, colour: str) -> Trace:
    """One standard deviation around the mean of several seeds, as an area."""
    (x, y), (x_back, y_back) = (pen.line(edge, quantity, half_life=pen.half_life) for edge in (low, high))
    around = np.concatenate([x, x_back[::-1]]), np.concatenate([y, y_back[::-1]])
    return go.Scatter(
        x=around[0] / pen.unit,
        y=around[1].astype(np.float32),
        name=in_chart(f"{run} · deviation"),
        legendgroup=run,
        showlegend=False,
        mode="lines",
        line={"width": 0, "color": colour},
        fill="toself",
        fillcolor=colour,
        opacity=BAND,
        hoverinfo="skip",
    )


def _best(pen: Pen, run: Curves, name: str, quantity: str, colour: str) -> list[Trace]:
    """A ring around the best measurement of a metric; none of what snapshots did not measure."""
    metric = quantity.removeprefix(QUALITY)
    step = quality.best_step(run.columns, metric) if quantity.startswith(QUALITY) else None
    if step is None:
        return []
    place = int(np.flatnonzero(run.columns["step"] == step)[0])
    words = in_chart(f"{name} · best {curves.describe_quantity(quantity).title}, step {step:,}")
    return [
        go.Scatter(
            x=[run.columns[pen.axis][place] / pen.unit],
            y=[run.columns[quantity][place]],
            name=words,
            legendgroup=name,
            showlegend=False,
            mode="markers",
            marker={"symbol": "circle-open", "size": 13, "color": colour, "line": {"width": 2}},
            hovertemplate=f"%{{y:.4g}}<extra>{words}</extra>",
        )
    ]
