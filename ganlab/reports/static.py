"""Figures as SVG and PNG by Matplotlib: on white, as prints want them, or in the colours of a screen."""

import importlib.util
import io
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from PIL import Image

from ganlab.explore import pictures
from ganlab.explore.pictures import Pixels
from ganlab.extras import how_to_install
from ganlab.reports.drawings import COLOURS, Bars, Drawing, Frames, Heat, Line, Lines, Panel, Places, Tiles, palette

WIDTH, PANEL_HEIGHT, SMALL_PANEL_HEIGHT = 7.0, 2.5, 1.6  # inches
DPI = 160
TILE_WIDTH = 1_200  # pixels that a sheet is enlarged to, about
GAP = 2  # pixels between two tiles, before they are enlarged
DASHES = {"solid": "-", "dash": "--", "dot": ":"}
KEY_LINE, KEY_LETTER = 0.18, 0.075  # inches of a legend, about
PLOT_WIDTH = 5.0  # inches at least beside a long legend
PRINTED_FRAMES = 8
MOST_COLOURS = 64  # before they begin again

Format = Literal["svg", "png"]


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


def is_installed() -> bool:
    """Whether Matplotlib is there."""
    return importlib.util.find_spec("matplotlib") is not None


def draw(drawing: Drawing, kind: Format, theme: Theme = PRINT) -> bytes:
    """The figure as a file. ValueError where Matplotlib is not installed and the figure needs it."""
    if isinstance(drawing, Frames):
        drawing = printed(drawing)
    if isinstance(drawing, Tiles) and not drawing.heads and not drawing.sides and kind == "png":
        return pictures.png(sheet(drawing))
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise ValueError(how_to_install("report")) from error
    with mpl.rc_context(STYLE | _colours_of(theme)):
        canvas = Canvas(layout="constrained")
        DRAWN[type(drawing)](canvas, drawing)
        file = io.BytesIO()
        nothing = {"Date": None} if kind == "svg" else {}
        canvas.savefig(file, format=kind, dpi=DPI, metadata=nothing)
    return file.getvalue()


def _colours_of(theme: Theme) -> dict[str, Any]:
    from cycler import cycler

    inked = ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color", "axes.edgecolor")
    papered = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    return {
        **dict.fromkeys(inked, theme.ink),
        **dict.fromkeys(papered, theme.paper),
        "axes.prop_cycle": cycler(color=palette(MOST_COLOURS, dark=theme.dark)),
        "grid.color": theme.grey,
    }


def _colour(number: int) -> str:
    """That of a line or group, in the theme that is drawn with."""
    import matplotlib as mpl

    known = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    return str(known[number % len(known)])


def _grey() -> str:
    import matplotlib as mpl

    return str(mpl.rcParams["grid.color"])


def sheet(tiles: Tiles) -> Pixels:
    """All tiles as one enlarged picture."""
    atlas = pictures.atlas(tiles.images, tiles.columns, gap=GAP)
    return pictures.enlarge(atlas, max(1, round(TILE_WIDTH / atlas.shape[1])))


def printed(frames: Frames) -> Tiles:
    """Some frames in a row, the first and the last among them."""
    count = min(PRINTED_FRAMES, len(frames.frames))
    places = np.linspace(0, len(frames.frames) - 1, count).round().astype(int).tolist()
    return Tiles(images=frames.frames[places], columns=count, heads=[frames.words[place] for place in places])


def animated(frames: Frames) -> bytes:
    """The frames as GIF."""
    scale = max(1, round(360 / frames.frames.shape[2]))
    return pictures.gif(pictures.enlarge(frames.frames, scale), frame_ms=frames.frame_ms)


def _lines(canvas: Any, drawing: Lines) -> None:
    if drawing.columns > 1:
        _small_panels(canvas, drawing)
        return
    key = drawing.needs_legend
    heights = [max(PANEL_HEIGHT, KEY_LINE * _keys(panel) * key + 0.5) for panel in drawing.panels]
    longest = max((len(_named(line)) for panel in drawing.panels for line in panel.lines), default=0) * key
    canvas.set_size_inches(max(WIDTH, PLOT_WIDTH + KEY_LETTER * longest), sum(heights) + 0.5)
    axes = canvas.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for plot, panel in zip(axes, drawing.panels, strict=True):
        _panel(plot, panel, key=key)
        if drawing.log_x:
            plot.set_xscale("log")
            _mark_plainly(plot.xaxis)
    axes[-1].set_xlabel(drawing.x_title)


def _small_panels(canvas: Any, drawing: Lines) -> None:
    rows = -(-len(drawing.panels) // drawing.columns)
    canvas.set_size_inches(WIDTH, SMALL_PANEL_HEIGHT * rows + 0.6)
    axes = canvas.subplots(rows, drawing.columns, squeeze=False).flatten()
    for place, plot in enumerate(axes):
        if place >= len(drawing.panels):
            plot.set_axis_off()
            continue
        _panel(plot, drawing.panels[place], key=False)
        plot.set_ylabel(drawing.panels[place].y_title if place % drawing.columns == 0 else "")
        plot.set_xlabel(drawing.x_title if place + drawing.columns >= len(drawing.panels) else "")
    handles, labels = axes[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=8)


def _mark_plainly(axis: Any) -> None:
    """Numbers such as 0.5 on a logarithmic axis, where Matplotlib would typeset powers of ten."""
    from matplotlib import ticker

    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, place: f"{value:g}"))
    axis.set_minor_formatter(ticker.NullFormatter())


