"""Codes and Attributes under a real pointer: buttons, mixes and toggles draw, and grids lead to the stage."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from ganlab.checkpoints import Checkpoint
from ganlab.data import DataSpec, describe
from ganlab.explore import points
from ganlab.families import acgan, infogan
from tests.untrained import save_untrained

from .conftest import Server, serve
from .steps import Settle, in_address, installed, open_live, pixels, settle_and_draw, wait_until_drawn

pytestmark = [pytest.mark.e2e, installed]


@pytest.fixture(scope="module")
def models(
    data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Checkpoint, Checkpoint]]:
    """The app with an InfoGAN and a conditional model of scenes, both untrained."""
    scenes = describe("iclevr").spec
    small = DataSpec(name=scenes.name, channels=3, size=28, conditions=scenes.conditions)
    folder = tmp_path_factory.mktemp("untrained")
    table = {"c1": {"kind": "category", "accuracy": 0.9, "nmi": 0.8, "table": {str(i): str(9 - i) for i in range(10)}}}
    codes = save_untrained(
        folder / "codes.safetensors", "infogan", infogan.Config(width=8, latent_size=8), describe("mnist").spec, table
    )
    objects = save_untrained(folder / "scenes.safetensors", "acgan", acgan.Config(width=8, latent_size=8), small)
    with serve(tmp_path_factory.mktemp("app"), data_folder, folder) as started:
        yield started, codes, objects


def assert_drawn_as_the_address_says(page: Page, model: Checkpoint) -> None:
    """The canvas shows, within 2 grey levels, what the server draws of the point in the address."""
    drawn = pixels(page.locator(".stage canvas").first).astype(int)
    expected = model.images(points.latents(model.latent, points.parse(in_address(page, "live"))))[0].numpy()
    assert np.abs(drawn - expected).max() <= 2
    assert expected.std() > 2


def test_a_button_named_by_what_was_measured_sets_the_code(models, page: Page, settle: Settle) -> None:
    server, model, _ = models
    open_live(page, server.address("codes?model=codes&seed=5"), settle)
    page.get_by_role("group", name="c1, by what each value draws").get_by_role("button", name="7", exact=True).click()
    expect(page).to_have_url(re.compile("live=5(;|%3B)c1(=|%3D)2(&|$)"))
    settle_and_draw(page, settle)
    assert_drawn_as_the_address_says(page, model)


def test_two_categories_are_mixed_by_a_slider(models, page: Page, settle: Settle) -> None:
    server, model, _ = models
    open_live(page, server.address("codes?model=codes&live=5;c1=2"), settle)
    page.get_by_label("c1: mix with").select_option("4")
    slider = page.get_by_label("c1: share mixed in")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    expect(page).to_have_url(re.compile(r"2(\*|%2A|%252A)0\.\d+(\+|%2B)4(\*|%2A|%252A)0\."))
    settle_and_draw(page, settle)
    assert_drawn_as_the_address_says(page, model)
    page.reload()
    wait_until_drawn(page, settle)
    assert float(slider.input_value()) > 0.1
    assert_drawn_as_the_address_says(page, model)


def test_a_picture_of_the_grid_goes_to_the_stage(models, page: Page, settle: Settle) -> None:
    server, model, _ = models
    open_live(page, server.address("codes?model=codes&seed=5"), settle)
    for index, seed in ((23, 7), (23, 7), (7, 7), (37, 8)):  # twice the same, which moves nothing; the stage's own row
        page.locator(".tile").nth(index).click()
        expect(page).to_have_url(re.compile(f"live={seed}(;|%3B)c1(=|%3D){index % 10}(&|$)"))
        settle(page)
    page.wait_for_timeout(500)
    assert_drawn_as_the_address_says(page, model)
    expect(page.locator(".heads span")).to_have_text([f"{i} → {9 - i}" for i in range(10)])


def test_at_most_three_objects_are_toggled(models, page: Page, settle: Settle) -> None:
    server, _, model = models
    open_live(page, server.address("attributes?model=scenes&live=5;objects=red%2520cube"), settle)
    objects = page.get_by_role("group", name="objects, at most 3")
    assert objects.get_by_role("button", name="red cube").is_disabled()  # at least one stays
    for name in ("cyan sphere", "gray cylinder"):
        objects.get_by_role("button", name=name).click()
    expect(page).to_have_url(re.compile("cyan.*gray"))
    settle_and_draw(page, settle)
    assert objects.get_by_role("button", name="blue cube").is_disabled()
    assert objects.get_by_role("button", pressed=True).count() == 3
    assert_drawn_as_the_address_says(page, model)


def test_every_view_opens_without_an_error(models, page: Page, settle: Settle) -> None:
    server, _, _ = models
    for address, views in (
        ("codes?model=codes", ["One label a row", "Sweep c2", "Sweep c3", "Measured"]),
        ("attributes?model=scenes", ["Each label", "Many conditions", "What else changes"]),
    ):
        open_live(page, server.address(address), settle)
        for view in views:
            page.get_by_text(view, exact=True).click()
            settle(page)
            expect(page.get_by_test_id("stException")).to_have_count(0)
