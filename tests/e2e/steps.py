"""What the tests of live pictures do again and again: open, press, read a canvas, do without the runtime."""

import base64
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from ganlab.ui import assets

Settle = Callable[[Page], None]

installed = pytest.mark.skipif(
    len(assets.runtime_addresses()) < 2, reason="the ONNX runtime is not installed here: make app, or npm ci"
)

COUNT = """
if (!window.frames_log) {
    window.sent = 0;
    window.frames_log = [];
    document.addEventListener('ganlab-frame', (event) => frames_log.push([performance.now(), event.detail.waitedMs]));
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain { send(data) { sent += 1; super.send(data); } };
}
"""
"""Counts frames, and messages to the server: each asks for one run of the script. It may be added twice."""


def open_live(page: Page, address: str, settle: Settle) -> None:
    """Open a page, and wait until the browser has drawn."""
    page.add_init_script(COUNT)
    page.goto(address)
    wait_until_drawn(page, settle)
    page.wait_for_timeout(500)


def wait_until_drawn(page: Page, settle: Settle) -> None:
    page.wait_for_function("window.frames_log.length > 0", timeout=60_000)
    settle(page)


def settle_and_draw(page: Page, settle: Settle) -> None:
    """Wait for the script, and for what a message of its has the browser draw."""
    settle(page)
    page.wait_for_timeout(500)


def in_address(page: Page, name: str) -> str:
    """The query parameter."""
    return str(page.evaluate(f"new URL(location.href).searchParams.get('{name}')"))


def pixels(canvas: Locator) -> np.ndarray:
    """What a canvas shows: uint8 [H, W, 3]."""
    url = canvas.evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB"))


def press(target: Locator, x: float = 0.5, y: float = 0.5) -> Callable[[float, float], None]:
    """Press the pointer at shares of an element's size; what is returned moves it on to others, also outside."""
    target.scroll_into_view_if_needed()
    box, mouse = target.bounding_box(), target.page.mouse
    assert box is not None

    def go(to_x: float, to_y: float = 0.5) -> None:
        mouse.move(box["x"] + to_x * box["width"], box["y"] + to_y * box["height"])

    go(x, y)
    mouse.down()
    return go


@contextmanager
def page_without_the_runtime(browser: Browser) -> Iterator[Page]:
    """A page of its own that gets the ONNX runtime from nowhere; errors in its scripts fail the test."""
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.route(re.compile("onnxruntime-web|/live/runtime/"), lambda route: route.abort())
    yield page
    context.close()
    assert not broken
