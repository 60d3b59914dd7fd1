"""What the server answers beside the pages: exported nets and the ONNX runtime, under addresses that never change.

An address names its content (a checkpoint's digest, the runtime's version), so that browsers keep what they have.
Streamlit guards its websocket, not added routes: foreign hosts and origins are refused here.
"""

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ganlab.system_errors import is_readable

RUNTIME_VERSION = "1.30.0"
RUNTIME_FOLDER = Path(__file__).parents[2] / "node_modules" / "onnxruntime-web" / "dist"
RUNTIME_CDN = f"https://cdn.jsdelivr.net/npm/onnxruntime-web@{RUNTIME_VERSION}/dist"
MAX_BYTES = 64 * 2**20  # of one file; the runtime has 14 MB, the largest generator of the recipes 28 MB

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Content-Encoding": "identity",  # to the same machine, compressing 14 MB takes longer than sending them
}


class RuntimeFiles(NamedTuple):
    """The two files of onnxruntime-web that are used: the script, and the WebAssembly that it loads."""

    script: str
    wasm: str


RUNTIME = RuntimeFiles("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
MIMES = {RUNTIME.script: "text/javascript", RUNTIME.wasm: "application/wasm"}


def routes() -> list[Route]:
    """For `st.App`."""
    return [
        Route("/live/models/{digest}/{net}.v{format:int}.onnx", _model),
        Route(f"/live/runtime/{RUNTIME_VERSION}/{{name}}", _runtime),
        Route("/gallery", _home),
    ]


def model_address(kept: Path) -> str:
    """Where a kept export is served, from the server's root: its name's parts as a path."""
    digest, rest = kept.name.split(".", 1)
    return f"/live/models/{digest}/{rest}"


def runtime_addresses() -> list[RuntimeFiles]:
    """Where the runtime can be loaded from, best first: from here when npm has installed it, then from a CDN."""
    bases = [RUNTIME_CDN]
    if all((RUNTIME_FOLDER / name).is_file() for name in RUNTIME):
        bases.insert(0, f"/live/runtime/{RUNTIME_VERSION}")
    return [RuntimeFiles(*(f"{base}/{name}" for name in RUNTIME)) for base in bases]


def _model(request: Request) -> Response:
    from ganlab import export  # here, not above: it brings torch along, which the server starts without

    digest, net, form = (request.path_params[name] for name in ("digest", "net", "format"))
    if not re.fullmatch("[0-9a-f]{64}", digest) or net not in export.ENDS or form != export.FORMAT:
        return _not_found()
    return _file(request, export.kept_path(digest, net), "application/octet-stream")


def _runtime(request: Request) -> Response:
    name = request.path_params["name"]
    return _file(request, RUNTIME_FOLDER / name, MIMES[name]) if name in MIMES else _not_found()


def _home(request: Request) -> Response:
    """The gallery is the first page, which Streamlit serves under no name: an address with one is sent there."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


def _file(request: Request, path: Path, mime: str) -> Response:
    if not _is_ours(request):
        return PlainTextResponse("other origins may not read this", 403)
    if not is_readable(path) or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return _not_found()
    tag = f'"{path.stat().st_mtime_ns:x}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=HEADERS | {"ETag": tag})
    return FileResponse(path, media_type=mime, headers=HEADERS | {"ETag": tag})


def _is_ours(request: Request) -> bool:
    """Whether the request comes to one of the allowed hosts, from a page of the same server or from no page at all."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    try:
        name, page = urlsplit(f"//{host}").hostname, urlsplit(origin or "").netloc
    except ValueError:  # not an address: "[" for instance
        return False
    allowed = st.get_option("server.allowedHosts")
    if allowed and name not in allowed:
        return False
    return origin is None or page == host


def _not_found() -> Response:
    return PlainTextResponse("there is no such file", 404)
