"""Training curves as SVG: small pictures that need no script."""

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ganlab.counting import number
from ganlab.explore import curves
from ganlab.explore.curves import Curves

WIDTH, HEIGHT = 320, 170  # units of the picture
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 8, 20  # around the lines
LINES = 8  # that have a colour of their own
POINTS = 300  # of a line, at most


class Line(NamedTuple):
    """A quantity over steps."""

    title: str
    x: np.ndarray
    y: np.ndarray


def figures(found: Curves) -> str:
    """A figure for each panel that the app has, as HTML; empty without curves."""
    parts = []
    for panel, names in curves.panels(found.quantities).items():
        lines = [_line(found, name) for name in names[:LINES]]
        if lines := [line for line in lines if len(line.y)]:
            parts.append(_figure(panel, lines))
    return f'<div class="curves">{"".join(parts)}</div>' if parts else ""


def _line(found: Curves, name: str) -> Line:
    return Line(curves.describe_quantity(name).title, *curves.line(found, name, points=POINTS))


def _figure(panel: str, lines: Sequence[Line]) -> str:
    low = min(float(line.y.min()) for line in lines)
    high = max(float(line.y.max()) for line in lines)
    last = max(float(line.x.max()) for line in lines) or 1.0
    drawn = "".join(
        f'<path class="line-{i}" d="{_path(line, last, low, high)}"><title>{_text(line.title)}</title></path>'
        for i, line in enumerate(lines)
    )
    bottom = HEIGHT - BOTTOM
    words = [
        f'<text x="{LEFT - 4}" y="{TOP + 8}" text-anchor="end">{number(high)}</text>',
        f'<text x="{LEFT - 4}" y="{bottom}" text-anchor="end">{number(low)}</text>',
        f'<text x="{LEFT}" y="{HEIGHT - 6}">0</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{last:,.0f} steps</text>',
    ]
    names = "" if len(lines) == 1 else f": {', '.join(line.title for line in lines)}"
    return (
        f"<figure><figcaption>{_text(panel)}{_legend(lines)}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{_text(panel + names)} over training steps, from {number(low)} to {number(high)}">'
        f'<path class="frame" d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}"/>{drawn}{"".join(words)}</svg></figure>'
    )


def _legend(lines: Sequence[Line]) -> str:
    """The names of several lines, each behind its colour."""
    if len(lines) == 1:
        return ""
    return ": " + ", ".join(
        f'<span class="line-{i}" aria-hidden="true">\N{HORIZONTAL BAR}</span> {_text(line.title)}'
        for i, line in enumerate(lines)
    )


def _path(line: Line, last: float, low: float, high: float) -> str:
    x = LEFT + line.x / last * (WIDTH - LEFT - RIGHT)
    y = HEIGHT - BOTTOM - (line.y - low) / ((high - low) or 1.0) * (HEIGHT - TOP - BOTTOM)
    return "M" + "L".join(f"{one:.1f} {other:.1f}" for one, other in zip(x, y, strict=True))


def _text(text: str) -> str:
    return html.escape(text)
