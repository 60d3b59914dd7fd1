"""The gallery in a real browser: how long it is, and where an uploaded model's card is."""

import shutil

import pytest
from playwright.sync_api import Page, expect

from .conftest import ROOT, Server
from .steps import Settle

pytestmark = pytest.mark.e2e


HEIGHT = "() => document.querySelector('[data-testid=stMain]').scrollHeight"


@pytest.fixture(scope="module")
def server(fresh_server: Server) -> Server:
    return fresh_server


def test_a_page_of_models_is_at_most_three_screens(server: Server, page: Page, settle: Settle) -> None:
    for size in ((1400, 1000), (1000, 800), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(server.address())
        settle(page)
        expect(page.locator("[class*='st-key-card-']")).to_have_count(9)
        page.wait_for_timeout(1000)  # pictures take their room when they have come
        assert page.evaluate(HEIGHT) <= 3 * size[1], size
        tops = [box["y"] for card in page.locator("[class*='st-key-card-']").all() if (box := card.bounding_box())]
        assert tops == sorted(tops), size  # also where the columns stand below each other


@pytest.mark.parametrize("width", [1400, 390])
def test_an_uploaded_models_card_is_in_sight_and_open(
    server: Server, page: Page, settle: Settle, width: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mine = tmp_path_factory.mktemp("upload") / f"mine-{width}.safetensors"
    shutil.copy(ROOT / "checkpoints" / "mnist-mlp-28.safetensors", mine)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.address("?search=faces"))
    settle(page)
    page.get_by_role("button", name="Upload a model").click()
    page.locator("input[type=file]").set_input_files(mine)
    name = page.get_by_text(f"mine-{width}-").first
    expect(name).to_be_in_viewport(timeout=30_000)
    settle(page)
    card = page.locator("[class*='st-key-card-']").first
    expect(card.get_by_text(f"mine-{width}-")).to_be_in_viewport()
    expect(card.get_by_role("row", name="Recognisable")).to_be_visible()
    with page.expect_download() as download:
        card.get_by_role("button", name="Download").click()
    assert download.value.path().read_bytes() == mine.read_bytes()
    settle(page)
    for file in server.checkpoints.rglob(f"mine-{width}-*"):
        file.unlink()
    card.get_by_role("button", name="Download").click()
    expect(page.get_by_text("is no longer there")).to_be_visible()
    expect(name).to_be_hidden()
