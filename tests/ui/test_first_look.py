"""The still picture of curves that a page shows until the browser has Plotly."""

import base64
import re
from xml.etree import ElementTree

import numpy as np

from ganlab.reports.drawings import COLOURS, Line, Lines, Panel
from ganlab.ui.comparing import first_look

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*panels: Panel, **axes: bool) -> ElementTree.Element:
    address = first_look.address_of(Lines(panels=panels, x_title="step", **axes), height=640, dark=False)
    return ElementTree.fromstring(base64.b64decode(address.removeprefix("data:image/svg+xml;base64,")))


def panel(
    *lines: Line, title: str = "Losses", y_range: tuple[float, float] | None = None, log_y: bool = False
) -> Panel:
    return Panel(title=title, y_title="", lines=lines, y_range=y_range, log_y=log_y)


def line(x: list[float], y: list[float], **more: object) -> Line:
    return Line(label="run", x=np.array(x), y=np.array(y), **more)


def paths(picture: ElementTree.Element) -> list[list[list[float]]]:
    """Of each curve its points; the frames come first in their panels, and are left out."""
    found = [plot.findall(f"{SVG}path")[1:] for plot in picture.iter(f"{SVG}svg") if plot is not picture]
    return [
        [[float(part) for part in point.split()] for point in re.findall("[ML]([^ML]+)", one.get("d", ""))]
        for curves in found
        for one in curves
    ]


def test_lines_lie_where_their_values_are():
    picture = drawn(panel(line([0, 1, 2], [0, 1, 0.5], colour=1), y_range=(0, 1)), panel(line([2, 4], [7, 7])))
    curve, level = paths(picture)
    assert curve == [[0, 955], [250, 45], [500, 500]]
    assert [point[0] for point in level] == [500, 1000]
    assert level[0][1] == level[1][1]
    assert COLOURS[1] in ElementTree.tostring(picture, encoding="unicode")


def test_what_a_logarithmic_axis_has_no_place_for_is_left_out():
    picture = drawn(panel(line([1, 10, 100, 1000], [1, 0, 10, 100]), log_y=True), log_x=True)
    ((first, second, third),) = paths(picture)
    assert [first[0], second[0], third[0]] == [0, 667, 1000]
    assert second[1] == 500
    d = [one.get("d", "") for one in picture.iter(f"{SVG}path")][1]
    assert d.count("M") == 2  # a gap


def test_a_picture_of_nothing_and_of_names_with_marks_can_be_drawn():
    title = "<b>&\u202e\x00" + "x" * 3_000
    texts = [one.text or "" for one in drawn(panel(line([], []), line([3], [np.nan]), title=title)).iter(f"{SVG}text")]
    assert texts[0].startswith("<b>&")
    assert len(texts[0]) <= first_look.TITLE_LETTERS
    drawn()
