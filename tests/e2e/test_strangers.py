"""What other sites can do to the app, and what the app asks of other sites."""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from ganlab import browser_runtime, runs
from ganlab.monitor import Finding
from ganlab.ui import assets
from tests.tiny import TINY

from .conftest import ROOT, Server, serve
from .steps import Settle, installed, open_live, settle_and_draw

pytestmark = pytest.mark.e2e

PAGES = ["", "sample", "interpolate", "codes", "attributes", "reconstruct", "map?layout=PCA", "train", "compare"]


@contextmanager
def site_that_frames(address: str) -> Iterator[str]:
    """A server of another site, whose only page shows the app's address in a frame; its own address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<h1>Win a prize</h1><iframe src="{address}" width=1300 height=900>'.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


def test_another_site_cannot_frame_the_app(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    with site_that_frames(server.address("train")) as site, page.expect_event("console") as told:
        page.goto(site)
    assert "frame" in told.value.text
    page.wait_for_timeout(1000)
    assert page.frames[1].url == "chrome-error://chromewebdata/"
    page.close()


def test_a_site_that_is_named_can_frame_it_and_others_still_cannot(
    browser: Browser, data_folder: Path, tmp_path: Path
) -> None:
    page = browser.new_page()
    with (
        site_that_frames("about:blank") as named,
        serve(tmp_path, data_folder, settings={"GANLAB_EMBED": named}) as server,
    ):
        page.goto(named)
        page.locator("iframe").evaluate("(frame, address) => { frame.src = address; }", server.address("train"))
        expect(page.frame_locator("iframe").locator("h1")).to_have_text("Train", timeout=60_000)
        with site_that_frames(server.address("train")) as other, page.expect_event("console") as told:
            page.goto(other)
        assert "frame" in told.value.text
    page.close()


def test_pages_ask_no_other_site(server: Server, page: Page, settle: Settle) -> None:
    """The fixture fails the test where the policy refuses something, which the console tells."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ours = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    for name in PAGES:
        page.goto(server.address(name))
        settle_and_draw(page, settle)
        assert asked
        assert [address for address in asked if not address.startswith(ours)] == [], name
        asked.clear()


def test_lines_of_many_points_are_drawn(page: Page, data_folder: Path, tmp_path: Path, settle: Settle) -> None:
    """By WebGL, whose library puts its code together from text."""
    run = runs.create(tmp_path / "runs" / "long-001", TINY, device="cpu")
    lines = [{"step": step, "discriminator/loss": step % 7, "generator/loss": 0.5} for step in range(1, 4000)]
    run.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with serve(tmp_path, data_folder) as server:
        page.goto(server.address("compare?curves=long-001"))
        settle_and_draw(page, settle)
        page.locator(".gl-canvas").first.wait_for(timeout=30_000)
        expect(page.locator(".no-webgl")).to_have_count(0)


def _runtime_from(page: Page, change: bytes = b"") -> list[str]:
    """Refuse the app's own runtime, and answer for the CDN with npm's files, changed at their end; what was asked."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        asked.append(name)
        route.fulfill(
            body=(browser_runtime.FOLDER / name).read_bytes() + change,
            content_type=assets.MIMES[name],
            headers={"Access-Control-Allow-Origin": "*"},
        )

    page.route(re.compile("/live/runtime/"), lambda route: route.abort())
    page.route(re.compile(re.escape(browser_runtime.CDN)), answer)
    return asked


@installed
def test_the_runtime_of_the_cdn_draws_when_it_is_npms(server: Server, browser: Browser, settle: Settle) -> None:
    page = browser.new_page()
    asked = _runtime_from(page)
    open_live(page, server.address("sample?model=mnist-dcgan-28"), settle)
    expect(page.locator(".notice:visible")).to_have_count(0)
    assert asked == list(browser_runtime.FILES)
    page.close()


@installed
def test_the_runtime_of_the_cdn_is_refused_when_it_was_changed(
    server: Server, browser: Browser, settle: Settle
) -> None:
    page = browser.new_page()
    asked = _runtime_from(page, b"\n;window.changed = true;")
    page.goto(server.address("sample?model=mnist-dcgan-28"))
    expect(page.locator(".notice:visible")).to_contain_text("the ONNX runtime could not be loaded", timeout=60_000)
    assert asked == [browser_runtime.FILES.script]
    assert not page.evaluate("window.changed")
    page.close()


BROKEN = """
from streamlit import runtime

