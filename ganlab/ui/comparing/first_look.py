"""The curves as a still picture, until the browser has Plotly: its script has 4.7 MB, and takes a second to begin."""

import base64
from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from ganlab.foreign import shortened
from ganlab.reports.drawings import Dash, Line, Lines, Panel, Values, palette
from ganlab.ui import charts

POINTS = 300  # of a line
UNITS = 1_000  # of a panel's width and height
TITLE_LETTERS = 80
EDGE, LEFT = 8, 60  # pixels around the panels; left of them, for the numbers that Plotly writes there
DASHES: dict[Dash, str] = {"solid": "", "dash": "9 5", "dot": "2 4"}
MARGIN = 0.05  # of a panel's height, above and below its lines


def address_of(drawing: Lines, *, height: int, dark: bool) -> str:
    """The picture as a data address: as wide as its place, `height` pixels high, panels where Plotly will have them."""
    count = len(drawing.panels)
    gap = charts.gap(count)
    share = (1 - gap * (count - 1)) / max(1, count)
    room = height - charts.TOP - charts.NAMES_BELOW - EDGE
    colours = palette(max((line.colour for panel in drawing.panels for line in panel.lines), default=0) + 1, dark=dark)
    shown = [
        _panel(panel, charts.TOP + round(number * (share + gap) * room), round(share * room), drawing, colours, dark)
        for number, panel in enumerate(drawing.panels)
    ]
    root = f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}" font-family="{charts.FONT}">'
    picture = "".join([root, *shown, "</svg>"])
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"


def _panel(panel: Panel, top: int, height: int, drawing: Lines, colours: list[str], dark: bool) -> str:
    x_of = _scale([line.x for one in drawing.panels for line in one.lines], log=drawing.log_x)  # which panels share
    y_of = _scale([line.y for line in panel.lines], log=panel.log_y, among=panel.y_range, margin=MARGIN)
    grey = charts.GREY[dark]
    title = escape(shortened(panel.title, TITLE_LETTERS))
    lines = "".join(_path(line, x_of(line.x), UNITS - y_of(line.y), colours[line.colour]) for line in panel.lines)
    return (
        f'<text x="{EDGE}" y="{top - EDGE}" font-size="14" font-weight="bold" fill="{grey}">{title}</text>'
        f'<svg x="{LEFT}" y="{top}" width="92%" height="{height}" viewBox="0 0 {UNITS} {UNITS}" '
        f'preserveAspectRatio="none"><path d="M0 0V{UNITS}H{UNITS}" fill="none" stroke="{grey}" '
        f'vector-effect="non-scaling-stroke"/>{lines}</svg>'
    )


def _scale(
    values: Sequence[Values],
    *,
    log: bool,
    among: tuple[float, float] | None = None,
    margin: float = 0.0,
) -> Callable[[Values], Values]:
    """From values to a panel's units; NaN for what a logarithmic axis has no place for. `among`: the axis' range."""

    def plain(some: Values) -> Values:
        return np.log10(np.where(some > 0, some, np.nan)) if log else some

    seen = np.concatenate([*map(plain, values), [np.nan]])
    seen = np.array(among) if among else seen[np.isfinite(seen)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    wide = (high - low) * (1 + 2 * margin) or 1.0
    return lambda some: (plain(some) - low + (high - low) * margin) / wide * UNITS


def _path(line: Line, x: Values, y: Values, colour: str) -> str:
    seen = np.isfinite(x) & np.isfinite(y)
    after_gap = ~np.concatenate([[False], seen[:-1]])
    steps = [
        f"{'M' if new else 'L'}{a:.0f} {b:.0f}" for new, a, b in zip(after_gap[seen], x[seen], y[seen], strict=True)
    ]
    return (
        f'<path d="{"".join(steps)}" fill="none" stroke="{colour}" stroke-width="1.8" '
        f'stroke-dasharray="{DASHES[line.dash]}" vector-effect="non-scaling-stroke"/>'
    )
