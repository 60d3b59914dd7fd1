"""What a visitor does first, in Firefox and in WebKit: pictures that follow the hand, new ones, a training."""

import base64
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ganlab import checkpoints, runs
from ganlab.checkpoints import Checkpoint
from ganlab.explore import axes, points
from ganlab.share import content, site

from .conftest import Server
from .drivers import Driver, driven, why_not
from .steps import installed

pytestmark = pytest.mark.e2e


WAIT_SECONDS = 90
STILL = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
SLIDER, CANVAS = ".stage input[type=range]", ".stage canvas"


@pytest.fixture(scope="module")
def server(fresh_server: Server) -> Server:
    return fresh_server


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def window(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    if reason := why_not(request.param):
        pytest.skip(reason)
    with driven(request.param, tmp_path_factory.mktemp(request.param)) as driver:
        yield driver


@pytest.fixture
def browser(window: Driver) -> Iterator[Driver]:
    """Nothing is pressed when the test begins, also after one that failed."""
    yield window
    window.act(pointer(RELEASE))


@pytest.fixture
def dcgan(server: Server) -> Checkpoint:
    return checkpoints.load(server.checkpoints / "mnist-dcgan-28.safetensors")


def wait_for(browser: Driver, expression: str) -> Any:
    """The first value of the expression that counts as true."""
    end = time.monotonic() + WAIT_SECONDS
    while not (found := browser.evaluate(expression)):
        assert time.monotonic() < end, f"{expression} is {found!r}: {browser.evaluate('document.body.innerText')}"
        time.sleep(0.1)
    return found


def visit(browser: Driver, address: str) -> None:
    """Open a page and wait until its script has ended without an error."""
    browser.open(address)
    settle(browser)
    assert browser.evaluate("document.querySelectorAll('[data-testid=stException]').length") == 0


def settle(browser: Driver) -> None:
    time.sleep(0.2)  # a click reaches the script a moment later
    wait_for(browser, f"document.querySelector({json.dumps(STILL)}) !== null")


ALL = """function all(root, selector) {
  const inside = [...root.querySelectorAll("*")].filter((e) => e.shadowRoot).map((e) => e.shadowRoot);
  return [...root.querySelectorAll(selector), ...inside.flatMap((shadow) => all(shadow, selector))];
}"""
"""Elements of a page, also those within components, whose elements are a tree of their own."""


def element(selector: str, text: str = "", index: int = 0) -> str:
    """An expression for the element with that text."""
    return (
        f"({ALL})(document, {json.dumps(selector)}).filter((e) => e.textContent.includes({json.dumps(text)}))[{index}]"
    )


def place(browser: Driver, found: str) -> tuple[float, float, float, float]:
    """Left, top, width and height of the element in the window, once it is there and stays where it is."""
    wait_for(browser, f"!!{found}")
    before, box = [], [0.0]
    end = time.monotonic() + WAIT_SECONDS
    while before != box:
        assert time.monotonic() < end, f"{found} does not come to rest"
        before = box
        browser.evaluate(f"{found}.scrollIntoView({{block: 'center'}})")
        time.sleep(0.3)
        box = browser.evaluate(f"(({{x, y, width, height}}) => [x, y, width, height])({found}.getBoundingClientRect())")
    return tuple(box)  # type: ignore[return-value]


SHEET = f"""(async (tile) => {{
  const found = tile && getComputedStyle(tile).backgroundImage.match(/url\\("(.*)"\\)/);
  if (!found) return "";
  const sheet = new Image();
  sheet.src = found[1];
  await sheet.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [sheet.width, sheet.height];
  canvas.getContext("2d").drawImage(sheet, 0, 0);
  return canvas.toDataURL();
}})({element(".tiles button")})"""
"""An expression for the picture that all tiles are parts of; empty before it is there."""


def pointer(*steps: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": list(steps)}]


def move(x: float, y: float) -> dict[str, Any]:
    return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 30}


PRESS, RELEASE = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}


def click(browser: Driver, found: str) -> None:
    wait_for(browser, f"(found => found && !found.disabled)({found})")
    left, top, width, height = place(browser, found)
    browser.act(pointer(move(left + width / 2, top + height / 2), PRESS, RELEASE))


