"""The real app on a free port, and a page of a real Chromium that fails the test when its console shows an error."""

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.ports import free_port
from tests.programs import running
from tests.tiny_vae import train_vae

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
"""The same engine without its windows takes a third less of the processor; `reduced_motion` of contexts, a fifth."""
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UNAVOIDABLE = (
    "/_stcore/health",  # which a page looks for again and again where a test has ended its server
    "/_stcore/host-config",  # the same
    "/_stcore/upload_file/any/any",  # which a test asks for, to be refused
    "https://fonts.gstatic.com/",  # the icon in the browser's tab, where there is no internet
)
"""Parts of addresses whose failure says nothing about the app."""
AFTER_THE_SERVER = "Cannot send rerun backMessage when disconnected from server"
"""What Streamlit's script says where a test has ended its server, and the page is still open."""
START_SECONDS = 90
RUN_MILLISECONDS = 60_000  # on a busy machine a page asks for the script of its buttons long after the rest


class Server(NamedTuple):
    """A running app and its folders."""

    url: str
    runs: Path
    checkpoints: Path
    log: Path

    def address(self, page: str = "") -> str:
        """The address of a page, with its query: `sample?seed=3`."""
        return f"{self.url}/{page}"


@contextmanager
def serve(
    folder: Path,
    data: Path,
    checkpoints: Path | None = None,
    *,
    port: int = 0,
    base: str = "",
    script: Path = ROOT / "app.py",
    settings: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
) -> Iterator[Server]:
    """Run the app with folders of its own under `folder`, and a copy of the checkpoints in `checkpoints`.

    base: the path of its pages, such as `/lab`.
    script: another app than ours.
    settings: further environment variables.
    options: further arguments of `streamlit run`.
    """
    port = port or free_port()
    url = f"http://127.0.0.1:{port}{base}"
    server = Server(url, folder / "runs", folder / "checkpoints", folder / "server.txt")
    shutil.copytree(checkpoints or ROOT / "checkpoints", server.checkpoints, dirs_exist_ok=True)
    environment = {
        "GANLAB_DATA": str(data),
        "GANLAB_RUNS": str(server.runs),
        "GANLAB_CHECKPOINTS": str(server.checkpoints),
        **(settings or {}),
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--browser.gatherUsageStats=false", *options]
    command += [f"--server.baseUrlPath={base}"] * bool(base)
    with running(command, server.log, environment, folder=ROOT) as process:
        _wait_until_healthy(process, server)
        yield server


@pytest.fixture(scope="session")
def server(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app as it ships, with the shipped checkpoints and no runs, for tests that leave nothing there."""
    with serve(tmp_path_factory.mktemp("app"), data_folder) as started:
        yield started


@pytest.fixture(scope="module")
def fresh_server(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same, of one file of tests, which may train, upload and change files."""
    with serve(tmp_path_factory.mktemp("app"), data_folder) as started:
        yield started


@pytest.fixture(scope="session")
def vae_server(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with one tiny model that has an encoder, for tests that leave nothing there."""
    folder = tmp_path_factory.mktemp("models")
    train_vae(tmp_path_factory.mktemp("vae")).rename(folder / "vae.safetensors")
    with serve(tmp_path_factory.mktemp("app"), data_folder, folder) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).is_file():
        pytest.skip("no Chromium here; on Debian: apt-get install chromium-headless-shell")
    expect.set_options(timeout=RUN_MILLISECONDS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of 1400 x 1000; at the end, errors on its console or in its scripts fail the test."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        expected = AFTER_THE_SERVER in message.text or any(part in url for part in UNAVOIDABLE)
        if message.type == "error" and not expected:
            errors.append(f"{message.text} {url}")

    context = browser.new_context(
        reduced_motion="reduce", viewport={"width": 1400, "height": 1000}, accept_downloads=True
    )
    opened = context.new_page()
    opened.set_default_timeout(RUN_MILLISECONDS)
    opened.on("console", note)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def settle() -> Callable[[Page], None]:
    """Wait until the page is connected and its script has stopped running."""

    def wait(page: Page) -> None:
        page.wait_for_timeout(100)  # a click reaches the script a moment later
        still = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
        page.locator(still).wait_for(timeout=RUN_MILLISECONDS)

    return wait


def _wait_until_healthy(process: subprocess.Popen[bytes], server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{server.log.read_text(errors='replace', encoding='utf-8')}")
