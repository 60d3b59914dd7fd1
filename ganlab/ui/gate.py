"""Requests that come to the server beside the pages, and who may make them.

Pages check who does what. Two kinds of addresses are answered without a page: nets for the browser, and files that a
page asked for, which Streamlit keeps in memory until a page looks at them.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from ganlab.access.limits import quotas
from ganlab.access.mode import mode
from ganlab.access.visitor import person_of
from ganlab.counting import is_whole
from ganlab.foreign import parse_json

NETS = re.compile(r"(^|/)live/models/")
FILES = re.compile(r"(^|/)_stcore/upload_file/(?P<session>[^/]*)/?(?P<file>.*)")
MULTIPART_BYTES = 64 * 1024  # around a file
MOST_PICTURES = 4  # of the largest size, that a session may have in memory
MOST_SESSIONS = 10_000  # whose files are counted; the newest


class Gate:
    """ASGI middleware that answers what is not allowed, and lets the rest through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.held = Held()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_http = scope["type"] == "http"
        refused = _refused(HTTPConnection(scope), str(scope["method"]), self.held) if is_http else None
        await (refused or self.app)(scope, receive, send)


class Held:
    """How many bytes of files the newest sessions have in memory."""

    def __init__(self) -> None:
        self.sessions: OrderedDict[str, dict[str, int]] = OrderedDict()

    def add(self, session: str, file: str, size: int, most: int) -> bool:
        """Count a file that comes; not, where it would be too much."""
        files = self.sessions.setdefault(session, {})
        self.sessions.move_to_end(session)
        while len(self.sessions) > MOST_SESSIONS:
            self.sessions.popitem(last=False)
        if sum(files.values()) - files.get(file, 0) + size > most:
            return False
        files[file] = size
        return True

    def forget(self, session: str, file: str) -> None:
        """Of a file that the page has let go."""
        self.sessions.get(session, {}).pop(file, None)


def claims(cookies: Mapping[str, str]) -> dict[str, Any]:
    """What Streamlit's signed cookie says of who has logged in; nothing where there is none, or none of ours."""
    secret = get_cookie_secret()

    def one(name: str) -> bytes | None:
        return decode_signed_value(secret, name, cookies.get(name, ""))

    signed = get_cookie_with_chunks(one, USER_COOKIE_NAME)
    found = parse_json(signed) if signed else {}
    return found if isinstance(found, dict) else {}


def _refused(request: HTTPConnection, method: str, held: Held) -> PlainTextResponse | None:
    """The answer to a request that is not allowed."""
    path, now = request.url.path, mode()
    if now == "login" and (NETS.search(path) or FILES.search(path)) and person_of(claims(request.cookies)) is None:
        return PlainTextResponse("log in first", 401)
    if now == "open" or not (found := FILES.search(path)):
        return None
    if method == "DELETE":
        held.forget(found["session"], found["file"])
    if method != "PUT":
        return None
    length = request.headers.get("content-length", "")
    if not is_whole(length):
        return PlainTextResponse("say how long the file is", 411)
    return _against_large(int(length), found, held) if now == "look" else _against_many(int(length), found, held)


def _against_large(size: int, asked: re.Match[str], held: Held) -> PlainTextResponse | None:
    """Where nobody uploads models, only pictures for an encoder are taken, and few of them."""
    from ganlab.explore.picture_files import MAX_BYTES  # here, not above: the server answers before torch is there

    if size > MAX_BYTES + MULTIPART_BYTES:
        return PlainTextResponse(f"pictures have at most {MAX_BYTES:,} bytes, and nothing else is taken here", 413)
    if not held.add(asked["session"], asked["file"], size, MOST_PICTURES * MAX_BYTES):
        return PlainTextResponse("these are too many pictures at a time; take some away, or load the page anew", 413)
    return None


def _against_many(size: int, asked: re.Match[str], held: Held) -> PlainTextResponse | None:
    """Somebody who has logged in drops no more on a page than a person may keep on the server."""
    most_mb = quotas().person_mb
    if held.add(asked["session"], asked["file"], size, most_mb * 10**6):
        return None
    return PlainTextResponse(f"a person can have {most_mb:,} MB here; take files away, or load the page anew", 413)
