"""What is kept stays: over reloads, in other tabs, and when the server is started anew; and it can be undone."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ports import free_port

from .conftest import serve
from .steps import Settle, in_address, settle_and_draw

pytestmark = pytest.mark.e2e


def _in_browser(page: Page) -> list[str]:
    text = page.evaluate("localStorage.getItem('ganlab-kept')")
    return [one["latent"] for one in json.loads(text or '{"latents": []}')["latents"]]


def _wait_for(page: Page, latents: list[str]) -> None:
    """Until the browser has these, and the page shows as many."""
    wanted = json.dumps(latents)
    page.wait_for_function(
        "(wanted) => JSON.stringify((JSON.parse(localStorage.getItem('ganlab-kept') ?? '{}').latents ?? [])"
        ".map((one) => one.latent)) === JSON.stringify(JSON.parse(wanted))",
        arg=wanted,
        timeout=30_000,
    )
    for latent in latents:
        expect(page.locator(f".st-key-tray [aria-label*='Seed {latent}']").first).to_be_attached(timeout=30_000)
    expect(page.locator(".st-key-tray [role=group] > *")).to_have_count(len(latents), timeout=30_000)


def test_what_is_kept_outlives_reloads_tabs_and_the_server(
    browser: Browser, data_folder: Path, tmp_path: Path, settle: Settle
) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1400, "height": 1000})
    page, port = context.new_page(), free_port()
    with serve(tmp_path, data_folder, port=port) as server:
        page.goto(server.address("sample?model=mnist-dcgan-28&seed=10"))
        settle_and_draw(page, settle)
        page.locator(".st-key-keep button").click()
        _wait_for(page, ["10"])
        page.reload()
        settle_and_draw(page, settle)
        _wait_for(page, ["10"])
        other = context.new_page()
        other.goto(server.address("sample?model=mnist-dcgan-28&seed=20"))
        settle_and_draw(other, settle)
        _wait_for(other, ["10"])
        other.locator(".st-key-keep button").click()
        _wait_for(other, ["10", "20"])
        _wait_for(page, ["10", "20"])
        page.bring_to_front()
        page.locator("h1").click()
        page.get_by_role("button", name="Forget all").click()
        _wait_for(page, [])
        page.keyboard.press("Control+z")
        _wait_for(page, ["10", "20"])
        page.keyboard.press("Control+Shift+z")
        _wait_for(page, [])
        page.get_by_role("button", name="Undo").click()
        _wait_for(page, ["10", "20"])
        page.get_by_role("button", name="New grid").click()
        expect(page).not_to_have_url(re.compile("seed=10$|seed=10&"))
        settle_and_draw(page, settle)
        expect(page.locator("strong", has_text="Seed 10").first).to_be_visible()  # the stage is no part of the grid
        assert in_address(page, "live") == "10"
        other.close()
    with serve(tmp_path, data_folder, port=port):
        page.reload()
        settle_and_draw(page, settle)
        _wait_for(page, ["10", "20"])
        page.get_by_role("button", name="Names, order, files").click()
        settle_and_draw(page, settle)
        page.get_by_label("Name of 20").fill("twenty")
        page.get_by_label("Name of 20").press("Control+z")
        page.get_by_label("Name of 20").fill("twenty")
        page.get_by_label("Name of 20").press("Enter")
        settle_and_draw(page, settle)
        expect(page.locator(".st-key-tray [aria-label*='twenty: Seed 20']").first).to_be_attached()
        page.screenshot(path=str(tmp_path / "kept.png"))
        assert _in_browser(page) == ["10", "20"], "undo in a text field is the field's own"
    context.close()
