"""Files that remember: what the page saves brings its pictures back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ganlab.explore import provenance

from .conftest import Server
from .steps import Settle, in_address, settle_and_draw

pytestmark = pytest.mark.e2e


def test_saved_pictures_bring_back_the_grid_and_the_stage(
    server: Server, page: Page, settle: Settle, tmp_path: Path
) -> None:
    address = "sample?model=mnist-cgan-28&count=16&seed=40&fix-digit=3&truncation=1.5&live=5%3Bz~1%3D1.250%3Bdigit%3D7"
    page.goto(server.address(address))
    settle_and_draw(page, settle)
    saved = []
    for key in ("download_stage", "download_png"):
        with page.expect_download() as download:
            page.locator(f".st-key-{key}").get_by_role("button").click()
        saved.append(tmp_path / f"{key}.png")
        download.value.save_as(saved[-1])
    made = [provenance.read(path.read_bytes()) for path in saved]
    assert [one.model for one in made] == ["mnist-cgan-28"] * 2
    assert (made[1].latents, made[1].count) == ("40@1.5;digit=3", 16)

    page.goto(server.address("sample?model=mnist-dcgan-28"))
    settle(page)
    _drop(page, settle, saved[1])
    expect(page.get_by_text("its 16 pictures begin the grid")).to_be_visible()
    expect(page).to_have_url(re.compile("model=mnist-cgan-28"))
    for name, value in {"seed": "40", "fix-digit": "3", "truncation": "1.5"}.items():
        assert in_address(page, name) == value
    sheet = page.locator(".st-key-sheet [style*='background-image'], .st-key-sheet img, .st-key-sheet canvas").first
    expect(sheet).to_be_visible()
    _drop(page, settle, saved[0])
    expect(page.get_by_text("Seed 5 at truncation 1.5")).to_be_visible()
    assert in_address(page, "live") == "5;z~1=1.250;digit=7"


def _drop(page: Page, settle: Settle, file: Path) -> None:
    page.get_by_role("button", name="Open a saved picture").click()
    page.locator("[data-testid='stFileUploaderDropzone'] input[type=file]").set_input_files(file)
    settle_and_draw(page, settle)
