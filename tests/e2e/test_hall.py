"""The lecture hall in a real browser: a show is made on pages, ordered, presented and stepped through by keys."""

import json

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from .conftest import Server
from .steps import Settle, installed

pytestmark = [pytest.mark.e2e, installed]


DARK = "rgb(17, 23, 23)"


@pytest.fixture(scope="module")
def server(fresh_server: Server) -> Server:
    return fresh_server


def shown(page: Page) -> FrameLocator:
    return page.frame_locator("iframe.shown")


def before_audience(page: Page, server: Server) -> None:
    """A second window of the same browser presents the show, too: it steps along, and sees the pointer."""
    other = page.context.new_page()
    other.goto(server.address("show"))
    other.get_by_role("button", name="▶ Present").click()
    expect(shown(other).get_by_role("heading", name="Learn")).to_be_visible()
    shown(other).locator("html[data-show]").wait_for(state="attached")
    page.bring_to_front()
    page.keyboard.press("p")
    page.mouse.move(700, 500)
    dot = shown(other).locator(".ganlab-pointer")
    expect(dot).to_be_visible()
    found = dot.evaluate("(dot) => [dot.style.translate, innerWidth, innerHeight]")
    across, down = (float(one.removesuffix("px")) for one in found[0].split())
    assert abs(across / found[1] - 0.5) < 0.01  # 700 of 1400 pixels
    assert abs(down / found[2] - 0.5) < 0.06  # the line of text below the views is not theirs
    page.keyboard.press("p")
    expect(dot).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(other.locator(".hall .text")).to_have_text("Flip p l f")
    page.keyboard.press("ArrowLeft")
    expect(other.locator(".hall .count")).to_have_text("1 / 2")
    other.close()


def test_a_show_is_made_presented_and_told_from_typing(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address("codes?model=mnist-infogan-64&seed=7"))
    expect(page.locator(".stage canvas")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Add to show").click()
    expect(page.get_by_text("Added to the show: 1 view.")).to_be_visible()

    before = page.locator(".stage canvas").bounding_box()
    page.locator("h1").click()
    page.keyboard.press("f")  # the stage alone
    page.wait_for_function("document.fullscreenElement && document.querySelector('[data-alone]')")
    page.wait_for_timeout(500)
    now = page.locator(".stage canvas").bounding_box()
    assert before is not None
    assert now is not None
    assert now["width"] > 1.4 * before["width"]
    assert page.locator(".stage .name").first.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") > 18
    page.keyboard.press("p")
    page.mouse.move(400, 300)
    dot = page.locator(".ganlab-pointer").bounding_box()
    assert dot is not None
    assert abs(dot["x"] + dot["width"] / 2 - 400) < 2
    expect(page.get_by_text("P ends the pointer")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator(".ganlab-pointer, .ganlab-pointer-line")).to_have_count(0)
    page.keyboard.press("f")
    page.wait_for_function("!document.fullscreenElement && !document.querySelector('[data-alone]')")

    page.get_by_role("link", name="Learn", exact=True).click()
    expect(page.get_by_role("heading", name="Learn")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Add to show").click()
    expect(page.get_by_text("Added to the show: 2 views.")).to_be_visible()
    page.get_by_role("link", name="Show", exact=True).click()
    field = page.get_by_role("textbox", name="Text of view 1")
    expect(field).to_have_value("Codes: mnist-infogan-64")
    field.fill("")
    field.press_sequentially("Flip p l f")  # letters of keys, typed
    assert page.evaluate("!document.fullscreenElement && !document.querySelector('[data-alone], .ganlab-pointer')")
    field.press("Enter")
    settle(page)
    page.wait_for_function("localStorage.getItem('ganlab-show').includes('Flip p l f')")
    page.locator("[class*='st-key-show_Earlier_0_learn']").get_by_role("button").first.click()
    expect(page.get_by_role("textbox", name="Text of view 2")).to_have_value("Flip p l f")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save (JSON)").click()
    content = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [view["address"].partition("?")[0] for view in content["views"]] == ["learn", "codes"]
    page.reload()  # the browser remembers it
    expect(page.get_by_role("textbox", name="Text of view 2")).to_have_value("Flip p l f")

    page.get_by_role("button", name="▶ Present").click()
    expect(shown(page).get_by_role("heading", name="Learn")).to_be_visible()
    assert page.evaluate("Boolean(document.fullscreenElement)")
    expect(shown(page).get_by_test_id("stSidebar")).to_be_hidden()
    page.keyboard.press("PageDown")
    expect(page.locator(".hall .text")).to_have_text("Flip p l f")
    expect(shown(page).locator(".stage canvas")).to_be_visible()
    assert "seed=7" in shown(page).locator("html").evaluate("() => location.href")
    page.keyboard.press("ArrowLeft")
    expect(shown(page).get_by_role("heading", name="Learn")).to_be_visible()
    before_audience(page, server)
    shown(page).locator("html[data-show]").wait_for(state="attached")  # the page's scripts have run
    page.keyboard.press("l")
    expect(shown(page).get_by_test_id("stApp")).to_have_css("background-color", DARK)
    shown(page).get_by_role("heading", name="Learn").wait_for()
    page.keyboard.press("p")
    page.wait_for_function("sessionStorage.getItem('ganlab-pointer')")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.fullscreenElement && !sessionStorage.getItem('ganlab-pointer')")
    expect(page.locator("iframe")).to_have_count(0)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", DARK)
    page.goto(server.address("train"))  # light and dark are the whole app's
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", DARK)

    page.goto(server.address("show"))
    expect(page.get_by_role("textbox", name="Text of view 2")).to_have_value("Flip p l f")
    settle(page)
    page.get_by_role("button", name="Load").click()
    bad = {
        "name": "bad.json",
        "mimeType": "application/json",
        "buffer": b'{"ganlab": "show", "views": [{"address": "/"}]}',
    }
    page.locator("input[type=file]").set_input_files([bad])
    expect(page.get_by_text("Nothing was loaded from bad.json: its view 1 leads to")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text of view 2")).to_have_value("Flip p l f")


NOTHING_STORED = """
for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("no storage", "SecurityError"); } });
"""


def test_keys_work_in_a_browser_that_lets_nothing_be_stored(server: Server, page: Page, settle: Settle) -> None:
    page.add_init_script(NOTHING_STORED)
    page.goto(server.address("sample?model=mnist-dcgan-28"))
    expect(page.locator(".stage canvas")).to_be_visible(timeout=60_000)
    settle(page)
    page.mouse.move(500, 500)
    page.keyboard.press("p")
    page.mouse.move(520, 500)
    expect(page.locator(".ganlab-pointer")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator(".ganlab-pointer")).to_have_count(0)
    page.keyboard.press("f")
    expect(page.locator("[data-alone]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-alone]")).to_have_count(0)
