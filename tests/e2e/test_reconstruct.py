"""Reconstruct under a real pointer: strokes, a plane and a strength that the browser decodes by itself."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from ganlab import checkpoints
from ganlab.checkpoints import Checkpoint
from ganlab.explore import picture_files, reconstruct
from tests.ports import free_port

from .conftest import Server, serve
from .steps import (
    COUNT,
    Settle,
    in_address,
    installed,
    open_live,
    page_without_the_runtime,
    pixels,
    press,
    settle_and_draw,
    wait_until_drawn,
)

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def server(vae_server: Server) -> Server:
    return vae_server


@pytest.fixture
def vae(server: Server) -> Checkpoint:
    return checkpoints.load(server.checkpoints / "vae.safetensors")


def _open(page: Page, server: Server, query: str, settle: Settle) -> None:
    open_live(page, server.address(f"reconstruct?model=vae&{query}"), settle)


def _pixels(page: Page, label: str, index: int = 0) -> np.ndarray:
    """What a canvas shows: uint8 [H, W], for models of these tests are grey."""
    return pixels(page.get_by_label(label, exact=True).nth(index))[..., 0]


def _press(page: Page, label: str, x: float, y: float) -> Callable[[float, float], None]:
    return press(page.get_by_label(label, exact=True), x, y)


def _check_drawing(page: Page, vae: Checkpoint) -> None:
    """What is shown is what the server makes of the drawing in the address."""
    drawing = picture_files.from_text(in_address(page, "drawing"), vae.card.data)
    assert (drawing > 128).sum() > 20
    assert np.array_equal(_pixels(page, "what the encoder sees"), drawing[..., 0])
    done = reconstruct.reconstruct(vae, drawing[None])
    assert np.abs(_pixels(page, "reconstruction").astype(int) - done.images[0, ..., 0]).max() <= 2
    assert np.abs(_pixels(page, "difference").astype(int) - done.differences[0, ..., 0]).max() <= 2
    assert f"MSE {done.errors[0]:.3f}"[:-1] in page.locator(".error").inner_text()


@installed
def test_every_stroke_is_reconstructed_in_the_browser(
    server: Server, page: Page, settle: Settle, vae: Checkpoint
) -> None:
    _open(page, server, "view=your+own", settle)
    page.evaluate("sent = 0; frames_log.length = 0")
    go = _press(page, "drawing board", 0.3, 0.3)
    seen = set()
    for step in range(12):
        go(0.3 + 0.03 * step, 0.3 + 0.02 * step)
        page.wait_for_timeout(40)
        seen.add(_pixels(page, "reconstruction").tobytes())
    assert len(seen) > 5
    assert page.evaluate("frames_log.length") >= 8
    assert page.evaluate("sent") == 0
    page.mouse.up()
    expect(page).to_have_url(re.compile("drawing="))
    settle_and_draw(page, settle)
    assert page.evaluate("sent") == 1
    _check_drawing(page, vae)
    before = in_address(page, "drawing")
    page.reload()
    wait_until_drawn(page, settle)
    assert in_address(page, "drawing") == before
    _check_drawing(page, vae)


@installed
def test_undo_takes_a_stroke_back_and_clear_all(server: Server, page: Page, settle: Settle) -> None:
    _open(page, server, "view=your+own", settle)
    pictures = []
    for x in (0.3, 0.6):
        _press(page, "drawing board", x, 0.3)(x, 0.7)
        page.mouse.up()
        page.wait_for_timeout(600)
        pictures.append(_pixels(page, "what the encoder sees"))
    page.get_by_title("Take back a stroke").click()
    settle(page)
    assert np.array_equal(_pixels(page, "what the encoder sees"), pictures[0])
    page.get_by_role("button", name="Clear").click()
    settle(page)
    assert not _pixels(page, "what the encoder sees").any()


@installed
def test_pointing_at_the_plane_decodes_and_dragging_settles(
    server: Server, page: Page, settle: Settle, vae: Checkpoint
) -> None:
    _open(page, server, "view=plane", settle)
    page.evaluate("sent = 0")
    first = _pixels(page, "decoded picture")
    go = _press(page, "latent plane", 0.2, 0.2)
    for step in range(6):
        go(0.2 + 0.1 * step, 0.2)
        page.wait_for_timeout(40)
    assert not np.array_equal(_pixels(page, "decoded picture"), first)
    assert page.evaluate("sent") == 0
    page.mouse.up()
    expect(page).to_have_url(re.compile("place=0.7.*0.[78]"))
    settle_and_draw(page, settle)
    assert page.evaluate("sent") == 1
    x, y = (float(part) for part in in_address(page, "place").split(","))
    expected = vae.images(reconstruct.quantiles(torch.tensor([[x, y]])))[0, ..., 0].numpy()
    assert np.abs(_pixels(page, "decoded picture").astype(int) - expected).max() <= 2
    go(0.1, 0.9)  # hovering shows, and leaves the place where it was
    page.wait_for_timeout(300)
    assert not np.array_equal(_pixels(page, "decoded picture"), expected)
    assert page.evaluate("sent") == 1


@installed
def test_a_strength_moves_all_images_in_the_browser(server: Server, page: Page, settle: Settle) -> None:
    _open(page, server, "view=attributes&images=0-3", settle)
    before = [_pixels(page, "moved picture", i) for i in range(4)]
    page.evaluate("sent = 0")
    slider = page.get_by_label("Digit 0 to 1", exact=True)
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(300)
    after = [_pixels(page, "moved picture", i) for i in range(4)]
    assert all(not np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    expect(page).to_have_url(re.compile("strength=-3"))
    settle_and_draw(page, settle)
    assert page.evaluate("sent") == 1


@installed
def test_another_model_is_drawn_by_its_own_nets(data_folder: Path, tmp_path: Path, page: Page, settle: Settle) -> None:
    """One that cannot be loaded, the first again, and one of another size, which the first encoder could not read."""
    notice = page.get_by_text("Drawn by the server, each time you let go")
    with serve(tmp_path / "app", data_folder) as started:

        def check(name: str) -> None:
            _check_reconstruction(page, checkpoints.load(started.checkpoints / f"{name}.safetensors"))

        open_live(page, started.address("reconstruct?model=mnist-vae-28&view=your+own"), settle)
        _stroke(page, settle)
        check("mnist-vae-28")
        page.route(re.compile("/live/models/"), lambda route: route.fulfill(status=200, body="no net"))
        _choose_model(page, "mnist-vae-28-2d", settle)
        expect(notice).to_be_visible()
        check("mnist-vae-28-2d")
        page.unroute(re.compile("/live/models/"))
        _choose_model(page, "mnist-vae-28", settle)
        expect(notice).to_be_hidden()
        check("mnist-vae-28")
        _choose_model(page, "faces-vae-64", settle)
        _stroke(page, settle)
        check("faces-vae-64")


def _stroke(page: Page, settle: Settle) -> None:
    _press(page, "drawing board", 0.3, 0.3)(0.7, 0.7)
    page.mouse.up()
    settle_and_draw(page, settle)


def _choose_model(page: Page, name: str, settle: Settle) -> None:
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=name, exact=True).click()
    expect(page).to_have_url(re.compile(f"model={name}(&|$)"))
    settle(page)
    page.wait_for_timeout(2000)  # until its nets are there


def _check_reconstruction(page: Page, model: Checkpoint) -> None:
    """What is shown is what this model makes of what is on the board."""
    data = model.card.data
    seen = pixels(page.get_by_label("what the encoder sees", exact=True))[None, ..., : data.channels].copy()
    assert seen.shape[1] == data.size
    drawn = pixels(page.get_by_label("reconstruction", exact=True)).astype(int)
    assert np.abs(drawn - reconstruct.reconstruct(model, seen).images[0]).max() <= 2


def test_without_the_runtime_the_server_reconstructs_each_stroke(
    server: Server, browser, settle: Settle, vae: Checkpoint
) -> None:
    with page_without_the_runtime(browser) as page:
        page.add_init_script(COUNT)
        page.goto(server.address("reconstruct?model=vae&view=your+own"))
        settle(page)
        expect(page.get_by_text("Drawn by the server, each time you let go")).to_be_visible(timeout=30_000)
        _press(page, "drawing board", 0.3, 0.3)(0.7, 0.7)
        page.mouse.up()
        expect(page).to_have_url(re.compile("drawing="))
        settle_and_draw(page, settle)
        _check_drawing(page, vae)
        expect(page.get_by_test_id("stException")).to_have_count(0)


@installed
def test_only_the_main_button_and_the_first_finger_draw(server: Server, browser: Browser, settle: Settle) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    _open(page, server, "view=your+own", settle)
    board = page.get_by_label("drawing board", exact=True)
    board.scroll_into_view_if_needed()
    for button in ("right", "middle"):
        board.click(button=button)
    page.keyboard.press("Escape")
    assert not _pixels(page, "drawing board").any()
    box = board.bounding_box()
    assert box
    fingers = context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [
            {"id": i, "x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            for i, (x, y) in enumerate(places)
        ]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.1, 0.1))
    for step in range(8):
        touch("touchStart" if step == 0 else "touchMove", (0.1, 0.1 + 0.05 * step), (0.9, 0.9 - 0.05 * step))
        page.wait_for_timeout(20)
    touch("touchEnd")
    drawn = _pixels(page, "drawing board")
    half = drawn.shape[1] // 2
    assert drawn[:, :half].any()
    assert not drawn[:, half:].any(), "the second finger drew"
    context.close()


@installed
def test_a_drawing_stays_when_the_server_is_started_anew(
    browser: Browser, server: Server, data_folder: Path, tmp_path: Path, settle: Settle, vae: Checkpoint
) -> None:
    """With its strokes, also one that was drawn while nobody heard."""
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1400, "height": 1000})
    page, port = context.new_page(), free_port()
    with serve(tmp_path, data_folder, server.checkpoints, port=port) as started:
        _open(page, started, "view=your+own", settle)
        _stroke(page, settle)
        expect(page).to_have_url(re.compile("drawing="))
    page.locator("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])").wait_for(timeout=20_000)
    before = in_address(page, "drawing")
    _press(page, "drawing board", 0.7, 0.2)(0.2, 0.8)
    page.mouse.up()
    drawn, seen = _pixels(page, "drawing board"), _pixels(page, "what the encoder sees")
    with serve(tmp_path, data_folder, server.checkpoints, port=port):
        page.wait_for_function(
            "(before) => new URL(location.href).searchParams.get('drawing') !== before", arg=before, timeout=60_000
        )
        settle_and_draw(page, settle)
        assert np.array_equal(_pixels(page, "drawing board"), drawn)
        told = picture_files.from_text(in_address(page, "drawing"), vae.card.data)
        assert np.array_equal(told[..., 0], seen)
    context.close()
