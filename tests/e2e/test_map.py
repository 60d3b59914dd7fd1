"""The map under a real pointer: what is picked out, and a drag that is taken away."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Server
from .steps import COUNT, Settle, press

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def server(vae_server: Server) -> Server:
    return vae_server


@pytest.fixture
def canvas(server: Server, page: Page, settle: Settle) -> Locator:
    """The canvas of a map of 100 real pictures and 100 generated ones."""
    page.add_init_script(COUNT)
    page.goto(server.address("map?model=vae&real=100&generated=100&layout=PCA&space=pixels"))
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
            canvas.dispatch_event("lostpointercapture")
        page.mouse.up()
        settle(page)
        assert page.evaluate("sent") == messages
