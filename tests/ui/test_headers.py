"""What every answer of the server says to the browser."""

import asyncio
import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ganlab.ui import headers, page_scripts


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("", []),
        ("https://lab.school.edu", ["https://lab.school.edu"]),
        ("self, https://*.School.edu:8443/ http://127.0.0.1:8888", None),
        ("http://[::1]:8888", ["http://[::1]:8888"]),
    ],
)
def test_embedders_are_origins(text, sources):
    expected = ["'self'", "https://*.school.edu:8443", "http://127.0.0.1:8888"] if sources is None else sources
    assert headers.embedders(text) == expected


@pytest.mark.parametrize(
    "text", ["*", "lab.school.edu", "https://lab.school.edu/page", "https:", "https://a;script-src *", "none"]
)
def test_anything_else_is_refused_by_name(text):
    with pytest.raises(ValueError, match=r"GANLAB_EMBED has .*, which is no origin"):
        headers.embedders(text)


def test_only_the_app_itself_may_frame_its_pages_until_somebody_is_named():
    closed, opened = headers.headers(), headers.headers(["https://lab.school.edu"])
    assert closed["X-Frame-Options"] == "SAMEORIGIN"
    assert directives(closed["Content-Security-Policy"])["frame-ancestors"] == ["'self'"]
    assert directives(closed["Content-Security-Policy"])["frame-src"] == ["'self'"]
    assert "X-Frame-Options" not in opened
    assert directives(opened["Content-Security-Policy"])["frame-ancestors"] == [
        "'self'",
        "https://lab.school.edu",
    ]


def test_inline_scripts_are_known_by_their_digests():
    scripts = headers.inline_scripts()
    assert any("prerenderReady" in code for code in scripts)
    assert scripts[-len(page_scripts.SCRIPTS) :] == page_scripts.SCRIPTS
    allowed = directives(headers.content_security_policy())["script-src"]
    for code in scripts:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" in allowed
    assert "'unsafe-inline'" not in allowed


def test_an_answer_keeps_what_it_says_itself():
    async def answer(request):
        return PlainTextResponse("", headers={"Referrer-Policy": "no-referrer"})

    sent = []

    async def ask():
        app = Starlette(routes=[Route("/", answer)], middleware=headers.middleware())
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}

        async def send(message):
            sent.append(message)

        await app(scope, None, send)

    with ThreadPoolExecutor(1) as thread:  # the browser of other tests has a loop in this one
        thread.submit(asyncio.run, ask()).result()
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert found["referrer-policy"] == "no-referrer"
    assert found["x-frame-options"] == "SAMEORIGIN"


def test_a_wrong_setting_stops_the_server_in_words(monkeypatch):
    monkeypatch.setenv("GANLAB_EMBED", "everybody")
    with pytest.raises(ValueError, match="GANLAB_EMBED has 'everybody', which is no origin; write origins such as"):
        headers.middleware()
