"""Firefox and WebKit as their own automation drives them; Chromium is Playwright's.

Firefox itself speaks WebDriver BiDi, over a WebSocket. WebKitGTK has a driver that speaks classic WebDriver over HTTP,
and needs a display: Xvfb gives it one. Both take the same actions of a pointer.
"""

import http.client
import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from websockets.sync.client import connect

from tests.ports import free_port
from tests.programs import running

STARTING_SECONDS = 60
WIDTH, HEIGHT = 1400, 1000
MINI_BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "remote.active-protocols": 1,  # BiDi
}
Actions = Sequence[Mapping[str, Any]]


class Driver(Protocol):
    """A window of some browser."""

    def open(self, address: str) -> None:
        """Load a page."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, or of the promise that it is."""

    def act(self, actions: Actions) -> None:
        """Let input devices act, as WebDriver describes it."""


class Firefox:
    """Over BiDi."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self._send("session.new", capabilities={})
        self._context = self._send("browsingContext.getTree")["contexts"][0]["context"]
        viewport = {"width": WIDTH, "height": HEIGHT}
        self._send("browsingContext.setViewport", context=self._context, viewport=viewport)

    def open(self, address: str) -> None:
        self._send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        text = f"Promise.resolve({expression}).then((value) => JSON.stringify(value === undefined ? null : value))"
        target = {"context": self._context}
        found = self._send("script.evaluate", expression=text, target=target, awaitPromise=True)
        if found["type"] == "exception":
            raise AssertionError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def act(self, actions: Actions) -> None:
        self._send("input.performActions", context=self._context, actions=actions)

    def _send(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(timeout=STARTING_SECONDS))).get("id") != number:
            pass  # an event
        assert answer["type"] == "success", answer
        return answer["result"]


class WebKit:
    """Over WebDriver's HTTP."""

    def __init__(self, port: int, binary: Path) -> None:
        self._port = port
        options = {"binary": str(binary), "args": ["--automation", f"--geometry={WIDTH}x{HEIGHT}"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._session = f"/session/{self._send('POST', '/session', wanted)['sessionId']}"
        self._post("/timeouts", {"script": 60_000, "pageLoad": 60_000})
        self._post("/window/rect", {"width": WIDTH, "height": HEIGHT, "x": 0, "y": 0})

    def open(self, address: str) -> None:
        self._post("/url", {"url": address})

    def evaluate(self, expression: str) -> Any:
        script = f"const done = arguments[0]; Promise.resolve({expression}).then(done, (error) => done(`!${{error}}`))"
        found = self._post("/execute/async", {"script": script, "args": []})
        assert not (isinstance(found, str) and found.startswith("!")), found
        return found

    def act(self, actions: Actions) -> None:
        self._post("/actions", {"actions": actions})

    def close(self) -> None:
        self._send("DELETE", self._session, None)

    def _post(self, path: str, body: object) -> Any:
        return self._send("POST", self._session + path, body)

    def _send(self, method: str, path: str, body: object) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        assert not (isinstance(value, dict) and "error" in value), value
        return value


def why_not(name: str) -> str:
    """Why the browser cannot be driven here; empty when it can."""
    if name == "firefox":
        return "" if _firefox() else "no Firefox here; on Debian: apt-get install firefox-esr"
    needed = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
    missing = [package for program, package in needed.items() if not shutil.which(program)]
    missing += [] if MINI_BROWSERS else ["libwebkit2gtk-4.1-0"]
    return f"no WebKitGTK to drive here; on Debian: apt-get install {' '.join(missing)}" if missing else ""


@contextmanager
def driven(name: str, folder: Path) -> Iterator[Driver]:
    """A fresh window of `firefox` or `webkit`, whose profile lies in `folder`."""
    with STARTS[name](folder) as driver:
        yield driver


@contextmanager
def _start_firefox(folder: Path) -> Iterator[Driver]:
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (folder / "user.js").write_text("".join(lines), encoding="utf-8")
    log = folder / "firefox.txt"
    command = [_firefox(), "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"]
    with running(command, log) as process:
        address = _found(r"WebDriver BiDi listening on (ws://\S+)", log, process)
        with connect(f"{address}/session", max_size=None) as socket:
            yield Firefox(socket)


@contextmanager
def _start_webkit(folder: Path) -> Iterator[Driver]:
    port, log = free_port(), folder / "xvfb.txt"
    with ExitStack() as stack:
        screen = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT + 100}x24", "-nolisten", "tcp"]
        display = _found(r"^(\d+)$", log, stack.enter_context(running(screen, log)))
        environment = {"DISPLAY": f":{display}", "HOME": str(folder), "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        environment |= {"WEBKIT_DISABLE_DMABUF_RENDERER": "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
        command = ["WebKitWebDriver", f"--port={port}"]
        process = stack.enter_context(running(command, folder / "webkit.txt", environment))
        _wait_for_port(port, process)
        driver = WebKit(port, MINI_BROWSERS[-1])
        stack.callback(driver.close)
        yield driver


STARTS = {"firefox": _start_firefox, "webkit": _start_webkit}


def _firefox() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def _found(pattern: str, log: Path, process: subprocess.Popen[bytes]) -> str:
    """What the process writes into its log some time after its start."""
    end = time.monotonic() + STARTING_SECONDS
    while not (found := re.search(pattern, text := log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)):
        assert process.poll() is None, text
        assert time.monotonic() < end, text
        time.sleep(0.1)
    return found[1]


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/status")
            connection.getresponse().read()
            connection.close()
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return
