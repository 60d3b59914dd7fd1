"""Training curves as a figure: a panel for each kind of quantity, a colour for each run, a dash for each quantity."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ganlab.explore import curves, quality
from ganlab.explore.curves import Curves
from ganlab.reports import drawings
from ganlab.reports.interactive import LOGARITHMIC
from ganlab.reports.panels import Y_TITLES
from ganlab.ui.chart_lines import Pen, dashes, traces
from ganlab.ui.markdown import in_chart

COLOURS = {False: drawings.COLOURS, True: drawings.ON_DARK}
"""As chartCategoricalColors in .streamlit/config.toml has them."""
GREY = {False: "#5b6b6d", True: "#9fb0b2"}
TINTS = {  # places in COLOURS: what D does, what G does, and D of images that G has not yet answered
    "discriminator/loss": 0,
    "generator/loss": 1,
    "discriminator/real": 0,
    "generator/fake": 1,
    "discriminator/fake": 2,
}

POINTS_IN_ALL = 200_000  # about 3 MB on the way to the browser
GHOSTED_RUNS = 6  # with more runs, the unsmoothed lines behind the smoothed ones only blur the picture

FONT = "Arial, Helvetica, sans-serif"
"""Of the computer, not of the page: the page's own is not there in a saved PNG, where wider letters would overlap."""
TOP, NAMES_BELOW = 96, 56  # pixels: room for Plotly's buttons and the first key; from the last panel to the names
NAMES_A_ROW, NAME_ROW, FEW_NAMES, MOST_NAMES = 4, 24, 48, 160  # names, then pixels: names below the panels

LINEAR = {"type": "linear"}

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "filename": "ganlab-curves", "width": 1200, "height": 720, "scale": 2},
}
"""For `st.plotly_chart(..., config=CONFIG)`: the camera button saves a PNG of one size, whatever the window's.

Without a size Plotly takes 700 px, in which names and keys are cut off.
"""


def curve_figure(
    runs: Mapping[str, Curves],
    *,
    panels: Sequence[str] = (curves.LOSSES, curves.OUTPUTS),
    axis: str = "step",
    log_x: bool = False,
    log_y: bool = False,
    smoothing: float = 0.0,
    dark: bool = False,
    height: int = 640,
    colour_by: Literal["run", "quantity"] = "run",
    noun: str = "image",
) -> go.Figure:
    """The curves of `runs` (legend name => curves), panel under panel on one x axis.

    `axis` is one of `curves.AXES`; runs without it are left out, as are panels that no run has logged. `smoothing` is
    the half-life of the moving average as a share of the longest run. `height` in pixels. `colour_by` quantity is for
    one run: its discriminator and its generator then differ in colour, and in dash for those who see no colours.
    `noun` is what people call one of what the runs learn from.
    """
    drawn = {name: run for name, run in runs.items() if run and axis in run.columns}
    colour_of = dict(zip(runs, colours(len(runs), dark), strict=True))
    logged = curves.panels([name for run in drawn.values() for name in run.quantities])
    shown = {panel: names for panel, names in logged.items() if panel in panels}
    count = sum(name in run.columns for run in drawn.values() for names in shown.values() for name in names)
    unit, x_title = unit_of(axis, drawn, noun)
    half_life = smoothing * max((float(run.columns["step"].max()) for run in drawn.values()), default=0.0)
    pen = Pen(
        axis=axis,
        line=partial(curves.line, axis=axis, log_x=log_x, points=_points(count)),
        unit=unit,
        half_life=half_life,
        ghosts=half_life > 0 and len(drawn) <= GHOSTED_RUNS,
    )

    figure = make_subplots(max(1, len(shown)), 1, shared_xaxes=True, vertical_spacing=gap(len(shown)))
    for row, (panel, quantities) in enumerate(shown.items(), 1):
        tints = _tints(quantities, dark) if colour_by == "quantity" else dict.fromkeys(quantities, "")
        for name, run in drawn.items():
            colours_here = {quantity: tint or colour_of[name] for quantity, tint in tints.items()}
            figure.add_traces(traces(pen, name, run, colours_here), rows=row, cols=1)
        greys = {name: tint or GREY[dark] for name, tint in tints.items()}
        _title_panel(figure, row, panel, {curves.describe_quantity(name).title: tint for name, tint in greys.items()})
        by_itself = quality.spans_decades([run.columns for run in drawn.values()], quantities)
        figure.update_yaxes(LOGARITHMIC if log_y or by_itself else LINEAR, row=row, col=1)
        if by_itself and not log_y:
            figure.update_yaxes(title_text="logarithmic", row=row, col=1)
        if panel == curves.OUTPUTS:
            figure.update_yaxes(range=None if log_y else (-0.02, 1.02), row=row, col=1)
            figure.add_hline(0.5, row=row, col=1, line={"color": GREY[dark], "width": 1, "dash": "dot"})
    _name_runs(figure, {name: colour_of[name] for name in drawn})
    return _laid_out(figure, x_title, log_x, height, uirevision=f"{axis} {log_x} {log_y} {list(shown)}")


