"""A server that is started again under an open page."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from .conftest import ROOT, serve
from .steps import Settle, installed, open_live, pixels, settle_and_draw

pytestmark = pytest.mark.e2e


@installed
def test_what_was_moved_while_the_server_was_away_is_taken_over_and_kept(
    browser: Browser, settle: Settle, data_folder: Path, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()  # of its own: Streamlit's errors of a server that is away are meant to be here
    models = tmp_path / "models"
    models.mkdir()
    (models / "m.safetensors").write_bytes((ROOT / "checkpoints" / "mnist-dcgan-28.safetensors").read_bytes())
    with serve(tmp_path / "first", data_folder, models) as first:
        open_live(page, first.address("sample?model=m"), settle)
    slider = page.locator(".stage .slider input").first
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    page.wait_for_timeout(500)
    moved = pixels(page.locator(".stage canvas").first)
    with serve(tmp_path / "second", data_folder, models, port=int(first.url.rpartition(":")[2])):
        expect(page.locator("[data-test-connection-state=CONNECTED]")).to_be_visible(timeout=60_000)
        expect(page).to_have_url(re.compile("live=0(;|%3B)z~1"), timeout=60_000)
        settle_and_draw(page, settle)
        expect(page.get_by_text(re.compile("Seed 0, moved: direction 1"))).to_be_visible()
        assert np.array_equal(pixels(page.locator(".stage canvas").first), moved)
        page.locator(".st-key-keep button").click()
        expect(page.get_by_text("Keep a picture with the mark")).to_have_count(0)
        settle(page)
    context.close()
