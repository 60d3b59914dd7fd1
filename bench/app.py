"""The app as a browser sees it: from start to the first picture, and from a button to new pictures.

The latency is counted in the browser from the message that a click sends to the one that brings the pictures, and to
the last one: transport, script, generator, encoding, and what the frontend does in between. The same click, sent
again by a client that draws nothing, gives the server's share. Needs Chromium.
"""

import argparse
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, WebSocket, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

ROOT = Path(__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
RECORD = """
window.frames_log = [];
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...a) { super(...a); this.addEventListener('message', event => {
    const sheet = new TextDecoder('latin1').decode(event.data).includes('-sheet');
    frames_log.push([sheet ? 'sheet' : 'in', performance.now()]);
  }); }
  send(data) { frames_log.push(['out', performance.now()]); super.send(data); }
};
"""
"""Notes when messages leave and arrive, and which bring the sheet of pictures."""

SHEET = b"-sheet"  # ends the identifier of the element
WARM_UP = 3  # clicks that do not count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="mnist-dcgan-28")
    parser.add_argument("--clicks", type=int, default=40)
    options = parser.parse_args()
    began = time.perf_counter()
    with serve() as url, sync_playwright() as playwright:
        served = time.perf_counter() - began
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = chromium.new_context(viewport={"width": 1400, "height": 1000})
        context.add_init_script(RECORD)
        page = context.new_page()
        sent: list[bytes] = []
        page.on("websocket", lambda socket: _note_sent(socket, sent))
        opened = time.perf_counter()
        page.goto(f"{url}/sample?model={options.model}&count=16")
        page.locator(".tiles img, .tiles canvas, .tiles button").first.wait_for()
        first = time.perf_counter() - opened
        clicks = [_click(page) for _ in range(options.clicks + WARM_UP)][WARM_UP:]
        pictures, done = ([click[i] for click in clicks] for i in range(2))
        answers = _replay(url, context, sent[0], sent[-1], options.clicks)
        chromium.close()
    print(
        json.dumps(
            {
                "start_to_served_s": round(served, 2),
                "open_to_first_picture_s": round(first, 2),
                "start_to_first_picture_s": round(served + first, 2),
                **_spread("button_to_pictures", pictures),
                **_spread("button_to_last_message", done),
                **_spread("button_to_pictures_without_frontend", answers),
            }
        )
    )


def _spread(name: str, milliseconds: list[float]) -> dict[str, float]:
    return {
        f"{name}_ms_median": round(statistics.median(milliseconds), 1),
        f"{name}_ms_p95": round(statistics.quantiles(milliseconds, n=20)[-1], 1),
    }


def _note_sent(socket: WebSocket, sent: list[bytes]) -> None:
    socket.on("framesent", lambda frame: sent.append(frame if isinstance(frame, bytes) else frame.encode()))


def _replay(url: str, context: BrowserContext, opening: bytes, click: bytes, clicks: int) -> list[float]:
    """Milliseconds from the same click to the pictures, for a client in a session of its own that draws nothing."""
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in context.cookies())
    address = url.replace("http", "ws") + "/_stcore/stream"
    answers, sheets = [], set()
    with connect(
        address,
        origin=Origin(url),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookies},
        max_size=None,
    ) as socket:
        socket.send(opening)
        _until_sheet(socket)
        for _ in range(clicks + WARM_UP):
            socket.send(click)
            waited, sheet = _until_sheet(socket)
            answers.append(waited)
            sheets.add(sheet)
            time.sleep(0.1)
    assert len(sheets) == len(answers), "a click brought pictures that were there before"
    return answers[WARM_UP:]


def _until_sheet(socket: ClientConnection) -> tuple[float, bytes]:
    """Milliseconds until the message with the pictures, and the message; reads on to the end of the script."""
    began, waited, sheet = time.perf_counter(), 0.0, b""
    while True:
        raw = socket.recv(timeout=30, decode=False)
        if SHEET in raw and not sheet:
            waited, sheet = (time.perf_counter() - began) * 1e3, raw
        if ForwardMsg.FromString(raw).WhichOneof("type") == "script_finished":
            assert sheet, "the click brought no pictures"
            return waited, sheet


@contextmanager
def serve(script: str = "app.py") -> Iterator[str]:
    """Run the app, or another script, on a free port; its address, once it answers. ValueError: why it did not start.

    script: relative to the checkout.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        try:
            while not _answers(url):
                if process.poll() is not None:
                    said.seek(0)
                    raise ValueError(f"the app did not start: {said.read()}")
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait()


def _click(page: Page) -> tuple[float, float]:
    """Milliseconds from the message that asks for new pictures to the one that brings them, and to the last one."""
    _settle(page)
    page.evaluate("frames_log.length = 0")
    page.get_by_role("button", name="New grid").click()
    page.wait_for_timeout(50)
    _settle(page)
    log = page.evaluate("frames_log")
    sent = next(at for kind, at in log if kind == "out")
    sheet = next(at for kind, at in log if kind == "sheet")
    return float(sheet - sent), float(max(at for kind, at in log if kind != "out") - sent)


def _settle(page: Page) -> None:
    still = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
    page.locator(still).wait_for()
    page.wait_for_timeout(150)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/_stcore/health", timeout=30).close()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


if __name__ == "__main__":
    main()
