"""Figures as files: whole legends, the colours of the screen, names as they are."""

import html
import io
import re
import warnings
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from ganlab.explore.curves import Curves
from ganlab.reports import interactive, static, themes
from ganlab.reports.drawings import Group, Line, Lines, Mark, Panel, Places, palette
from ganlab.ui.comparing import figures
from ganlab.ui.comparing.controls import Look

X = np.linspace(1, 100, 30)
PANELS = ["Losses", "D(x) and D(G(z))"]
LOOK = Look(panels=PANELS, axis="step", log=["x", "y"], smoothing=0.02, names="run", together=False)


def run(seed: int) -> Curves:
    rng = np.random.default_rng(seed)
    names = ("discriminator/loss", "generator/loss", "discriminator/real", "generator/fake")
    columns = {"step": X, "images": 64 * X, "seconds": X} | {name: rng.uniform(0.1, 1, len(X)) for name in names}
    return Curves(columns=columns)


def texts(svg: bytes) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())


class Word(NamedTuple):
    """Where a text of an SVG stands, in points from the top left."""

    anchor: str
    x: float
    y: float


def words(svg: bytes) -> dict[str, Word]:
    form = r'text-anchor: (\w+)" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>'
    return {word: Word(anchor, float(x), float(y)) for anchor, x, y, word in re.findall(form, svg.decode())}


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("count", [2, 14])
def test_the_legend_of_compare_is_whole(count: int) -> None:
    names = [f"a run of a long name {i}" for i in range(count)]
    drawing = figures.drawing({name: run(i) for i, name in enumerate(names)}, LOOK)
    told = texts(static.draw(drawing, "svg", themes.SCREENS[True]))
    for name in names:
        for quantity in ("D", "G", "D(x)", "D(G(z)) after"):
            assert f"{name} · {quantity}" in told
    assert {"Losses", "D(x) and D(G(z))", "training step", "0.5", "10"} <= set(told)
    assert not any("mathdefault" in text for text in told)
    picture = pixels(static.draw(drawing, "png", themes.SCREENS[True]))
    for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert (edge == (0x11, 0x17, 0x17)).all(), "nothing is cut off"


@pytest.mark.parametrize("dark", [False, True])
def test_colours_are_those_of_the_screen(dark: bool) -> None:
    drawing = figures.drawing({"a": run(0), "b": run(1)}, LOOK)
    svg = static.draw(drawing, "svg", themes.SCREENS[dark]).decode()
    theme = themes.SCREENS[dark]
    for colour in (theme.paper, theme.ink, *palette(2, dark=dark)):
        assert colour in svg
    assert palette(2, dark=not dark)[0] not in svg


@pytest.mark.parametrize("name", ["_hidden", "$x^2", "a $broken$ \\frac", "<b>&", "汉字"])
def test_names_are_text_whatever_they_hold(name: str) -> None:
    lines = tuple(Line(label=f"{name}{i}", x=X, y=X) for i in range(2))
    drawing = Lines(panels=(Panel(title=name, y_title="value", lines=lines),), x_title="step")
    told = [html.unescape(text).strip() for text in texts(_quiet(drawing))]
    assert {name, f"{name}0", f"{name}1"} <= set(told)


def _quiet(drawing: Lines) -> bytes:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        return static.draw(drawing, "svg")


def test_a_map_has_rings_discs_its_legend_and_its_title() -> None:
    groups = (
        Group(label="3, real", x=X, y=X, colour="#4e79a7", hollow=True),
        Group(label="3, generated", x=X, y=-X, colour="#f28e2b"),
    )
    drawing = Places(groups=groups, title="mnist: a map")
    svg = static.draw(drawing, "svg", themes.SCREENS[True])
    assert {"3, real", "3, generated", "mnist: a map"} <= set(texts(svg))
    assert b"#4e79a7" in svg
    assert b"#f28e2b" in svg
    sheet = np.zeros((50, 50, 4), np.uint8)
    sheet[20:30, 20:30] = [9, 200, 9, 255]
    shown = pixels(static.draw(Places(groups=groups, title="m", pictures=sheet), "png", themes.SCREENS[True]))
    assert (shown == (9, 200, 9)).all(2).sum() > 500, "the pictures themselves"
    for colour in ((0x4E, 0x79, 0xA7), (0xF2, 0x8E, 0x2B)):  # of the legend alone
        assert 0 < (np.abs(shown.astype(int) - colour).sum(2) < 30).sum() < 400


