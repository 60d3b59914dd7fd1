"""What a figure of a report shows, apart from how it is drawn: `static` and `interactive` each draw all of these."""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ganlab.explore.pictures import Pixels

COLOURS = ("#0f766e", "#c2410c", "#4338ca", "#a16207", "#be185d", "#0369a1", "#4d7c0f", "#6b7280")
"""By number of a line or group; they differ in lightness, too."""
ON_DARK = ("#2dd4bf", "#fb923c", "#a5b4fc", "#facc15", "#f472b6", "#7dd3fc", "#a3e635", "#9ca3af")
"""The same on a dark ground."""


def palette(count: int, *, dark: bool = False) -> list[str]:
    """So many colours; beyond those that are named, hues a golden angle apart."""
    named, light = (ON_DARK, 0.7) if dark else (COLOURS, 0.4)
    more = [colorsys.hls_to_rgb(137.5 * i % 360 / 360, light, 0.55) for i in range(max(0, count - len(named)))]
    return [*named, *("#" + "".join(f"{round(255 * part):02x}" for part in rgb) for rgb in more)][:count]


Dash = Literal["solid", "dash", "dot"]
Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Line:
    """A curve; NaN leaves a gap. Curves of one label are shown and hidden together."""

    label: str
    detail: str = ""  # what tells it from the others of its label
    x: Values  # [N]
    y: Values  # [N]
    colour: int = 0  # a number of COLOURS, from there on again
    dash: Dash = "solid"
    low: Values | None = None  # [N], of a band around the curve
    high: Values | None = None
    marker: bool = False  # a dot at each point


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One point that is marked in a panel."""

    label: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """Curves over one x axis, which all panels of a figure share."""

    title: str
    y_title: str
    lines: tuple[Line, ...]
    level: float | None = None  # a dotted line across
    level_label: str = ""
    marks: tuple[Mark, ...] = ()
    y_range: tuple[float, float] | None = None
    log_y: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """Panels, one below the other; in several columns for panels with the same lines, which have one legend then."""

    panels: tuple[Panel, ...]
    x_title: str
    columns: int = 1
    log_x: bool = False

    @property
    def needs_legend(self) -> bool:
        """Whether some panel has several lines; of one line its title tells."""
        return any(len(panel.lines) > 1 for panel in self.panels)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Tiles:
    """Pictures row by row, with a word a column and a row, or none."""

    images: Pixels  # [N, H, W, C]
    columns: int
    heads: Sequence[str] = ()
    sides: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frames:
    """Pictures after each other; a print shows some of them in a row."""

    frames: Pixels  # [N, H, W, C]
    words: Sequence[str]  # one a frame
    frame_ms: int = 400


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Group:
    """Points of one colour."""

    label: str
    x: Values
    y: Values
    colour: str = ""  # `#rrggbb`; else by the group's number
    hollow: bool = False  # rings instead of discs


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Places:
    """Points on a plane whose axes mean nothing."""

    groups: tuple[Group, ...]
    title: str = ""
    pictures: Pixels | None = None  # [h, w, 4], drawn over all of the plane instead of the points


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """A group of bars for each label."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]  # a name and a value a label
    y_title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Heat:
    """A table of shares from 0 to 1, as tints."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]  # None: it does not apply
    down: str  # what the rows are
    across: str


Drawing = Lines | Tiles | Frames | Places | Bars | Heat
