"""Back goes from page to page, and the address says what the page shows."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Server
from .steps import Settle, in_address, settle_and_draw

pytestmark = pytest.mark.e2e

VISITED = ["Sample", "Interpolate", "Attributes", "Compare"]


def visit(page: Page, name: str, settle: Settle) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    settle_and_draw(page, settle)


def randomise(page: Page, settle: Settle) -> None:
    """Another picture on the stage, until the address says which."""
    before = in_address(page, "live")
    page.get_by_role("button", name="Randomise").click()
    page.wait_for_function(f"![{before!r}, null].includes(new URL(location.href).searchParams.get('live'))")
    settle_and_draw(page, settle)


def test_each_page_is_one_entry_and_back_goes_to_the_page_before(page: Page, server: Server, settle: Settle) -> None:
    page.goto(server.address())
    settle_and_draw(page, settle)
    first = page.evaluate("history.length")
    for count, name in enumerate(VISITED, 1):
        visit(page, name, settle)
        assert page.evaluate("history.length") == first + count
    for name in [*VISITED[-2::-1], "Gallery"]:
        page.go_back()
        settle_and_draw(page, settle)
        expect(page.locator("h1")).to_have_text(name)


def test_moving_the_stage_adds_no_entry_and_back_finds_it_moved(page: Page, server: Server, settle: Settle) -> None:
    page.goto(server.address("sample?model=mnist-dcgan-28&seed=5"))
    settle_and_draw(page, settle)
    before = page.evaluate("history.length")
    for _ in range(2):
        randomise(page, settle)
    left = in_address(page, "live")
    assert left.isdecimal()
    assert page.evaluate("history.length") == before
    visit(page, "Interpolate", settle)
    page.go_back()
    settle_and_draw(page, settle)
    assert [in_address(page, name) for name in ("live", "seed")] == [left, "5"]


def test_back_from_a_page_that_is_still_coming(page: Page, server: Server, settle: Settle) -> None:
    """Streamlit empties the address before it has the next page's path: what was left must not be emptied with it."""
    for pause_ms in (0, 100, 300):
        page.goto(server.address("sample?model=mnist-dcgan-28&seed=5"))
        settle_and_draw(page, settle)
        randomise(page, settle)
        left = in_address(page, "live")
        page.get_by_test_id("stSidebarNav").get_by_role("link", name="Interpolate").click()
        page.wait_for_function("location.pathname.includes('interpolate')")
        page.wait_for_timeout(pause_ms)
        page.go_back()
        settle_and_draw(page, settle)
        page.wait_for_timeout(1500)  # longer than a write waits for a rest
        expect(page.locator("h1")).to_have_text("Sample")
        assert [in_address(page, name) for name in ("live", "seed")] == [left, "5"], pause_ms


def test_a_widget_that_writes_meanwhile_is_not_undone(page: Page, server: Server, settle: Settle) -> None:
    page.goto(server.address("sample?model=mnist-dcgan-28&seed=5"))
    settle_and_draw(page, settle)
    page.wait_for_function("!!navigation.onnavigate")  # the script is there
    before = page.evaluate("history.length")
    page.evaluate(
        """() => {
            history.pushState({}, "", "?model=mnist-dcgan-28&seed=5&live=7");  // as a script's write comes
            history.replaceState({}, "", "?model=mnist-dcgan-28&seed=9");  // as a bound widget's does
        }"""
    )
    page.wait_for_function("location.search.includes('live')")
    assert [in_address(page, name) for name in ("model", "live", "seed")] == ["mnist-dcgan-28", "7", "9"]
    assert page.evaluate("history.length") == before


def test_from_a_card_of_the_gallery_one_back_returns(page: Page, server: Server, settle: Settle) -> None:
    page.goto(server.address())
    settle_and_draw(page, settle)
    page.get_by_test_id("stMain").get_by_role("link", name="Sample").first.click()
    settle_and_draw(page, settle)
    expect(page.locator("h1")).to_have_text("Sample")
    page.go_back()
    settle_and_draw(page, settle)
    expect(page.locator("h1")).to_have_text("Gallery")


@pytest.mark.parametrize("path", ["sample", "compare", "train?recipe=mnist-vae-28", "interpolate?model=nothing"])
def test_one_back_leaves_a_link_whose_address_the_page_puts_right(
    page: Page, server: Server, settle: Settle, path: str
) -> None:
    """The page's first words come into the address before our own script is there: as entries of their own."""
    page.goto(f"{server.url}/_stcore/health")
    page.goto(server.address(path))
    settle_and_draw(page, settle)
    page.wait_for_timeout(1500)
    page.go_back()
    page.wait_for_url("**/_stcore/health", timeout=10_000)


def test_quick_steps_of_a_slider_leave_an_address_that_agrees_with_it(
    page: Page, server: Server, settle: Settle
) -> None:
    """Three times, as it is a race."""
    for _ in range(3):
        page.goto(server.address("sample?model=mnist-dcgan-28&seed=67889"))
        settle_and_draw(page, settle)
        slider = page.get_by_role("slider", name="Truncation")
        slider.focus()
        for _ in range(25):
            page.keyboard.press("ArrowLeft")
        for _ in range(2):
            settle_and_draw(page, settle)
        shown = slider.get_attribute("aria-valuetext")
        assert shown == "0.6"
        assert in_address(page, "truncation") == shown
        assert in_address(page, "live") == "None"
