"""Small windows: the picture that one moves stays in view, and nothing is cut off."""

import pytest
from playwright.sync_api import FloatRect, Locator, Page

from .conftest import Server
from .steps import Settle, installed, open_live, press

pytestmark = [pytest.mark.e2e, installed]
PHONE, SMALL, LARGE = (420, 900), (1000, 800), (1400, 1000)
HEADER = 60  # pixels of the frame's bar, which covers what scrolls below it


def _open(page: Page, size: tuple[int, int], address: str, settle: Settle) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_live(page, address, settle)


def _box(one: Locator) -> FloatRect:
    box = one.bounding_box()
    assert box is not None
    return box


def _assert_in_view(one: Locator, size: tuple[int, int], top: int = 0) -> None:
    box = _box(one)
    assert 0 <= box["x"] <= size[0] - box["width"]
    assert top <= box["y"] <= size[1] - box["height"] + 1  # positions are not whole pixels


def _assert_in_column(page: Page, pictures: str, size: tuple[int, int]) -> list[FloatRect]:
    """None of the stage's pictures reaches beyond it; where they lie."""
    stage = _box(page.locator(".stage"))
    boxes = [_box(one) for one in page.locator(f".stage {pictures}").all()]
    assert boxes
    for box in boxes:
        assert box["x"] + box["width"] <= stage["x"] + stage["width"] + 0.5, size
    return boxes


@pytest.mark.parametrize("address", ["sample?model=mnist-dcgan-28", "interpolate?model=mnist-dcgan-28&view=square"])
def test_on_a_phone_the_picture_stays_while_its_pad_is_dragged(
    server: Server, page: Page, settle: Settle, address: str
) -> None:
    _open(page, PHONE, server.address(address), settle)
    canvas, pad = page.locator(".stage canvas"), page.locator(".stage .pad")
    pad.evaluate("pad => pad.scrollIntoView({block: 'end'})")
    page.wait_for_timeout(300)
    for one in (canvas, pad):
        _assert_in_view(one, PHONE, HEADER)
    assert 200 <= _box(canvas)["height"] <= 0.45 * PHONE[1]
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    go = press(pad)
    page.evaluate("sent = 0")
    go(0.9, 0.1)
    page.wait_for_timeout(400)
    assert canvas.evaluate("canvas => canvas.toDataURL()") != before
    assert page.evaluate("sent") == 0
    page.mouse.up()
    page.wait_for_timeout(1500)
    assert page.evaluate("sent") == 1
    _assert_in_view(canvas, PHONE, HEADER)


@pytest.mark.parametrize("address", ["sample?model=mnist-dcgan-28", "interpolate?model=mnist-dcgan-28&view=square"])
def test_in_a_small_window_controls_stand_beside_the_picture(
    server: Server, page: Page, settle: Settle, address: str
) -> None:
    _open(page, SMALL, server.address(address), settle)
    canvas, pad = page.locator(".stage canvas"), page.locator(".stage .pad")
    for one in (canvas, pad):
        _assert_in_view(one, SMALL)
    assert _box(pad)["x"] > _box(canvas)["x"] + _box(canvas)["width"]
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})  # and below it when the window shrinks
    page.wait_for_timeout(500)
    assert _box(pad)["y"] > _box(canvas)["y"] + _box(canvas)["height"]


def test_the_square_keeps_to_its_column(server: Server, page: Page, settle: Settle) -> None:
    for size in (PHONE, SMALL, LARGE):
        _open(page, size, server.address("interpolate?model=mnist-dcgan-28&view=square"), settle)
        _assert_in_column(page, ".corners img", size)


def test_the_drawing_board_is_large(vae_server: Server, page: Page, settle: Settle) -> None:
    shown = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    for size, least in ((PHONE, 250), (SMALL, 250), (LARGE, 300)):
        _open(page, size, vae_server.address("reconstruct?model=vae&view=your+own"), settle)
        board = page.get_by_label("drawing board")
        page.get_by_label("reconstruction", exact=True).evaluate("picture => picture.scrollIntoView({block: 'end'})")
        assert _box(board)["width"] >= least
        pictures = [page.get_by_label(name, exact=True) for name in ("what the encoder sees", "reconstruction")]
        for one in (board, *pictures):
            _assert_in_view(one, size)
        result = pictures[1]
        assert not result.evaluate(shown)  # nothing is made of an empty board
        press(board, 0.3, 0.3)(0.6, 0.7)
        page.wait_for_timeout(300)
        assert result.evaluate(shown)
        page.mouse.up()
        settle(page)


def test_moved_pictures_keep_to_their_column(vae_server: Server, page: Page, settle: Settle) -> None:
    for size in (PHONE, SMALL, LARGE):
        _open(page, size, vae_server.address("reconstruct?model=vae&view=attributes&images=0-9"), settle)
        for box in _assert_in_column(page, "canvas", size):
            assert box["width"] >= 80, size
