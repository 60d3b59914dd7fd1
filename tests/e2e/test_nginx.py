"""The proxy of docs/serving.md, as it stands there: HTTPS, the page's WebSocket, nets, uploads, and logging in."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import CHROMIUM, FLAGS, ROOT, serve
from tests.e2e.login_provider import CLIENT, SECRET, serve_provider
from tests.e2e.steps import COUNT, installed
from tests.ports import free_port

NAME = "gan.example.org"  # in the document; the browser is told that it is this machine
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


class Proxy(NamedTuple):
    """Where the browser and the app are."""

    plain: int
    secure: int
    app: int

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.secure}"


def site(proxy: Proxy, folder: Path) -> str:
    """The document's configuration with this test's ports and certificate, and nothing else changed."""
    [text] = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "serving.md").read_text(encoding="utf-8"), re.DOTALL)
    changes = {
        "listen 80;": f"listen 127.0.0.1:{proxy.plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{proxy.secure} ssl;",
        f"https://{NAME}$request_uri": f"{proxy.url}$request_uri",
        "/etc/ssl/certs/ganlab.pem": str(folder / "ganlab.pem"),
        "/etc/ssl/private/ganlab.key": str(folder / "ganlab.key"),
        "127.0.0.1:8501": f"127.0.0.1:{proxy.app}",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(proxy: Proxy, folder: Path) -> Iterator[None]:
    """nginx in the foreground with that site alone."""
    folder.mkdir()
    certificate = f"openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={NAME} -keyout ganlab.key"
    subprocess.run([*certificate.split(), "-out", "ganlab.pem"], cwd=folder, check=True, capture_output=True)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # who may write into the test's folder
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.txt; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{site(proxy, folder)} }}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        _wait_until_open(proxy.secure, process, folder / "error.txt")
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"nginx did not start:\n{log.read_text(encoding='utf-8')}")


@installed
@pytest.mark.skipif(not Path(NGINX).is_file(), reason="no nginx here; on Debian: apt-get install nginx")
@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here; on Debian: apt-get install openssl")
def test_a_class_comes_in_through_nginx(
    browser: Browser, data_folder: Path, tmp_path: Path, checkpoint_file: Path, settle: Callable[[Page], None]
) -> None:
    proxy = Proxy(free_port(), free_port(), free_port())
    (tmp_path / "models").mkdir()
    shutil.copy(checkpoint_file, tmp_path / "models" / "tiny.safetensors")
    with serve_provider() as provider, nginx(proxy, tmp_path / "nginx"):
        provider.redirects.add(f"{proxy.url}/oauth2callback")
        (tmp_path / "secrets.toml").write_text(
            f"""[auth]
redirect_uri = "{proxy.url}/oauth2callback"
cookie_secret = "{secrets.token_hex()}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"
""",
            encoding="utf-8",
        )
        options = [f"--secrets.files={tmp_path / 'secrets.toml'}", f"--server.allowedHosts={NAME}"]
        settings = {"GANLAB_ACCESS": "login"}
        models = tmp_path / "models"
        with serve(tmp_path / "app", data_folder, models, port=proxy.app, settings=settings, options=options):
            here = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
            told = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, here])
            context = told.new_context(ignore_https_errors=True)
            page = context.new_page()
            page.add_init_script(COUNT)
            page.goto(f"http://{NAME}:{proxy.plain}/")
            assert page.url.startswith(f"{proxy.url}/")
            page.get_by_role("button", name="Log in").click(timeout=30_000)
            page.get_by_role("link", name="ada").click()
            page.get_by_role("button", name="Log out").wait_for(timeout=30_000)
            login = {cookie["name"]: cookie for cookie in context.cookies()}["_streamlit_user"]
            assert login["secure"]
            assert login["httpOnly"]

            page.get_by_role("button", name="Upload a model").click()
            page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
                {"name": "adas.safetensors", "mimeType": "", "buffer": checkpoint_file.read_bytes()}
            )
            expect(page.get_by_text("uploaded by you")).to_be_visible(timeout=30_000)

            page.goto(f"{proxy.url}/sample?model=tiny")
            page.wait_for_function(
                "window.frames_log.length > 0", timeout=60_000
            )  # the net came, and the browser draws
            settle(page)
            told.close()
