"""Streamlit's own scripts from memory: a page has a hundred of them, and a visitor waits for all.

Streamlit hands each request to three threads, which takes 2 ms of a processor, and much longer while a warm start holds
Python's lock. It keeps the addresses below `/static/` to itself, so that this is a middleware and no route.
"""

import functools

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ganlab.ui.assets import SCRIPT, base_path
from ganlab.ui.document import SCRIPTS

HEADERS = {"Cache-Control": "public, immutable, max-age=31536000"}  # as Streamlit says: names carry a digest


class Frontend:
    """ASGI middleware that answers for Streamlit's scripts, and lets the rest through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._folder = app, f"{base_path()}/static/js/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _script(scope["path"].removeprefix(self._folder)) if self._is_read(scope) else None
        await (found or self._app)(scope, receive, send)

    def _is_read(self, scope: Scope) -> bool:
        return scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(self._folder)


@functools.cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in SCRIPTS.glob("*.js"))


def _script(name: str) -> Response | None:
    return _answer(name) if name in _names() else None


@functools.cache
def _answer(name: str) -> Response:
    return Response((SCRIPTS / name).read_bytes(), headers=HEADERS, media_type=SCRIPT)
