"""Streamlit's scripts from memory: what Streamlit itself answers, and nothing else."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.types import ASGIApp
from streamlit import config
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from ganlab.ui import document
from ganlab.ui.frontend import Frontend

STREAMLIT = create_streamlit_static_handler(str(document.STATIC), None)
SCRIPT = f"/static/js/{document.preloaded(['Slider'])[0]}"


async def elsewhere(scope: Any, receive: Any, send: Any) -> None:
    """What lies behind the middleware."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"elsewhere"})


def ask(app: ASGIApp, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Status, the headers that matter, and body."""
    sent: list[Any] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": method,
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as apart:  # the browser tests' event loop may still run in this thread
        apart.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    told = {name: headers.get(name, "") for name in ("content-type", "cache-control", "content-length")}
    return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:])


def test_a_script_is_as_streamlit_gives_it_out() -> None:
    answer = ask(Frontend(elsewhere), SCRIPT)
    assert answer == ask(STREAMLIT, SCRIPT)
    assert answer[0] == 200
    assert answer[1]["cache-control"].split(", ")[1] == "immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sample",
        "/static/css/index.css",
        "/static/js/",
        "/static/js/no.js",
        "/static/js/../index.html",
        "/a" + SCRIPT,
    ],
)
def test_the_rest_goes_on(path: str) -> None:
    assert ask(Frontend(elsewhere), path)[0] == 418


def test_only_reading_is_answered() -> None:
    assert ask(Frontend(elsewhere), SCRIPT, "POST")[0] == 418


def test_scripts_lie_below_the_path_of_the_app() -> None:
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "lab/one")
    try:
        below = Frontend(elsewhere)
    finally:
        config.set_option("server.baseUrlPath", before)
    assert ask(below, f"/lab/one{SCRIPT}")[0] == 200
    assert ask(below, SCRIPT)[0] == 418