def _panel(plot: Any, panel: Panel, *, key: bool = True) -> None:
    for line in panel.lines:
        colour = _colour(line.colour)
        if line.low is not None and line.high is not None:
            plot.fill_between(line.x, line.low, line.high, color=colour, alpha=0.18, linewidth=0)
        style = {"marker": "o", "markersize": 3} if line.marker or len(line.x) == 1 else {}
        plot.plot(line.x, line.y, DASHES[line.dash], color=colour, label=_named(line), linewidth=1.3, **style)
    if panel.level is not None:
        plot.axhline(panel.level, color=_grey(), linestyle=":", linewidth=1, label=panel.level_label or None)
    for mark in panel.marks:
        plot.plot([mark.x], [mark.y], "o", color=plot.xaxis.label.get_color(), markersize=5, fillstyle="none")
        plot.annotate(mark.label, (mark.x, mark.y), textcoords="offset points", xytext=(6, 6), fontsize=8)
    plot.set(title=panel.title, ylabel=panel.y_title)
    if panel.y_range:
        plot.set_ylim(*panel.y_range)
    if panel.log_y:
        plot.set_yscale("log")
        plot.autoscale(axis="y")
        _mark_plainly(plot.yaxis)
    if key and _keys(panel):
        plot.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)


def _keys(panel: Panel) -> int:
    """How many lines its legend has."""
    return len(panel.lines) + bool(panel.level_label)


def _named(line: Line) -> str:
    return _shown(f"{line.label} · {line.detail}" if line.detail else line.label)


def _shown(label: str) -> str:
    """Matplotlib leaves labels that begin with _ out of a legend."""
    return f" {label}" if label.startswith("_") else label


def _tiles(canvas: Any, drawing: Tiles) -> None:
    n, height, width, _ = drawing.images.shape
    rows = -(-n // drawing.columns)
    tall = WIDTH * (rows * height) / (drawing.columns * width)
    canvas.set_size_inches(WIDTH, min(10.0, tall + 0.3 * bool(drawing.heads)))
    plot = canvas.subplots()
    atlas = pictures.atlas(drawing.images, drawing.columns, gap=GAP)
    plot.imshow(np.asarray(_rgb(atlas)), interpolation="nearest")
    plot.spines[:].set_visible(False)
    plot.tick_params(length=0, labelsize=8)
    plot.xaxis.tick_top()
    _words(plot.set_xticks, drawing.heads, width)
    _words(plot.set_yticks, drawing.sides, height)
    if max(map(len, drawing.heads), default=0) > 7:
        plot.tick_params(axis="x", rotation=45)
        for label in plot.get_xticklabels():
            label.set_horizontalalignment("left")


def _words(ticks: Callable[..., object], words: Sequence[str], pitch: int) -> None:
    ticks([(place * (pitch + GAP)) + pitch / 2 for place in range(len(words))], labels=list(words))


def _places(canvas: Any, drawing: Places) -> None:
    canvas.set_size_inches(WIDTH, max(5.2, KEY_LINE * len(drawing.groups) + 0.5))
    plot = canvas.subplots()
    seen = 0 if drawing.pictures is not None else 1
    for place, group in enumerate(drawing.groups):
        colour = group.colour or _colour(place)
        marker = "o" if group.colour else "osD^"[place // len(COLOURS) % 4]
        ring = {"facecolors": "none", "edgecolors": colour, "linewidths": 0.9}
        style = ring if group.hollow else {"color": colour, "linewidths": 0}
        plot.scatter(group.x, group.y, s=5, label=_shown(group.label), marker=marker, **style).set_alpha(seen)
    plot.set_xticks([])
    plot.set_yticks([])
    plot.spines[:].set_visible(False)
    plot.set_aspect("equal", adjustable="datalim")
    if drawing.pictures is not None:
        plot.imshow(drawing.pictures, extent=(*plot.get_xlim(), *plot.get_ylim()), interpolation="nearest", zorder=3)
    plot.set_title(drawing.title, fontsize=8, fontweight="normal", wrap=True)
    key = plot.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), markerscale=2.5)
    for handle in key.legend_handles:
        handle.set_alpha(1)


def _bars(canvas: Any, drawing: Bars) -> None:
    canvas.set_size_inches(WIDTH, 3.0)
    plot = canvas.subplots()
    middles = np.arange(len(drawing.labels))
    width = 0.8 / len(drawing.series)
    for place, (name, values) in enumerate(drawing.series):
        colour = _colour(place)
        left = middles + (place - (len(drawing.series) - 1) / 2) * width
        plot.bar(left, values, width, label=_shown(name), color=colour)
    plot.set_xticks(middles, labels=drawing.labels)
    plot.set_ylabel(drawing.y_title)
    plot.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _heat(canvas: Any, drawing: Heat) -> None:
    canvas.set_size_inches(WIDTH, 1.5 + 0.32 * len(drawing.rows))
    plot = canvas.subplots()
    values = np.array([[np.nan if value is None else value for value in row] for row in drawing.values], float)
    plot.imshow(values, cmap="Greens", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = "white" if value > 0.6 else "black"
            plot.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=8, color=colour)
    plot.set_xticks(range(len(drawing.columns)), labels=drawing.columns, rotation=45, ha="left")
    plot.set_yticks(range(len(drawing.rows)), labels=drawing.rows)
    plot.xaxis.tick_top()
    plot.set(xlabel=drawing.across, ylabel=drawing.down)
    plot.tick_params(length=0)
    plot.spines[:].set_visible(False)


def _rgb(picture: Pixels) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture).convert("RGB")


DRAWN: dict[type, Callable[..., None]] = {
    Lines: _lines,
    Tiles: _tiles,
    Places: _places,
    Bars: _bars,
    Heat: _heat,
}
