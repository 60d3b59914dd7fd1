"""Figures as SVG and PNG by Matplotlib: on white, as prints want them, or in the colours of a screen."""

import importlib.util
import io
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from PIL import Image

from ganlab.explore import pictures
from ganlab.explore.pictures import Pixels
from ganlab.extras import how_to_install
from ganlab.reports import plotted_lines
from ganlab.reports.drawings import COLOURS, Bars, Drawing, Frames, Heat, Lines, Places, Tiles
from ganlab.reports.themes import KEY_LINE, PRINT, STYLE, WIDTH, Theme, colours_of, nth_colour, shown

DPI = 160
TILE_WIDTH = 1_200  # pixels that a sheet is enlarged to, about
GAP = 2  # pixels between two tiles, before they are enlarged
PRINTED_FRAMES = 8

Format = Literal["svg", "png"]


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
    with mpl.rc_context(STYLE | colours_of(theme)):
        canvas = Canvas(layout="constrained")
        DRAWN[type(drawing)](canvas, drawing)
        file = io.BytesIO()
        nothing = {"Date": None} if kind == "svg" else {}
        canvas.savefig(file, format=kind, dpi=DPI, metadata=nothing)
    return file.getvalue()


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
        colour = group.colour or nth_colour(place)
        marker = "o" if group.colour else "osD^"[place // len(COLOURS) % 4]
        ring = {"facecolors": "none", "edgecolors": colour, "linewidths": 0.9}
        style = ring if group.hollow else {"color": colour, "linewidths": 0}
        plot.scatter(group.x, group.y, s=5, label=shown(group.label), marker=marker, **style).set_alpha(seen)
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
        colour = nth_colour(place)
        left = middles + (place - (len(drawing.series) - 1) / 2) * width
        plot.bar(left, values, width, label=shown(name), color=colour)
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
    Lines: plotted_lines.lines,
    Tiles: _tiles,
    Places: _places,
    Bars: _bars,
    Heat: _heat,
}
