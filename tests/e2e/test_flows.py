"""What a visitor does first, in a real browser, with the models that ship."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ganlab import runs
from ganlab.runs import RunFolder

from .conftest import Server
from .steps import Settle

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def server(fresh_server: Server) -> Server:
    return fresh_server


def test_the_first_page_shows_the_shipped_models(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address())
    settle(page)
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    expect(page.locator("img").first).to_be_visible()
    shown = ""
    for number in (1, 2):
        page.goto(server.address(f"?page={number}"))
        settle(page)
        shown += page.locator(".stMain").inner_text()
    for path in server.checkpoints.glob("*.safetensors"):
        assert path.stem in shown
    page.get_by_role("link", name="Begin with the lessons").click()
    expect(page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()


def test_a_cold_deep_link_has_the_frame(server: Server, page: Page, settle: Settle) -> None:
    for name in ("sample", "interpolate", "train", "compare"):
        page.goto(server.address(name))
        settle(page)
        expect(page.get_by_role("heading", name=name.capitalize(), exact=True)).to_be_visible()
        expect(page.get_by_test_id("stSidebarNav").get_by_text("Compare")).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_sample_draws_new_pictures_and_the_address_follows(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address("sample?model=mnist-dcgan-28&count=16&seed=5"))
    settle(page)
    before = _sheet(page)
    page.get_by_role("button", name="New grid").click()
    expect(page).not_to_have_url(re.compile("seed=5$|seed=5&"))
    settle(page)
    after = _sheet(page)
    assert before != after
    page.reload()
    settle(page)
    assert _sheet(page) == after


def test_the_word_that_steps_are_timed_leaves_the_start_button_free(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address("train?recipe=digits-quick"))
    settle(page)
    page.get_by_role("button", name="How long will it take?").first.click()
    told = page.get_by_text("Timing some steps").first
    expect(told).to_be_visible()
    word, button = told.bounding_box(), page.get_by_role("button", name="Start training").bounding_box()
    assert word
    assert button
    assert word["y"] + word["height"] <= button["y"]


def test_interpolate_makes_a_film_that_can_be_kept(server: Server, page: Page, settle: Settle, tmp_path: Path) -> None:
    page.goto(server.address("interpolate?model=mnist-dcgan-28"))
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="GIF").first.click()
    download.value.save_as(tmp_path / "walk.gif")
    assert (tmp_path / "walk.gif").read_bytes()[:4] == b"GIF8"


def test_a_training_is_started_watched_cancelled_and_found_again(server: Server, page: Page, settle: Settle) -> None:
    page.goto(server.address("train"))
    settle(page)
    page.get_by_role("button", name=re.compile("Quick start")).first.click()
    run = _only_run(server)
    _until(lambda: len(runs.read_metrics(run)) > 3, "no report was written")
    page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
    points = _points(page)
    _until(lambda: _points(page) > points, "the curve on the page does not move", page)

    page.get_by_role("button", name="Cancel").first.click()
    _until(lambda: runs.read_status(run).state == "cancelled", "the training was not cancelled", page)
    page.goto(server.address("train"))
    settle(page)
    expect(page.get_by_text(re.compile("stopped on request")).first).to_be_visible()
    expect(page.get_by_role("button", name="Resume").first).to_be_visible()


def _sheet(page: Page) -> str:
    """The picture on the page, as the data that the browser was given."""
    tile = page.locator(".tiles button").first
    tile.wait_for()
    address = tile.evaluate('e => getComputedStyle(e).backgroundImage.match(/blob:[^"]+/)[0]')
    return str(page.evaluate("async (address) => (await (await fetch(address)).bytes()).toBase64()", address))


def _points(page: Page) -> int:
    """How many points the longest line of the first chart has, as Plotly decoded them."""
    return int(
        page.locator(".js-plotly-plot").first.evaluate(
            "e => Math.max(0, ...(e._fullData || []).map(line => (line.x && line.x.length) || 0))"
        )
    )


def _only_run(server: Server) -> RunFolder:
    _until(lambda: len(runs.list_runs(server.runs)) == 1, "no run directory was made")
    return runs.list_runs(server.runs)[0]


def _until(true: Callable[[], bool], message: str, page: Page | None = None) -> None:
    """Wait, letting the browser work meanwhile where there is one."""
    deadline = time.monotonic() + 90
    while not true():
        assert time.monotonic() < deadline, message
        if page is None:
            time.sleep(0.2)
        else:
            page.wait_for_timeout(200)
