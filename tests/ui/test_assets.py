"""The routes that serve exports and the ONNX runtime, asked as a server asks them."""

import asyncio
import base64
import hashlib
import json
import os
import posixpath
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from starlette.applications import Starlette
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from ganlab import browser_runtime, export, web
from ganlab.ui import assets


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def get(path: str, **headers: str) -> Answer:
    """What the routes answer to a GET for `path`."""
    sent: list[dict] = []
    path, _, query = path.partition("?")
    given = {"host": "localhost:8501"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "server": ("localhost", 8501),
        "http_version": "1.1",
        "scheme": "http",
    }

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as apart:  # the browser tests' event loop may still run in this thread
        apart.submit(lambda: asyncio.run(Starlette(routes=assets.routes())(scope, receive, send))).result()
    headers_sent = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers_sent, b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture
def kept(checkpoints_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    return export.keep(checkpoints_folder / "tiny.safetensors")


def test_a_known_export_is_served_for_good(kept):
    answer = get(assets.model_address(kept))
    assert answer.status == 200
    assert answer.body == kept.read_bytes()
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(("address", "target"), [("/gallery", "./"), ("/gallery?page=2", "./?page=2")])
def test_the_gallery_is_found_by_its_name(address, target):
    answer = get(address)
    assert (answer.status, answer.headers["location"]) == (307, target)


@pytest.mark.parametrize("base", ["lab", "/lab/", "user/ada/proxy/8501"])
def test_routes_lie_below_the_path_of_the_app(kept, base, monkeypatch):
    monkeypatch.setattr(assets.st, "get_option", lambda name: base if name == "server.baseUrlPath" else None)
    below = f"/{base.strip('/')}"
    assert get(f"{below}{assets.model_address(kept)}").status == 200
    assert get(f"{below}/gallery").headers["location"] == "./"
    assert get(assets.model_address(kept)).status == 404


@pytest.mark.parametrize(("address", "target"), [("/sample/", "../sample"), ("/train/?run=a", "../train?run=a")])
def test_a_slash_at_the_end_of_a_page_goes_without_leaving_its_folder(address, target):
    answer = get(address)
    assert (answer.status, answer.headers["location"]) == (307, target)


def test_a_browser_that_has_it_is_told_so(kept):
    address = assets.model_address(kept)
    tag = get(address).headers["etag"]
    again = get(address, if_none_match=tag)
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "change",
    [
        lambda address, digest: address.replace(digest, "0" * 64),
        lambda address, digest: address.replace(digest, digest[:12]),
        lambda address, digest: address.replace(digest, "..%2F" + digest),
        lambda address, digest: address.replace("generator", "discriminator"),
        lambda address, digest: address.replace("generator", "encoder"),
        lambda address, digest: address.replace(f"v{export.FORMAT}", "v999"),
    ],
    ids=["unknown digest", "half a digest", "a path", "a net that is never exported", "a net it lacks", "a format"],
)
def test_anything_else_is_not_there(kept, change):
    assert get(change(assets.model_address(kept), kept.name.split(".")[0])).status == 404


def test_large_files_are_not_served(kept, monkeypatch):
    monkeypatch.setattr(assets, "MAX_BYTES", kept.stat().st_size - 1)
    assert get(assets.model_address(kept)).status == 404


@pytest.mark.parametrize("origin", ["http://localhost:8501", "https://localhost:8501"])
def test_pages_of_the_same_server_may_read(kept, origin):
    assert get(assets.model_address(kept), origin=origin).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:9999"},
        {"origin": "null"},
        {"host": "evil.example", "origin": "http://evil.example"},
        {"host": "evil.example"},
        {"host": ""},
        {"host": "["},
        {"origin": "http://["},
    ],
    ids=str,
)
def test_other_origins_and_hosts_are_refused(kept, headers, monkeypatch):
    monkeypatch.setattr(assets.st, "get_option", lambda name: ["localhost"] if name == "server.allowedHosts" else None)
    assert get(assets.model_address(kept), **headers).status == 403


HOSTS = ["lab.school.edu", "LAB.school.edu:8501", "lab.school.edu.", "school.edu", "evil.example", "[::1]:80", "a@b"]


