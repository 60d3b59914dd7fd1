"""A report in a real browser, on the screen and as it prints: plots are as large as their places, and nothing loads."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from ganlab.reports.document import Figure, Report, Section
from ganlab.reports.drawings import Heat, Line, Lines, Panel
from ganlab.reports.html import page as written

pytestmark = pytest.mark.e2e
X = np.linspace(0, 10, 20)
PANELS = tuple(Panel(title=name, y_title="y", lines=(Line(label="run", x=X, y=X),)) for name in "abc")
FIGURES = (
    Figure(name="lines", caption="Lines.", drawing=Lines(panels=PANELS, x_title="step")),
    Figure(
        name="heat",
        caption="Tints.",
        drawing=Heat(rows=("a", "b"), columns=("c",), values=((0.01,), (0.99,)), down="set", across="read"),
    ),
)
OUTSIDE = """() => [...document.querySelectorAll('[data-plot]')].map((place) => {
    const [outer, inner] = [place, place.querySelector('svg.main-svg')].map((one) => one.getBoundingClientRect());
    return Math.max(inner.bottom - outer.bottom, inner.right - outer.right, inner.height < 100 ? 100 : 0);
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plots_fill_their_places_also_in_print(page: Page, tmp_path: Path, scheme: str) -> None:
    report = Report(title="A report", lead="", sections=(Section(title="All", blocks=FIGURES),), made="")
    path = tmp_path / "report.html"
    path.write_text(written(report), encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 900, "height": 900})
    page.goto(path.as_uri())
    for medium, width in (("screen", 900), ("print", 700), ("screen", 900)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media=medium, color_scheme=scheme)
        page.wait_for_timeout(400)
        page.wait_for_function(f"Math.max(...({OUTSIDE})()) <= 1")
    assert [address for address in asked if not address.startswith(("file:", "data:", "blob:"))] == []
