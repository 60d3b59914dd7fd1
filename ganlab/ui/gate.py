"""Requests that come to the server beside the pages, and who may make them.

Pages check who does what. Two kinds of addresses are answered without a page: nets for the browser, and files that a
page asked for, which Streamlit keeps in memory until a page looks at them.
"""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from ganlab.access.mode import mode
from ganlab.access.visitor import person_of
from ganlab.counting import is_whole
from ganlab.foreign import parse_json

NETS, FILES = re.compile(r"(^|/)live/models/"), re.compile(r"(^|/)_stcore/upload_file/")
MULTIPART_BYTES = 64 * 1024  # around a file


class Gate:
    """ASGI middleware that answers what is not allowed, and lets the rest through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refused(HTTPConnection(scope), str(scope["method"])) if scope["type"] == "http" else None
        await (refused or self.app)(scope, receive, send)


def claims(cookies: Mapping[str, str]) -> dict[str, Any]:
    """What Streamlit's signed cookie says of who has logged in; nothing where there is none, or none of ours."""
    secret = get_cookie_secret()

    def one(name: str) -> bytes | None:
        return decode_signed_value(secret, name, cookies.get(name, ""))

    signed = get_cookie_with_chunks(one, USER_COOKIE_NAME)
    found = parse_json(signed) if signed else {}
    return found if isinstance(found, dict) else {}


def _refused(request: HTTPConnection, method: str) -> PlainTextResponse | None:
    """The answer to a request that is not allowed."""
    path, now = request.url.path, mode()
    if now == "login" and (NETS.search(path) or FILES.search(path)) and person_of(claims(request.cookies)) is None:
        return PlainTextResponse("log in first", 401)
    if now == "look" and method == "PUT" and FILES.search(path):
        return _against_large(request.headers.get("content-length", ""))
    return None


def _against_large(length: str) -> PlainTextResponse | None:
    """Where nobody uploads models, only a picture for an encoder is taken."""
    from ganlab.explore.picture_files import MAX_BYTES  # here, not above: the server answers before torch is there

    if not is_whole(length):
        return PlainTextResponse("say how long the file is", 411)
    if int(length) > MAX_BYTES + MULTIPART_BYTES:
        return PlainTextResponse(f"pictures have at most {MAX_BYTES:,} bytes, and nothing else is taken here", 413)
    return None
