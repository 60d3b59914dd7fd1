"""The server is started anew under an open page: what the stage shows, the words and the address say the same again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ports import free_port

from .conftest import serve
from .steps import COUNT, Settle, in_address, installed, pixels, settle_and_draw

pytestmark = [pytest.mark.e2e, installed]

PATIENCE_MILLISECONDS = 180_000  # two servers are started
CONNECTED = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
CLICK_AS_SOON_AS_POSSIBLE = """(selector) => {
    const timer = setInterval(() => {
        const connected = document.querySelector("[data-test-connection-state=CONNECTED]");
        const button = document.querySelector(selector);
        if (!connected || !button || button.disabled) return;
        button.click();
        clearInterval(timer);
    }, 10);
}"""


def _press(page: Page, name: str) -> None:
    """Press a button of the stage; the word that the connection is gone may lie over it, and is closed by people."""
    page.locator(".stage").get_by_role("button", name=name).evaluate("(button) => button.click()")


def _heading(page: Page) -> str:
    return page.locator("strong", has_text="Seed ").first.inner_text()


def _restart(page: Page, folder: Path, data: Path, settle: Settle, name: str, between: Callable[[], None]) -> str:
    """Open the stage, end the server, do what is to be done `between`, and start it again; returns the last seed."""
    port = free_port()
    with serve(folder, data, port=port) as server:
        page.add_init_script(COUNT)
        page.goto(server.address(name))
        page.wait_for_function("window.frames_log.length > 0", timeout=PATIENCE_MILLISECONDS)
        settle_and_draw(page, settle)
    page.locator("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])").wait_for(timeout=20_000)
    expect(page.get_by_role("status").filter(has_text="Start it again where it ran")).to_be_visible(timeout=20_000)
    _press(page, "Randomise")
    page.wait_for_timeout(500)
    between()
    shown = pixels(page.locator(".pictures canvas").first)
    with serve(folder, data, port=port):
        page.locator(CONNECTED).wait_for(timeout=PATIENCE_MILLISECONDS)
        expect(page.locator(".ganlab-away")).to_be_hidden()
        page.wait_for_function("new URL(location.href).searchParams.has('live')", timeout=PATIENCE_MILLISECONDS)
        settle_and_draw(page, settle)
        seed = in_address(page, "live")
        assert (pixels(page.locator(".pictures canvas").first) == shown).all()
        assert _heading(page) == f"Seed {seed}"
        page.get_by_role("button", name="Copy as Python").first.click()
        expect(page.get_by_test_id("stPopoverBody").locator("code")).to_contain_text(f"'{seed}'")
        page.keyboard.press("Escape")
        toast = page.get_by_test_id("stToast")
        if not toast.count():
            page.locator(".st-key-keep button").click()
        expect(toast).to_contain_text("Kept: 1 in all", timeout=30_000)
    return seed


@pytest.fixture
def lone_page(browser: Browser):
    """A page whose console may tell that the server is gone."""
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()


def test_a_move_while_the_server_was_away_is_told_when_it_is_back(
    lone_page: Page, data_folder: Path, tmp_path: Path, settle: Settle
) -> None:
    """On Codes; on Sample together with a click, below."""
    seed = _restart(lone_page, tmp_path, data_folder, settle, "codes?model=mnist-infogan-64", lambda: None)
    assert seed not in ("0", "None")


def test_the_first_click_on_keep_keeps_what_is_on_the_stage(
    lone_page: Page, data_folder: Path, tmp_path: Path, settle: Settle
) -> None:
    """It comes before the new server knows any button of the page."""
    name = "sample?model=mnist-dcgan-28"

    def click() -> None:
        lone_page.evaluate(CLICK_AS_SOON_AS_POSSIBLE, ".st-key-keep button")

    seed = _restart(lone_page, tmp_path, data_folder, settle, name, click)
    lone_page.wait_for_timeout(100)
    assert seed not in ("0", "None")