def pixels(browser: Driver, found: str = element(CANVAS)) -> np.ndarray:
    """What a canvas shows: uint8 [H, W, 3]."""
    url = browser.evaluate(f"{found}.toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))) as picture:
        return np.asarray(picture.convert("RGB"))


def changed(browser: Driver, before: np.ndarray) -> np.ndarray:
    """The stage's picture as soon as it is another."""
    end = time.monotonic() + WAIT_SECONDS
    while np.array_equal(now := pixels(browser), before):
        assert time.monotonic() < end, "the picture stays"
        time.sleep(0.05)
    return now


def drawn(model: Checkpoint, live: str) -> np.ndarray:
    """What the server draws of a point of the stage."""
    u = axes.place(model.latent, points.parse(live)[0], axes.axes(model))
    return model.images(u.unsqueeze(0))[0].numpy().astype(int)


def wait_until_drawn(browser: Driver) -> None:
    """A canvas is 300 pixels wide before it is given the size of a picture."""
    wait_for(browser, f"(canvas => canvas && canvas.width < 100)({element(CANVAS)})")
    settle(browser)


def assert_shows(browser: Driver, expected: np.ndarray) -> None:
    wait_until_drawn(browser)
    end = time.monotonic() + WAIT_SECONDS
    while (distance := np.abs(pixels(browser).astype(int) - expected).max()) > 2:
        assert time.monotonic() < end, f"differs by up to {distance}"
        time.sleep(0.2)
    assert expected.std() > 20


def test_the_gallery_shows_pictures(server: Server, browser: Driver) -> None:
    visit(browser, server.address())
    wait_for(browser, "[...document.querySelectorAll('.stMain img')].filter((i) => i.naturalWidth > 20).length >= 4")
    assert "Gallery" in browser.evaluate("document.querySelector('h1').textContent")


@installed
def test_the_stage_follows_the_hand_and_draws_what_the_server_draws(
    server: Server, browser: Driver, dcgan: Checkpoint
) -> None:
    visit(browser, server.address("sample?model=mnist-dcgan-28&seed=5&count=1&live=7;z~1=2.000;z~3=-1.500"))
    assert_shows(browser, drawn(dcgan, "7;z~1=2.000;z~3=-1.500"))
    left, top, width, height = place(browser, element(SLIDER))
    now = pixels(browser)
    browser.act(pointer(move(left + width / 2, top + height / 2), PRESS))
    for step in range(1, 8):  # the picture follows while the button is down
        browser.act(pointer(move(left + width * (0.5 + 0.05 * step), top + height / 2)))
        now = changed(browser, now)
    browser.act(pointer(RELEASE))
    before = "7;z~1=2.000;z~3=-1.500"
    live = wait_for(browser, f"(v => v !== {json.dumps(before)} && v)(new URL(location.href).searchParams.get('live'))")
    settle(browser)
    assert_shows(browser, drawn(dcgan, live))


@installed
def test_a_shared_page_opens_from_a_file(browser: Driver, dcgan: Checkpoint, tmp_path: Path) -> None:
    site.write_single(content.gather([("mine", dcgan.card.path)]), tmp_path / "page.html")
    browser.open((tmp_path / "page.html").as_uri())
    wait_for(browser, "document.querySelector('.speed')?.textContent.includes('drawn in your browser')")
    assert np.abs(pixels(browser).astype(int) - drawn(dcgan, "0")).max() <= 2
    before = pixels(browser)
    click(browser, element("button", "Randomise"))
    changed(browser, before)


def test_new_pictures_come_with_a_new_seed_that_the_address_brings_back(server: Server, browser: Driver) -> None:
    visit(browser, server.address("sample?model=mnist-dcgan-28&count=16&seed=5"))
    before = wait_for(browser, SHEET)
    click(browser, element("button", "New grid"))
    wait_for(browser, "new URL(location.href).searchParams.get('seed') !== '5'")
    settle(browser)
    after = wait_for(browser, f"{SHEET}.then((now) => now !== {json.dumps(before)} && now)")
    visit(browser, browser.evaluate("location.href"))
    assert wait_for(browser, SHEET) == after


@installed
def test_a_walk_plays(server: Server, browser: Driver) -> None:
    visit(browser, server.address("interpolate?model=mnist-dcgan-28&keys=1%202&time=0"))
    wait_until_drawn(browser)
    click(browser, element("button", "Play"))
    before = pixels(browser)
    for _ in range(5):
        before = changed(browser, before)


@installed
def test_a_drawing_is_reconstructed(server: Server, browser: Driver) -> None:
    visit(browser, server.address("reconstruct?model=mnist-vae-28&view=your+own"))
    left, top, width, height = place(browser, element("[aria-label='drawing board']"))
    result = element("canvas[aria-label=reconstruction]")
    wait_for(browser, f"(canvas => canvas && canvas.width < 100)({result})")
    steps = [move(left + width * (0.4 + 0.02 * step), top + height * (0.2 + 0.06 * step)) for step in range(10)]
    browser.act(pointer(steps[0], PRESS, *steps[1:], RELEASE))
    wait_for(browser, "new URL(location.href).searchParams.get('drawing')")
    end = time.monotonic() + WAIT_SECONDS
    while (pixels(browser, result) > 128).sum() < 20:
        assert time.monotonic() < end, "nothing bright came back"
        time.sleep(0.2)


def test_a_training_is_started_watched_and_cancelled(server: Server, browser: Driver) -> None:
    known = {run.name for run in runs.list_runs(server.runs)}
    visit(browser, server.address("train"))
    click(browser, element("button", "Quick start"))
    end = time.monotonic() + WAIT_SECONDS
    while not (new := [run for run in runs.list_runs(server.runs) if run.name not in known]):
        assert time.monotonic() < end, "no run directory was made"
        time.sleep(0.2)
    (run,) = new
    wait_for(browser, f"!!{element('button', 'Cancel')} && !!{element('.js-plotly-plot')}")
    points_drawn = (
        "Math.max(0, ...((document.querySelector('.js-plotly-plot') || {})._fullData || [])"
        ".map((line) => (line.x && line.x.length) || 0))"
    )
    before = wait_for(browser, points_drawn)
    wait_for(browser, f"{points_drawn} > {before}")
    click(browser, element("button", "Cancel"))
    end = time.monotonic() + WAIT_SECONDS
    while runs.read_status(run).state != "cancelled":
        assert time.monotonic() < end
        time.sleep(0.2)
    wait_for(browser, "document.body.innerText.includes('stopped on request')")
