"""The map under a real pointer: what is picked out, and a drag that is taken away."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import Server
from .steps import COUNT, Settle, press

pytestmark = pytest.mark.e2e

MOUSE = 1  # its pointer's number in Chromium


@pytest.fixture(scope="module")
def server(vae_server: Server) -> Server:
    return vae_server


@pytest.fixture
def canvas(server: Server, page: Page, settle: Settle) -> Locator:
    """The canvas of a map of 100 real pictures and 100 generated ones."""
    page.add_init_script(COUNT)
    page.goto(server.address("map?model=vae&real=100&generated=100&layout=PCA&space=pixels&colour=digit"))
    settle(page)
    expect(page.get_by_label("map of 200 pictures")).to_be_visible()
    return page.get_by_label(re.compile("^map of"))


def _strong(canvas: Locator) -> int:
    """How many pixels belong to dots that are not faint."""
    alphas = "context.getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 3)"
    counted = f"{alphas}.filter((alpha) => alpha > 200).length"
    return int(canvas.evaluate(f"canvas => {{ const context = canvas.getContext('2d'); return {counted}; }}"))


def test_what_is_picked_out_is_forgotten_when_it_goes(canvas: Locator, page: Page, settle: Settle) -> None:
    real = page.get_by_role("button", name="real", exact=True)
    real.click()
    expect(real).to_have_attribute("aria-pressed", "true")
    page.locator(".st-key-real").get_by_role("slider").press("Home")
    expect(page.get_by_label("map of 100 pictures")).to_be_visible()
    expect(real).to_have_count(0)
    page.wait_for_timeout(500)
    assert _strong(canvas) > 1000


def test_a_lasso_that_the_system_takes_away_selects_nothing(canvas: Locator, page: Page, settle: Settle) -> None:
    for taken, messages in ((True, 0), (False, 1)):
        go = press(canvas, 0.02, 0.02)
        page.evaluate("sent = 0")
        for x, y in ((0.98, 0.02), (0.98, 0.98), (0.02, 0.98)):
            go(x, y)
        if taken:
            canvas.dispatch_event("lostpointercapture", {"pointerId": MOUSE})
        page.mouse.up()
        settle(page)
        assert page.evaluate("sent") == messages


def test_the_mark_of_a_small_picture_does_not_lie_over_it(browser: Browser, server: Server, settle: Settle) -> None:
    """On a screen without hovering, where the mark is always there."""
    context = browser.new_context(
        reduced_motion="reduce", viewport={"width": 1400, "height": 1000}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.address("map?model=vae&real=0&generated=100&layout=PCA&space=pixels"))
    settle(page)
    canvas = page.get_by_label(re.compile("^map of"))
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    tile = page.locator(".cell").first
    expect(tile.locator(".tile")).to_be_visible(timeout=30_000)
    expect(tile.locator(".corner")).to_be_visible()
    picture, mark = (tile.locator(part).bounding_box() for part in (".tile", ".corner"))
    assert picture is not None
    assert mark is not None
    assert picture["width"] < 48 or mark["width"] < picture["width"] / 2
    covered = min(picture["y"] + picture["height"], mark["y"] + mark["height"]) - max(picture["y"], mark["y"])
    assert picture["width"] >= 48 or covered <= 0.5
    context.close()


def test_coloured_by_origin_the_legend_names_each_once(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address("map?model=vae&real=100&generated=100&layout=PCA&space=pixels"))
    settle(page)
    for name in ("real", "generated"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(1)