if runtime.exists():
    raise RuntimeError("a secret of this machine")
else:
    import streamlit as st

    from ganlab.ui.headers import middleware
    from ganlab.ui.server import tell_of_error

    app = st.App(__file__, middleware=middleware(), on_script_error=tell_of_error)
"""


def test_a_page_that_breaks_tells_the_log_and_not_the_visitor(
    browser: Browser, data_folder: Path, tmp_path: Path, settle: Settle
) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN, encoding="utf-8")
    page = browser.new_page()
    with serve(tmp_path, data_folder, script=script, settings={"PYTHONPATH": str(ROOT)}) as server:
        page.goto(server.address())
        settle(page)
        expect(page.get_by_text("Something went wrong on this page.")).to_be_visible()
        text = page.locator("body").inner_text()
        log = server.log.read_text(encoding="utf-8")
    page.close()
    assert not [word for word in ("secret", "RuntimeError", "Traceback", str(tmp_path)) if word in text]
    assert "a secret of this machine" in log


WORDS = "![p](http://e.x/i.png) <img src=http://e.x/j.png> [l](http://e.x/l)"
FILE = "![p](i.png) [l](x) <img src=j.png> www.e.x"  # what a file's name can hold
FOREIGN = ["i.png", "j.png", "e.x"]


def test_foreign_words_fetch_nothing(browser: Browser, data_folder: Path, tmp_path: Path, settle: Settle) -> None:
    """In an address, in names of files and in what they hold, wherever pages show them."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("?")[0]))
    with serve(tmp_path, data_folder) as server:
        for kind in ("a", "b"):
            shutil.copy(
                server.checkpoints / "mnist-dcgan-28.safetensors", server.checkpoints / f"{FILE} {kind}.safetensors"
            )
        run = runs.create(server.runs / f"{FILE} run", TINY, device="cpu")
        (server.checkpoints / f"{FILE} broken.safetensors").write_text(WORDS, encoding="utf-8")
        finding = Finding(kind="collapse", step=1, message=WORDS, suggestion=WORDS)
        status = runs.read_status(run).model_copy(update={"state": "failed", "error": WORDS, "findings": [finding]})
        runs.write_status(run, status)
        run.log.write_text(WORDS, encoding="utf-8")
        lines = [{"step": step, "discriminator/loss": step % 7, "generator/loss": 0.5} for step in range(1, 99)]
        run.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        addresses = [
            ("", {}),
            ("sample", {"model": f"{FILE} a", "beside": f"{FILE} b"}),
            ("sample", {"model": WORDS}),
            ("interpolate", {"keys": WORDS}),
            ("train", {"run": f"{FILE} run"}),
            ("train", {"run": WORDS, "recipe": WORDS, "digits-quick.lr": WORDS, "digits-quick.name": "www.e.x"}),
            ("train", {"sweep_0": "Steps", "sweep_0.steps": WORDS}),
            ("compare", {"curves": f"{FILE} run,{FILE} a,{FILE} b", "stage": "true", "names": "Run"}),
            ("compare", {"curves": WORDS}),
        ]
        for name, query in addresses:
            page.goto(server.address(f"{name}?{urlencode(query)}"))
            settle_and_draw(page, settle)
            links = page.locator("a[href]").evaluate_all("(links) => links.map((link) => link.href)")
            links += page.locator("svg a").evaluate_all("(links) => links.map((link) => link.outerHTML)")
            assert [link for link in links if "e.x" in link.split("?")[0]] == [], name
            assert page.locator("img[src*='i.png'], img[src*='j.png']").count() == 0, name
    page.close()
    assert [address for address in asked if any(part in address for part in FOREIGN)] == []