def test_colours_go_on_beyond_those_that_are_named() -> None:
    found = palette(40)
    assert len(set(found)) == 40
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in found)


def test_a_panel_may_be_logarithmic_beside_one_that_is_not() -> None:
    """Plotly wants notes on a logarithmic axis at the exponent."""
    line = Line(label="run", x=np.array([0.0, 10.0, 100.0]), y=np.array([300.0, 20.0, 1.0]))
    mark = Mark(label="step 10", x=10.0, y=20.0)
    linear = Panel(title="Recognisable", y_title="y", lines=(line,), marks=(mark,))
    drawing = Lines(panels=(linear, replace(linear, title="Frechet", log_y=True)), x_title="step")
    plot = interactive.plot(drawing)
    assert plot is not None
    layout = plot["layout"]
    assert (layout["yaxis"].get("type"), layout["yaxis2"].get("type")) == (None, "log")
    assert [(note["x"], note["y"]) for note in layout["annotations"] if note["text"] == "step 10"] == [
        (10.0, 20.0),
        (10.0, pytest.approx(1.30103)),
    ]
    ticks = texts(static.draw(drawing, "svg"))
    assert layout["yaxis2"]["tickformat"] == "~g"
    assert {"2", "5", "200"} <= set(ticks)  # of the logarithmic panel alone


@pytest.mark.parametrize(("columns", "log_x"), [(1, False), (3, False), (1, True)])
def test_large_numbers_are_written_out_along_the_axis(columns: int, log_x: bool) -> None:
    """Matplotlib writes 1.2, and a small 1e6 at the axis' end."""
    panel = Panel(title="t", y_title="y", lines=(Line(label="run", x=X * 20_000, y=X),))
    drawing = Lines(panels=(panel,) * columns, x_title="images", columns=columns, log_x=log_x)
    found = texts(static.draw(drawing, "svg"))
    assert "1,000,000" in found
    assert not any("1e" in text for text in found)


def test_words_of_marks_far_right_stay_in_the_panel_and_apart() -> None:
    """Two runs whose best step is the last: the words lay over the legend, and over each other."""
    runs = [Line(label=f"run {i}", x=X, y=X + i / 100) for i in range(2)]
    marks = tuple(Mark(label=f"best {i}", x=float(X[-1]), y=float(line.y[-1])) for i, line in enumerate(runs))
    svg = static.draw(
        Lines(panels=(Panel(title="t", y_title="y", lines=tuple(runs), marks=marks),), x_title="x"), "svg"
    )
    found = words(svg)
    assert all(found[f"best {i}"].anchor == "end" for i in range(2))
    assert max(found[f"best {i}"].x for i in range(2)) < min(found[f"run {i}"].x for i in range(2))
    assert abs(found["best 0"].y - found["best 1"].y) > 8


@pytest.mark.parametrize(("lines", "needed"), [(1, False), (2, True)])
def test_panels_of_one_line_need_no_legend(lines: int, needed: bool) -> None:
    panels = tuple(
        Panel(title=title, y_title="y", lines=tuple(Line(label=f"{title} {i}", x=X, y=X) for i in range(lines)))
        for title in ("error", "divergence")
    )
    drawing = Lines(panels=panels, x_title="step")
    svg = static.draw(drawing, "svg").decode()
    plot = interactive.plot(drawing)
    assert plot is not None
    assert plot["layout"]["showlegend"] is needed
    assert ("divergence 0" in svg) is needed
    assert "divergence" in svg
