"""A shared page as a folder of files for any static host, or as one file that opens without a network."""

import base64
import gzip
import io
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ganlab import browser_runtime, web
from ganlab.full_disk import room_for
from ganlab.share import document, space
from ganlab.share.content import Page, net
from ganlab.whole_files import check_name, replacing

INDEX = "index.html"
ENTRY = "share/page.js"  # what a page that is one file imports from texts
SITE = "share/site.js"


def files(page: Page, *, for_space: bool = False) -> Iterator[tuple[str, bytes]]:
    """Names in the folder, with slashes, and what the files hold; for a Space also the card that its host reads.

    ValueError where a net cannot be exported, or the ONNX runtime is missing.
    """
    runtime = browser_runtime.contents()
    names = {name: f"runtime/{file}" for name, file in browser_runtime.FILES._asdict().items()}
    yield INDEX, _index(page, names).encode()
    yield "style.css", document.style().encode()
    for module in web.needed(SITE):
        yield f"web/{module}", web.text(module).encode()
    for name, path in runtime._asdict().items():
        yield names[name], Path(path).read_bytes()
    yield from _nets(page).items()
    if for_space:
        yield from space.files(page)


def write(page: Page, folder: Path, *, for_space: bool = False) -> int:
    """Write the folder, which must not be there or be empty; returns how many bytes its files have.

    FileExistsError for one with files in it. When something goes wrong, nothing is left.
    """
    check_name(folder)
    check_free(folder)
    folder = Path(os.path.realpath(folder))
    part = folder.with_name(f".{secrets.token_hex(8)}.part")
    written = 0
    try:
        with room_for(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            for name, content in files(page, for_space=for_space):
                place = part / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
                written += len(content)
            _move(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return written


def _move(part: Path, folder: Path) -> None:
    """The whole folder to its place, or what is in it where there is an empty one, in which somebody may stand."""
    if not folder.is_dir():
        part.replace(folder)
        return
    moved: list[Path] = []
    try:
        for child in part.iterdir():
            child.replace(folder / child.name)
            moved.append(folder / child.name)
    except OSError:
        for child in moved:
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        raise


def check_free(folder: Path) -> None:
    """FileExistsError, with the remedy, for a file of that name, and for a folder that has something in it."""
    if folder.is_dir() and not os.listdir(folder):
        return
    if os.path.lexists(folder):
        raise FileExistsError(
            f"{folder} is there already, and nothing in it was changed; name a new folder, or remove this one first"
        )


def archive(page: Page) -> bytes:
    """The folder as a ZIP."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, file in files(page):
            whole.writestr(f"page/{name}", file)
    return content.getvalue()


def write_single(page: Page, path: Path) -> int:
    """Write the page as one file, which must not be there; returns its bytes."""
    check_name(path)
    check_free_file(path)
    content = single(page).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_bytes(content)
    return len(content)


def check_free_file(path: Path) -> None:
    """FileExistsError, with the remedy, for anything of that name."""
    if os.path.lexists(path):
        raise FileExistsError(f"{path} is there already and was not changed; name a new file, or remove this one first")


def single(page: Page) -> str:
    """The page as one HTML file with scripts, nets and the ONNX runtime inside, gzipped as base64."""
    runtime = browser_runtime.contents()
    inside = {Path(path).name: Path(path).read_bytes() for path in runtime} | _nets(page)
    style, script = document.style(), web.text("share/single.js")
    blocks = [
        f'<script type="text/plain" id="link">{web.text("link.js")}</script>',
        f'<script type="application/json" id="modules">{document.embedded(web.linkable(ENTRY))}</script>',
        *(
            f'<script type="application/gzip" data-file="{document.text(name)}">{_packed(content)}</script>'
            for name, content in inside.items()
        ),
        f'<script type="module">{script}</script>',
    ]
    policy = {
        "script-src": f"{document.digest(script)} blob: 'wasm-unsafe-eval'",
        "style-src": document.digest(style),
        "img-src": "data: blob:",
        "connect-src": "blob: data:",
    }
    names = browser_runtime.FILES._asdict()
    return document.page(page, names, f"<style>{style}</style>", "\n".join(blocks), policy)


def _index(page: Page, names: dict[str, str]) -> str:
    policy = {
        "script-src": "'self' 'wasm-unsafe-eval'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
    }
    preloads = [f'<link rel="modulepreload" href="web/{module}">' for module in web.needed(SITE)]
    head = "\n".join(['<link rel="stylesheet" href="style.css">', *preloads])
    return document.page(page, names, head, f'<script type="module" src="web/{SITE}"></script>', policy)


def _nets(page: Page) -> dict[str, bytes]:
    return {shown.file: net(shown) for shown in page.models}


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()