def gap(panels: int) -> float:
    """Between two panels, as a share of the height of all."""
    return 0.6 / max(3, panels + 1)


def colours(count: int, dark: bool) -> list[str]:
    """The theme's colours; beyond them, hues a golden angle apart."""
    return drawings.palette(count, dark=dark)


def _name_runs(figure: go.Figure, colours: Mapping[str, str]) -> None:
    """One legend entry a run, which shows and hides all its lines."""
    for name, colour in colours.items():
        style = {"color": colour, "width": 3}
        figure.add_trace(
            go.Scatter(x=[None], y=[None], mode="lines", name=in_chart(name), legendgroup=name, line=style), 1, 1
        )


def _tints(quantities: Sequence[str], dark: bool) -> dict[str, str]:
    """A colour of the theme for each quantity of a panel; the two players have the same in every panel."""
    free = iter(colours(len(TINTS) + len(quantities), dark)[len(set(TINTS.values())) :])
    return {name: COLOURS[dark][TINTS[name]] if name in TINTS else next(free) for name in quantities}


def _title_panel(figure: go.Figure, row: int, panel: str, tints: Mapping[str, str]) -> None:
    """The panel's name at its top left, and below it what its lines (title => colour) are.

    Where there is a key, the name is its title: one box, which grows upwards where the key takes several lines, so
    that the two never lie over each other.
    """
    axis = figure.get_subplot(row, 1).yaxis
    top = axis.domain[1]
    axis.title.text = Y_TITLES.get(panel, "value")
    place = {"x": 0, "y": top, "xanchor": "left", "yanchor": "bottom"}
    name = {"text": f"<b>{in_chart(panel)}</b>", "font": {"size": 14}}
    if len(tints) < 2 and panel != curves.LOSSES:
        figure.add_annotation(**place, **name, xref="paper", yref="paper", showarrow=False)
        return
    legend = f"legend{row + 1}"
    for dash, (title, tint) in zip(dashes(len(tints)), tints.items(), strict=True):
        style = {"color": tint, "dash": dash, "width": 1.8}
        figure.add_trace(
            go.Scatter(
                x=[None], y=[None], mode="lines", name=in_chart(title), legend=legend, line=style, hoverinfo="skip"
            ),
            row,
            1,
        )
    key = {"orientation": "h", "title": name | {"side": "top"}, "itemclick": False, "itemdoubleclick": False}
    figure.update_layout({legend: place | key | {"itemwidth": 36, "bgcolor": "rgba(0, 0, 0, 0)"}})


def _laid_out(figure: go.Figure, x_title: str, log_x: bool, height: int, *, uirevision: str) -> go.Figure:
    """Everything around the lines. The names of the runs stand below the panels, which pushes nothing else aside."""
    runs = len({trace.legendgroup for trace in figure.data if trace.legendgroup})
    many = runs > GHOSTED_RUNS
    tall = min(MOST_NAMES, math.ceil(runs / NAMES_A_ROW) * NAME_ROW)
    height += max(0, tall - FEW_NAMES)
    below = NAMES_BELOW / (height - TOP - tall)
    names = {"orientation": "h", "x": 0, "y": -below, "yanchor": "top", "font": {"size": 13}, "maxheight": MOST_NAMES}
    figure.update_layout(
        font={"family": FONT},
        height=height,
        margin={"l": 8, "r": 8, "t": TOP, "b": 8},
        hovermode="closest" if many else "x unified",
        legend=names,
        uirevision=uirevision,  # zoom and hidden runs stay while curves grow
    )
    figure.update_xaxes(LOGARITHMIC if log_x else LINEAR)
    list(figure.select_xaxes())[-1].title.text = x_title
    return figure


def unit_of(axis: str, runs: Mapping[str, Curves], noun: str) -> tuple[float, str]:
    """What to divide the axis by, and its title."""
    titles = {"step": "training step", "images": f"real {noun}s seen", "epoch": "epoch"}
    if axis in titles:
        return 1.0, titles[axis]
    longest = max((float(np.nanmax(run.columns[axis])) for run in runs.values() if len(run)), default=0.0)
    for seconds, name in ((3600.0, "hours"), (60.0, "minutes")):
        if longest > 3 * seconds:
            return seconds, f"training time, {name}"
    return 1.0, "training time, seconds"


def _points(lines: int) -> int:
    return max(100, min(curves.POINTS, POINTS_IN_ALL // max(1, lines)))