@pytest.mark.parametrize(
    "allowed", [[], ["*"], ["*.school.edu"], ["Lab.School.edu"], ["lab.school.edu"], ["::1"]], ids=str
)
def test_hosts_are_allowed_as_streamlit_allows_them(kept, allowed):
    before = config.get_option("server.allowedHosts")
    config.set_option("server.allowedHosts", allowed)
    try:
        answers = {host: get(assets.model_address(kept), host=host).status == 200 for host in HOSTS}
        assert answers == {host: is_host_allowed(host) for host in HOSTS}
    finally:
        config.set_option("server.allowedHosts", before)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder as npm leaves it."""
    for name in (*browser_runtime.FILES, "ort.min.js"):
        (tmp_path / name).write_bytes(os.urandom(32))
    monkeypatch.setattr(browser_runtime, "FOLDER", tmp_path)
    return tmp_path


def test_only_the_two_files_of_the_runtime_are_served(installed):
    base = f"/live/runtime/{browser_runtime.VERSION}"
    script, wasm = (get(f"{base}/{name}") for name in browser_runtime.FILES)
    assert script.headers["content-type"].startswith("text/javascript")
    assert wasm.headers["content-type"] == "application/wasm"
    assert wasm.body == (installed / browser_runtime.FILES.wasm).read_bytes()
    assert get(f"{base}/ort.min.js").status == 404
    assert get(f"{base}/../../package.json").status == 404


def test_the_own_runtime_comes_first_and_is_offered_only_when_it_is_there(installed):
    own, other = assets.runtime_addresses()
    assert own.script.startswith("/live/runtime/")
    assert other.wasm.startswith("https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/")
    (installed / browser_runtime.FILES.wasm).unlink()
    assert assets.runtime_addresses() == [other]


def test_the_lockfile_names_the_version_that_is_served():
    lock = json.loads((assets.Path(assets.__file__).parents[2] / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]["node_modules/onnxruntime-web"]["version"] == browser_runtime.VERSION


def test_what_another_server_gives_is_held_to_the_npm_package():
    if not browser_runtime.FOLDER.is_dir():
        pytest.skip("the ONNX runtime is not installed here: make app, or npm ci")
    for name, expected in zip(browser_runtime.FILES, browser_runtime.DIGESTS, strict=True):
        digest = hashlib.sha384((browser_runtime.FOLDER / name).read_bytes()).digest()
        assert expected == f"sha384-{base64.b64encode(digest).decode()}"


def test_only_other_servers_are_asked_for_a_digest(installed):
    own, other = assets.runtime_addresses()
    assert (own.script_digest, own.wasm_digest) == ("", "")
    assert (other.script_digest, other.wasm_digest) == browser_runtime.DIGESTS


def test_reports_that_came_along_are_served_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "REPORTS_FOLDER", tmp_path)
    (tmp_path / "faces.html").write_text("<h1>Faces</h1>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("no", encoding="utf-8")
    answer = get("/reports/faces.html")
    assert (answer.status, answer.body) == (200, b"<h1>Faces</h1>")
    assert answer.headers["content-type"].startswith("text/html")
    for name in ("none.html", "secret.txt", "../secret.html", "%2e%2e/faces.html"):
        assert get(f"/reports/{name}").status == 404


@pytest.mark.parametrize("name", ["elements.js", "playground/playground.js"])
def test_a_script_of_another_version_is_the_present_one(name):
    asked = f"/live/web/0123456789abcdef/{name}"
    moved = get(asked)
    assert moved.status == 307
    there = posixpath.normpath(posixpath.join(posixpath.dirname(asked), moved.headers["location"]))
    assert there == assets.module_address(name)
    assert get(there).body.decode() == web.text(name)
    assert get(f"/live/web/0123456789abcdef/no{name}").status == 404
    assert get(f"/live/web/elsewhere/{name}").status == 404


def test_a_format_of_thousands_of_digits_is_no_file():
    assert get(f"/live/models/{'a' * 64}/generator.v{'9' * 5_000}.onnx").status == 404
