"""Curves by Matplotlib: panels below each other, each with its key beside it."""

from typing import Any

from ganlab.reports.drawings import Line, Lines, Panel
from ganlab.reports.themes import KEY_LINE, WIDTH, grey, nth_colour, shown

PANEL_HEIGHT, SMALL_PANEL_HEIGHT = 2.5, 1.6  # inches
SMALL_PANEL_TICKS = 3  # along x, of wide numbers
DASHES = {"solid": "-", "dash": "--", "dot": ":"}
KEY_LETTER = 0.075  # inches of a letter in a legend, about
PLOT_WIDTH = 5.0  # inches at least beside a long legend


def lines(canvas: Any, drawing: Lines) -> None:
    """Draw the panels on Matplotlib's figure, and give it their size."""
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
        else:
            plot.xaxis.set_major_formatter(written)
    axes[-1].set_xlabel(drawing.x_title)


def written(value: float, place: int | None = None) -> str:
    """A number on an axis, such as 1,200,000, where Matplotlib would write 1.2 and a power of ten at the axis' end."""
    return f"{value:,.12g}"


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
        plot.locator_params(axis="x", nbins=SMALL_PANEL_TICKS)
        plot.xaxis.set_major_formatter(written)
    handles, labels = axes[0].get_legend_handles_labels()
    canvas.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=8)


def _mark_plainly(axis: Any) -> None:
    """Numbers such as 0.5 on a logarithmic axis, where Matplotlib would typeset powers of ten."""
    from matplotlib import ticker

    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(ticker.FuncFormatter(written))
    axis.set_minor_formatter(ticker.NullFormatter())


def _panel(plot: Any, panel: Panel, *, key: bool = True) -> None:
    for line in panel.lines:
        shade = nth_colour(line.colour)
        if line.low is not None and line.high is not None:
            plot.fill_between(line.x, line.low, line.high, color=shade, alpha=0.18, linewidth=0)
        style = {"marker": "o", "markersize": 3} if line.marker or len(line.x) == 1 else {}
        plot.plot(line.x, line.y, DASHES[line.dash], color=shade, label=_named(line), linewidth=1.3, **style)
    if panel.level is not None:
        plot.axhline(panel.level, color=grey(), linestyle=":", linewidth=1, label=panel.level_label or None)
    _mark(plot, panel)
    plot.set(title=panel.title, ylabel=panel.y_title)
    if panel.y_range:
        plot.set_ylim(*panel.y_range)
    if panel.log_y:
        plot.set_yscale("log")
        plot.autoscale(axis="y")
        _mark_plainly(plot.yaxis)
    if key and _keys(panel):
        plot.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)


def _mark(plot: Any, panel: Panel) -> None:
    """Ring what is marked, with words inside the panel: to the left of it, where it is far right, else to the right.

    By turns above and below: marks of several runs are often at the same step.
    """
    middle = sum(plot.get_xlim()) / 2
    for place, mark in enumerate(panel.marks):
        plot.plot([mark.x], [mark.y], "o", color=plot.xaxis.label.get_color(), markersize=5, fillstyle="none")
        side, end = (-6, "right") if mark.x > middle else (6, "left")
        offset = (side, (6, -12)[place % 2])
        plot.annotate(mark.label, (mark.x, mark.y), textcoords="offset points", xytext=offset, ha=end, fontsize=8)


def _keys(panel: Panel) -> int:
    """How many lines its legend has."""
    return len(panel.lines) + bool(panel.level_label)


def _named(line: Line) -> str:
    return shown(f"{line.label} · {line.detail}" if line.detail else line.label)
