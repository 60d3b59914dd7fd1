"""What every answer of the server says to the browser: who may frame the app, and what its pages may load.

Pages of other sites that frame the app could have a visitor press its buttons unseen. `GANLAB_EMBED` names those that
may: origins with spaces or commas between them, such as `https://lab.school.edu`, or `self` for pages of the app's own
server.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ganlab.browser_runtime import CDN
from ganlab.ui.document import ROOT_SCRIPT, index
from ganlab.ui.page_scripts import SCRIPTS

EMBED = "GANLAB_EMBED"

_ORIGIN = re.compile(r"https?://(\*\.)?([a-z0-9-]+\.)*[a-z0-9-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


def middleware() -> list[Middleware]:
    """For `st.App`. ValueError when `GANLAB_EMBED` is no list of origins."""
    return [Middleware(_Headers, headers=headers(embedders(os.environ.get(EMBED, ""))))]


def embedders(text: str) -> list[str]:
    """The sources that `GANLAB_EMBED` names, as `frame-ancestors` has them. ValueError names what is no origin."""
    found = ["'self'" if part == "self" else part.lower().rstrip("/") for part in re.split(r"[\s,]+", text) if part]
    if wrong := [part for part in found if part != "'self'" and not _ORIGIN.fullmatch(part)]:
        raise ValueError(
            f"{EMBED} has {wrong[0]!r}, which is no origin; write origins such as https://lab.school.edu or "
            "https://*.school.edu:8443 with spaces between them, or self"
        )
    return found


def headers(embed: Sequence[str] = ()) -> dict[str, str]:
    """The headers of every answer; `embed` are the sources whose pages may frame the app."""
    found = {
        "Content-Security-Policy": content_security_policy(embed),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return found if embed else found | {"X-Frame-Options": "SAMEORIGIN"}  # which cannot name more than one origin


def content_security_policy(embed: Sequence[str] = ()) -> str:
    """What the pages need and nothing else.

    Scripts: Streamlit's files, its and our inline scripts by digest, components (which it loads from blobs), and those
    that scripts write themselves: WebAssembly for the live stage, and Plotly's for lines that WebGL draws, which it
    puts together from text. Styles are written inline all over Streamlit. The network: this server, and the CDN for
    the ONNX runtime, whose files are checked by digest before they run. The pages themselves may frame each other: a
    show has each view in a frame of its own.
    """
    directives: Mapping[str, Iterable[str]] = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "blob:", "'unsafe-eval'", *map(_digest, inline_scripts())],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:", "data:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'", "blob:", "data:", f"{CDN}/"],
        "worker-src": ["'self'", "blob:"],
        "frame-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": dict.fromkeys(["'self'", *embed]),
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def inline_scripts() -> list[str]:
    """The code between script tags: of the page that Streamlit serves, and ours."""
    parts = _SCRIPT.finditer(index())
    return [*(found["code"] for found in parts if "src=" not in found["attributes"]), ROOT_SCRIPT, *SCRIPTS]


def _digest(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


class _Headers:
    """ASGI middleware that adds headers to HTTP answers; what an answer says itself stays."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    given.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
