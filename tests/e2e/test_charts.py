"""The chart of curves in a real browser: words do not lie over each other, on the page or in the saved picture."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from .conftest import Server
from .steps import Settle

pytestmark = pytest.mark.e2e
CURVES = "faces-acgan-64,faces-gan-64,mnist-dcgan-28,mnist-dcgan-64,mnist-infogan-64-z54"
WORDS = """root => [...root.querySelectorAll('text')].filter((one) => one.textContent && !one.closest('.hoverlayer'))
    .map((one) => {
        const box = one.getBoundingClientRect();
        return [one.textContent, box.left, box.top, box.right, box.bottom];
    })"""
FONTS = """root => [...root.querySelectorAll('text')].filter((one) => one.textContent).map((one) => {
    const style = getComputedStyle(one);
    const font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return [one.textContent, font, one.querySelector('tspan') ? null : one.getComputedTextLength()];
}).filter(([, , width]) => width)"""
MEASURED = """words => words.map(([text, font]) => {
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = font;
    return pen.measureText(text).width;
})"""
Word = tuple[str, float, float, float, float]


def _overlaps(words: list[Word]) -> list[tuple[str, str]]:
    return [
        (a[0], b[0])
        for i, a in enumerate(words)
        for b in words[i + 1 :]
        if min(a[3], b[3]) - max(a[1], b[1]) > 1 and min(a[4], b[4]) - max(a[2], b[2]) > 3
    ]


def test_keys_and_names_lie_beside_each_other(server: Server, page: Page, settle: Settle) -> None:
    for width in (1400, 1000, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(server.address(f"compare?curves={CURVES}"))
        settle(page)
        chart = page.locator(".stPlotlyChart .main-svg").first
        chart.wait_for()
        page.wait_for_timeout(1500)
        words: list[Word] = page.locator(".stPlotlyChart").evaluate(WORDS)
        assert {"Losses", "D(x) and D(G(z))", "faces-gan-64"} <= {word[0] for word in words}
        assert not _overlaps(words), width


def test_the_saved_picture_has_one_size_and_room_for_its_words(
    server: Server, page: Page, settle: Settle, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1000, "height": 800})
    page.goto(server.address(f"compare?curves={CURVES}"))
    settle(page)
    page.locator(".stPlotlyChart .main-svg").first.wait_for()
    page.wait_for_timeout(1500)
    page.locator(".stPlotlyChart").hover()
    with page.expect_download() as saving:
        page.locator("[data-title*='png' i]").first.click()
    saving.value.save_as(tmp_path / "chart.png")
    with Image.open(tmp_path / "chart.png") as picture:
        assert picture.size == (2400, 1440)
    # Plotly lays the picture out with the page's fonts and draws it without them: widths have to be the same
    on_page = page.locator(".stPlotlyChart").evaluate(FONTS)
    assert len(on_page) > 10
    page.goto("about:blank")
    alone = page.evaluate(MEASURED, on_page)
    for (text, _, width), without in zip(on_page, alone, strict=True):
        assert without == pytest.approx(width, rel=0.04, abs=1), text
