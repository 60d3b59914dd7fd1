"""Pages that need no server, in Chromium: below a path of a plain server, and from a file without a network."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from ganlab import browser_runtime, checkpoints, folders
from ganlab.checkpoints import Checkpoint
from ganlab.share import content, site
from ganlab.ui.assets import MIMES, SCRIPT
from tests.tiny_vae import train_vae

from .conftest import Server
from .steps import Settle, pixels, press

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not browser_runtime.is_here(), reason="the ONNX runtime is not here: make app, or npm ci"),
]
CASES = Path(__file__).parents[1] / "ui"
DRAWN = "drawn in your browser"


class Quiet(SimpleHTTPRequestHandler):
    """Any static host: files by their ends, and a log of what was asked."""

    def guess_type(self, path: object) -> str:
        known = {".js": SCRIPT, ".mjs": SCRIPT, ".wasm": MIMES[browser_runtime.FILES.wasm]}
        return known.get(Path(str(path)).suffix) or str(super().guess_type(str(path)))

    def log_message(self, format: str, *args: object) -> None:
        self.server.asked.append((self.path, str(args[1])))  # type: ignore[attr-defined]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[str, Path, list[tuple[str, str]]]]:
    """An address, the folder that it shows, and what was asked for, with the answers."""
    folder = tmp_path / "host"
    folder.mkdir()

    def handler(*args: object) -> Quiet:
        return Quiet(*args, directory=str(folder))  # type: ignore[arg-type]

    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder, server.asked  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def shipped(name: str) -> tuple[str, Path]:
    return name, folders.root() / "checkpoints" / f"{name}.safetensors"


def asked_for(page: Page) -> list[str]:
    """Fills with the addresses that the page asks for."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def is_drawn_as(page: Page, model: Checkpoint, seed: int, place: int = 0) -> None:
    expected = model.images(model.latent.from_seeds([seed]))[0].numpy()
    drawn = pixels(page.locator(".stage canvas").nth(place)).astype(int)
    assert np.abs(drawn - expected).max() <= 2
    assert expected.std() > 20


def wait_until_drawn(page: Page) -> None:
    page.locator(".speed", has_text=DRAWN).wait_for(timeout=60_000)


def test_below_a_path_two_models_follow_one_hand_and_others_wait(page: Page, host, tmp_path: Path) -> None:
    address, folder, asked = host
    names = ["mnist-cgan-28", "mnist-dcgan-28"]
    models = [checkpoints.load(shipped(name)[1]) for name in names]
    vae = ("a vae", train_vae(tmp_path / "vae", latent_size=5))
    shared = content.gather([*map(shipped, names), ("twin", shipped(names[0])[1]), vae])
    site.write(shared, folder / "some" / "page")
    addresses = asked_for(page)
    page.goto(f"{address}/some/page/")
    wait_until_drawn(page)
    assert page.locator(".stage canvas").count() == 2
    for place in range(2):
        is_drawn_as(page, models[0], 0, place)

    before = pixels(page.locator(".stage canvas").first)
    go = press(page.locator(".stage input[type=range]").nth(1))  # the first mixes labels
    go(0.95)
    page.wait_for_timeout(300)
    moved = pixels(page.locator(".stage canvas").first)
    assert not np.array_equal(moved, before)
    page.mouse.up()
    page.locator(".stage .group").get_by_role("button", name="7", exact=True).click()
    expect(page.get_by_role("button", name="7", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(300)
    is_drawn_as(page, models[0], 0)

    page.get_by_role("button", name="Walk", exact=True).click()
    page.wait_for_timeout(300)
    is_drawn_as(page, models[0], 0)
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Stop").click()
    assert not np.array_equal(pixels(page.locator(".stage canvas").first), before)

    page.get_by_label("models").select_option("a vae")
    page.get_by_role("button", name="Explore", exact=True).click()
    expect(page.locator(".stage canvas")).to_have_count(1)
    wait_until_drawn(page)

    page.get_by_label("models").select_option(names[1])
    page.wait_for_timeout(1000)
    is_drawn_as(page, models[1], 0)
    assert {one.split("/")[2] for one in addresses if not one.startswith(("data:", "blob:"))} == {address.split("/")[2]}
    assert [(path, status) for path, status in asked if not path.startswith("/some/page/") or status != "200"] == []


def test_one_file_opens_without_a_network_by_mouse_keys_and_touch(browser: Browser, tmp_path: Path) -> None:
    name, path = shipped("mnist-dcgan-28")
    model = checkpoints.load(path)
    one = tmp_path / "odd name ü #1.html"
    site.write_single(content.gather([(name, path)]), one)
    context = browser.new_context(
        reduced_motion="reduce", viewport={"width": 390, "height": 800}, has_touch=True, offline=True
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    addresses = asked_for(page)
    page.goto(one.as_uri())
    wait_until_drawn(page)
    is_drawn_as(page, model, 0)

    page.locator(".stage canvas").first.click()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    nudged = pixels(page.locator(".stage canvas").first)
    with pytest.raises(AssertionError):
        is_drawn_as(page, model, 0)
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert not np.array_equal(pixels(page.locator(".stage canvas").first), nudged)
    page.get_by_role("button", name="Reset").tap()
    page.wait_for_timeout(300)
    before = pixels(page.locator(".stage canvas").first)
    page.locator(".stage .pad").tap(position={"x": 4, "y": 100})
    page.wait_for_timeout(300)
    assert not np.array_equal(pixels(page.locator(".stage canvas").first), before)
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390
    outside = [one for one in addresses if not one.startswith(("file:", "data:", "blob:"))]
    context.close()
    assert outside == []
    assert errors == []


def test_ways_and_places_are_pythons_in_chromium(page: Page, host) -> None:
    """The cases that node runs, too; see `tests/ui/test_scripts.py`."""
    address, folder, _ = host
    for place, source in (("web", folders.WEB), ("cases", CASES)):
        (folder / place).symlink_to(source)
    (folder / "index.html").write_text("<!doctype html><link rel=icon href=data:,>", encoding="utf-8")
    page.goto(address)
    cases = json.loads((CASES / "latent_cases.json").read_text(encoding="utf-8"))
    found = page.evaluate(
        "async ([address, cases]) => (await import(`${address}/cases/latent_cases.mjs`)).run(`${address}/web`, cases)",
        [address, cases],
    )
    assert found == {"ran": 26, "wrong": []}
    assert base64.b64decode(cases["stage"]["pool"]["latents"])


def test_the_gallery_makes_a_page_that_opens_by_itself(
    server: Server, page: Page, settle: Settle, tmp_path: Path
) -> None:
    page.goto(server.address("gallery?search=mnist-cgan-28"))
    settle(page)
    page.get_by_role("button", name="Share").first.click()
    page.get_by_role("button", name="Make the page").click()
    ready = page.get_by_role("button", name="Download (")
    expect(ready).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        ready.click()
    assert waiting.value.suggested_filename == "mnist-cgan-28.html"
    waiting.value.save_as(tmp_path / "page.html")
    page.context.set_offline(True)
    page.goto((tmp_path / "page.html").as_uri())
    wait_until_drawn(page)
    is_drawn_as(page, checkpoints.load(server.checkpoints / "mnist-cgan-28.safetensors"), 0)
