"""What the server answers beside the pages: scripts, exported nets and the ONNX runtime, under lasting addresses.

An address names its content (a digest, the runtime's version), so that browsers keep what they have.
Addresses count from the app's root, which may lie below the server's: `server.baseUrlPath`, or a proxy that strips a
prefix. Streamlit guards its websocket, not added routes: foreign hosts and origins are refused here.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from ganlab import browser_runtime, folders, listings, web
from ganlab.browser_runtime import RuntimeSource
from ganlab.file_versions import version
from ganlab.system_errors import is_readable
from ganlab.ui.document import MODULES, SCRIPTS_ROOT, document
from ganlab.ui.visits import VISITS

PAGES_FOLDER = folders.root() / "pages"
REPORTS_FOLDER = folders.root() / "docs" / "reports"
FIRST_PAGE = "gallery"  # served under no name

SCRIPT = "text/javascript"
MAX_BYTES = 64 * 2**20  # of one file; the runtime has 14 MB, the largest generator of the recipes 28 MB

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Content-Encoding": "identity",  # to the same machine, compressing 14 MB takes longer than sending them
}


MIMES = {browser_runtime.FILES.script: SCRIPT, browser_runtime.FILES.wasm: "application/wasm"}


def routes() -> list[Route]:
    """For `st.App`, which leaves it to its routes to begin with `server.baseUrlPath`."""
    base = base_path()
    return [
        Route(f"{base}/live/models/{{digest}}/{{net}}.v{{format}}.onnx", _model),
        Route(f"{base}/live/runtime/{browser_runtime.VERSION}/{{name}}", _runtime),
        Route(f"{base}{MODULES}/{{name:path}}", _module),
        Route(f"{base}{SCRIPTS_ROOT}/{{digest}}/{{name:path}}", _old_module),
        Route(f"{base}/reports/{{name}}.html", _report),
        Route(f"{base}/{FIRST_PAGE}", _home),
        Route(f"{base}/", _document),
        *(Route(f"{base}/{page.stem}", _document) for page in PAGES_FOLDER.glob("*.py") if page.stem != FIRST_PAGE),
        *(Route(f"{base}/{page.stem}/", _without_slash) for page in PAGES_FOLDER.glob("*.py")),
    ]


def base_path() -> str:
    """Where the server has the app's root: empty, or a path without a slash at its end."""
    return "/".join(["", *(part for part in (st.get_option("server.baseUrlPath") or "").split("/") if part)])


def model_address(kept: Path) -> str:
    """Where a kept export is served, from the app's root: its name's parts as a path."""
    digest, rest = kept.name.split(".", 1)
    return f"/live/models/{digest}/{rest}"


def module_address(name: str) -> str:
    """Where a script of `ganlab/ui/web` is served, from the app's root. Relative imports between them hold."""
    return f"{MODULES}/{name}"


def runtime_addresses() -> list[RuntimeSource]:
    """Where the runtime can be loaded from, best first: from here when npm has installed it, then from a CDN."""
    sources = [browser_runtime.from_cdn()]
    if browser_runtime.is_here():
        script, wasm = (f"/live/runtime/{browser_runtime.VERSION}/{name}" for name in browser_runtime.FILES)
        sources.insert(0, RuntimeSource(script, wasm))
    return sources


def _model(request: Request) -> Response:
    from ganlab import export  # here, not above: it brings torch along, which the server starts without

    digest, net, form = (request.path_params[name] for name in ("digest", "net", "format"))
    if not re.fullmatch("[0-9a-f]{64}", digest) or net not in export.ENDS or form != str(export.FORMAT):
        return _not_found()
    return _file(request, export.kept_path(digest, net), "application/octet-stream")


def _runtime(request: Request) -> Response:
    name = request.path_params["name"]
    return _file(request, browser_runtime.FOLDER / name, MIMES[name]) if name in MIMES else _not_found()


async def _module(request: Request) -> Response:  # without a thread, as all that is answered from memory
    if not is_ours(request):
        return _foreign()
    name = request.path_params["name"]
    if name not in web.modules():
        return _not_found()
    return Response(web.text(name), headers=HEADERS, media_type=SCRIPT)


def _old_module(request: Request) -> Response:
    """A script of another version, which a page that was open before an upgrade asks for: sent to the present one."""
    digest, name = request.path_params["digest"], request.path_params["name"]
    if not re.fullmatch("[0-9a-f]{16}", digest) or name not in web.modules():
        return _not_found()
    return _redirect(f"{'../' * (name.count('/') + 1)}{web.digest()}/{name}", request)


def _report(request: Request) -> Response:
    """A report that came along: a page of text and pictures, without a script."""
    known = {path.stem: path for path in listings.files(REPORTS_FOLDER, "*.html")}
    found = known.get(request.path_params["name"])
    return FileResponse(found, media_type="text/html", headers={"Cache-Control": "no-cache"}) if found else _not_found()


def _home(request: Request) -> Response:
    """The gallery is the first page, which Streamlit serves under no name: an address with one is sent there."""
    return _redirect("./", request)


async def _document(request: Request) -> Response:
    VISITS.announce()
    name = request.url.path.rsplit("/", 1)[1] or FIRST_PAGE
    return HTMLResponse(document(name), headers={"Cache-Control": "no-cache"})


def _without_slash(request: Request) -> Response:
    """A page's address without the slash at its end. Streamlit would leave out a prefix that a proxy has stripped."""
    return _redirect(f"../{request.url.path.rstrip('/').rsplit('/', 1)[1]}", request)


def _redirect(target: str, request: Request) -> Response:
    return RedirectResponse(f"{target}?{request.url.query}" if request.url.query else target)


def _file(request: Request, path: Path, mime: str) -> Response:
    if not is_ours(request):
        return _foreign()
    if not is_readable(path) or not listings.is_file(path) or path.stat().st_size > MAX_BYTES:
        return _not_found()
    tag = f'"{"-".join(f"{number:x}" for number in version(path))}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=HEADERS | {"ETag": tag})
    return FileResponse(path, media_type=mime, headers=HEADERS | {"ETag": tag})


def is_ours(request: HTTPConnection) -> bool:
    """Whether the request comes to one of the allowed hosts, from a page of the same server or from no page at all."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if not is_host_allowed(host):
        return False
    try:
        return origin is None or urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # not an address: "http://[" for instance
        return False


def _foreign() -> Response:
    return PlainTextResponse("other origins may not read this", 403)


def _not_found() -> Response:
    return PlainTextResponse("there is no such file", 404)
