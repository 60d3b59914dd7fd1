"""Pages without a pointer: the drawing board, the focus, and names of controls."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from ganlab import checkpoints
from ganlab.explore import picture_files

from .conftest import Server
from .steps import Settle, in_address, installed, open_live, pixels, settle_and_draw

pytestmark = pytest.mark.e2e
FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    let under = one.parentElement; // the ring stands outside; translucent grounds lie on opaque ones
    while (getComputedStyle(under).backgroundColor.startsWith('rgba') && under.parentElement) {
        under = under.parentElement;
    }
    const colour = [style.outlineColor, getComputedStyle(under).backgroundColor];
    const numbers = colour.map((text) => text.match(/[\\d.]+/g).map(Number));
    return [style.outlineStyle, parseFloat(style.outlineWidth), ...numbers];
}"""


def _luminance(colour: list[float]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour[:3])]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def _contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_is_ringed_at_three_to_one(server: Server, page: Page, settle: Settle, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(server.address("sample?model=mnist-mlp-28"))
    settle(page)
    for selector in ("[data-testid=stSidebarNavLink]", ".st-key-resample button", ".st-key-keep button"):
        one = page.locator(selector).first
        one.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        expect(one).to_be_focused()
        expect(one).to_have_css("outline-style", "solid")  # a browser without windows may draw it a moment later
        outline, width, colour, ground = page.evaluate(FOCUS)
        assert outline == "solid"
        assert width >= 2
        assert _contrast(colour, ground) >= 3


@installed
def test_controls_are_called_what_stands_beside_them(server: Server, page: Page, settle: Settle) -> None:
    open_live(page, server.address("sample?model=mnist-dcgan-28"), settle)
    for name in ("across", "up"):
        select = page.get_by_role("combobox", name=name, exact=True)
        expect(select).to_be_visible()
        assert select.evaluate("one => one.closest('label').firstChild.textContent") == name
    page.goto(server.address("interpolate?model=mnist-dcgan-28&keys=1%202"))
    settle(page)
    expect(page.get_by_role("combobox", name="key frames", exact=True)).to_be_visible()


@installed
def test_the_board_is_drawn_on_by_keyboard(vae_server: Server, page: Page, settle: Settle) -> None:
    open_live(page, vae_server.address("reconstruct?model=vae&view=your+own"), settle)
    page.get_by_label("centre it").uncheck()
    board, seen = page.get_by_label("drawing board"), page.get_by_label("what the encoder sees", exact=True)
    cursor, status = page.locator(".cursor"), page.locator(".position")
    assert "Space or Enter" in str(board.get_attribute("aria-description"))
    expect(cursor).to_be_hidden()
    page.get_by_role("radio", name="empty board").focus()
    for _ in range(40):  # the tab key comes to it
        page.keyboard.press("Tab")
        if board.evaluate("one => one.getRootNode().activeElement === one"):
            break
    expect(board).to_be_focused()
    expect(cursor).to_be_visible()
    expect(status).to_have_text("pen up, column 15 of 28, row 15 of 28")

    def ink() -> np.ndarray:
        page.wait_for_timeout(150)
        return pixels(seen)[..., 0] > 128

    page.keyboard.press("ArrowUp")
    assert not ink().any()  # the pen is up
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    drawn = ink()
    rows, columns = np.nonzero(drawn)
    assert set(rows) <= {12, 13, 14}
    assert columns.min() in (13, 14)
    assert columns.max() in (19, 20, 21)
    expect(status).to_have_text("drawing, column 21 of 28, row 14 of 28")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    assert np.array_equal(ink(), drawn)
    page.keyboard.press("ArrowUp")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    assert 0 < ink().sum() < drawn.sum()
    page.keyboard.press("e")
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    assert not ink().any()
    for _ in range(5):
        page.keyboard.press("Control+z")
    assert not ink().any()  # all strokes are taken back
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    line = ink()
    assert line.sum() >= 3
    settle_and_draw(page, settle)
    vae = checkpoints.load(vae_server.checkpoints / "vae.safetensors")
    kept = picture_files.from_text(in_address(page, "drawing"), vae.card.data)
    assert np.array_equal(kept[..., 0] > 128, line)
