"""Figures as Plotly reads them: plain values, which the page's own script draws in the reader's theme."""

import html
import math
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from ganlab.reports.drawings import Bars, Drawing, Heat, Line, Lines, Places, Values, palette

HEIGHT, PANEL_HEIGHT, SMALL_PANEL_HEIGHT = 360, 240, 170  # pixels
AROUND, NAMES_BELOW = 90, 44  # pixels: around the panels; from the last one to the names of the lines
TINTS = [[0, "#f1f5f5"], [0.5, "#8fc4bd"], [1, "#0f766e"]]
LOGARITHMIC = {"type": "log", "nticks": 5, "tickformat": "~g"}  # of 7 those of two decades would touch; not "2" for 0.2
TITLE_LETTERS = 36  # of a line, that a telephone shows whole
GREY = "#7d8b8d"  # readable on white and on black

Plot = dict[str, Any]


def plot(drawing: Drawing) -> Plot | None:
    """`data` and `layout` for `Plotly.newPlot`; None for drawings that are pictures."""
    draw = DRAWN.get(type(drawing))
    return draw(drawing) if draw else None


def _lines(drawing: Lines) -> Plot:
    columns = drawing.columns
    rows = -(-len(drawing.panels) // columns)
    height, width = 1 / rows, 1 / columns
    data: list[Plot] = []
    named: set[str] = set()
    tall = (PANEL_HEIGHT if columns == 1 else SMALL_PANEL_HEIGHT) * rows
    layout: Plot = {"height": tall + AROUND, "annotations": [], "shapes": []}
    layout["legend"] = {"orientation": "h", "y": -NAMES_BELOW / tall, "yanchor": "top"}
    layout["showlegend"] = drawing.needs_legend
    for place, panel in enumerate(drawing.panels):
        axis = "" if place == 0 else str(place + 1)
        row, column = divmod(place, columns)
        left, top = column * width, 1 - row * height
        bottom = top - height * 0.78
        y_title = panel.y_title if column == 0 else ""
        layout[f"yaxis{axis}"] = {
            "domain": [max(0, bottom), top],
            "anchor": f"x{axis}",
            "title": {"text": _safe(y_title), "font": {"size": 12}},
        }
        if panel.log_y:
            layout[f"yaxis{axis}"] |= LOGARITHMIC
        elif panel.y_range:
            layout[f"yaxis{axis}"]["range"] = list(panel.y_range)
        ends: Plot = {"anchor": f"y{axis}", "matches": "x"} if place else {"anchor": "y"}
        if drawing.log_x:
            ends["type"] = "log"
        ends["domain"] = [left, left + width * (1 if columns == 1 else 0.84)]
        last = place + columns >= len(drawing.panels)
        layout[f"xaxis{axis}"] = ends | (
            {"title": {"text": _safe(drawing.x_title)}} if last else {"showticklabels": False}
        )
        words = "<br>".join(map(_safe, textwrap.wrap(panel.title, TITLE_LETTERS)))
        title = {
            "text": f"<b>{words}</b>",
            "align": "left",
            "x": left,
            "y": top,
            "xanchor": "left",
            "yanchor": "bottom",
        }
        layout["annotations"].append(title | {"xref": "paper", "yref": "paper", "showarrow": False})
        for line in panel.lines:
            shown = {"showlegend": line.label not in named}
            named.add(line.label)
            place_of = {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
            data += [trace | place_of for trace in _bands(line)] + [_trace(line, panel.title) | place_of | shown]
        if panel.level is not None:
            level = {"type": "line", "xref": f"x{axis} domain", "x0": 0, "x1": 1, "yref": f"y{axis}"}
            style = {"color": GREY, "dash": "dot", "width": 1}
            layout["shapes"].append(level | {"y0": panel.level, "y1": panel.level, "line": style})
        for place_of_mark, mark in enumerate(panel.marks):
            x, y = _noted(mark.x, log=drawing.log_x), _noted(mark.y, log=panel.log_y)
            note = {"x": x, "y": y, "xref": f"x{axis}", "yref": f"y{axis}", "text": _safe(mark.label)}
            if x is not None and y is not None:
                # By turns above and below: marks of several runs are often at the same step.
                layout["annotations"].append(
                    note | {"showarrow": True, "arrowhead": 6, "ay": (-28, 28)[place_of_mark % 2]}
                )
    return {"data": data, "layout": layout}


def _noted(value: float, *, log: bool) -> float | None:
    """Where Plotly wants a note: on a logarithmic axis at the exponent; nowhere for what has no place there."""
    if not log:
        return value
    return math.log10(value) if value > 0 else None


def _bands(line: Line) -> list[Plot]:
    if line.low is None or line.high is None:
        return []
    colour = _colour(line.colour)
    edge = _group(line) | {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    fill = {"fill": "tonexty", "fillcolor": f"{colour}30"}
    return [edge | {"y": _plain(line.low)}, edge | fill | {"y": _plain(line.high)}]


def _trace(line: Line, panel: str) -> Plot:
    words = " · ".join(_safe(word) for word in (line.label, line.detail, panel) if word)
    style = {"color": _colour(line.colour), "dash": line.dash, "width": 1.8}
    mode = "lines+markers" if line.marker or len(line.x) == 1 else "lines"
    hover = f"%{{y:.4g}}<extra>{words}</extra>"
    return _group(line) | {"y": _plain(line.y), "mode": mode, "line": style, "hovertemplate": hover}


def _group(line: Line) -> Plot:
    return {"legendgroup": line.label, "name": _safe(line.label), "x": _plain(line.x)}


def _places(drawing: Places) -> Plot:
    colours = palette(len(drawing.groups))
    data = [
        {
            "x": _plain(group.x),
            "y": _plain(group.y),
            "mode": "markers",
            "type": "scattergl",
            "name": _safe(group.label),
            "hovertemplate": f"{_safe(group.label)}<extra></extra>",
            "marker": {
                "size": 4,
                "color": group.colour or colours[place],
                "symbol": "circle-open" if group.hollow else "circle",
            },
        }
        for place, group in enumerate(drawing.groups)
    ]
    blank = {"showticklabels": False, "showgrid": False, "zeroline": False}
    layout: Plot = {"height": 520, "xaxis": blank, "yaxis": blank | {"scaleanchor": "x"}}
    return {"data": data, "layout": layout | ({"title": {"text": _safe(drawing.title)}} if drawing.title else {})}


def _bars(drawing: Bars) -> Plot:
    data = [
        {
            "type": "bar",
            "x": [_safe(label) for label in drawing.labels],
            "y": list(values),
            "name": _safe(name),
            "marker": {"color": _colour(place)},
        }
        for place, (name, values) in enumerate(drawing.series)
    ]
    axes = {"yaxis": {"title": {"text": _safe(drawing.y_title)}}, "xaxis": {"type": "category"}}
    return {"data": data, "layout": {"height": HEIGHT, "barmode": "group"} | axes}


def _heat(drawing: Heat) -> Plot:
    shown = {
        "type": "heatmap",
        "z": [list(row) for row in drawing.values],
        "x": [_safe(word) for word in drawing.columns],
        "y": [_safe(word) for word in drawing.rows],
        "zmin": 0,
        "zmax": 1,
        "colorscale": TINTS,
        "texttemplate": "%{z:.2f}",
        "hovertemplate": "%{y} → %{x}: %{z:.3f}<extra></extra>",
        "showscale": False,
    }
    axes = {
        "xaxis": {"side": "top", "title": {"text": _safe(drawing.across)}, "type": "category"},
        "yaxis": {"autorange": "reversed", "title": {"text": _safe(drawing.down)}, "type": "category"},
    }
    return {"data": [shown], "layout": {"height": 140 + 32 * len(drawing.rows)} | axes}


def _colour(number: int) -> str:
    return palette(number + 1)[number]


def _safe(text: str) -> str:
    """Plotly takes some tags in texts for markup; here none is meant. `%{` begins a value in hover texts."""
    return html.escape(text, quote=False).replace("%{", "%&#123;")


def _plain(values: Values) -> list[float | None]:
    """Six digits that count; what is no number becomes a gap."""
    return [float(f"{value:.6g}") if np.isfinite(value) else None for value in values.tolist()]


DRAWN: dict[type, Callable[..., Plot]] = {Lines: _lines, Places: _places, Bars: _bars, Heat: _heat}
