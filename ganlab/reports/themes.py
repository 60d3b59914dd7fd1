"""The colours and letters that figures are drawn with, in print and on screens."""

from typing import Any, NamedTuple

from ganlab.reports.drawings import palette

WIDTH = 7.0  # inches of a figure
KEY_LINE = 0.18  # inches of a legend's line, about
MOST_COLOURS = 64  # before they begin again


class Theme(NamedTuple):
    """What figures are drawn with."""

    paper: str
    ink: str
    grey: str
    dark: bool


PRINT = Theme("#ffffff", "#000000", "#5b6b6d", dark=False)
SCREENS = {
    False: Theme("#ffffff", "#1c2526", "#5b6b6d", dark=False),
    True: Theme("#111717", "#e6eeee", "#9fb0b2", dark=True),
}
"""As `.streamlit/config.toml` has them, by whether it is dark."""
STYLE = {
    "font.family": ["DejaVu Sans"],  # comes with Matplotlib: the same letters on every machine
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.hashsalt": "ganlab",
    "svg.fonttype": "none",  # text stays text
    "text.parse_math": False,  # names of others may hold $
}


def colours_of(theme: Theme) -> dict[str, Any]:
    """Matplotlib's settings for it, beside `STYLE`."""
    from cycler import cycler

    inked = ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color", "axes.edgecolor")
    papered = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    return {
        **dict.fromkeys(inked, theme.ink),
        **dict.fromkeys(papered, theme.paper),
        "axes.prop_cycle": cycler(color=palette(MOST_COLOURS, dark=theme.dark)),
        "grid.color": theme.grey,
    }


def nth_colour(number: int) -> str:
    """That of a line or group, in the theme that is drawn with."""
    import matplotlib as mpl

    known = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    return str(known[number % len(known)])


def grey() -> str:
    """That of levels and grids, in the theme that is drawn with."""
    import matplotlib as mpl

    return str(mpl.rcParams["grid.color"])


def shown(label: str) -> str:
    """Matplotlib leaves labels that begin with _ out of a legend."""
    return f" {label}" if label.startswith("_") else label
