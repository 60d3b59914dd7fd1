"""The document that every page begins with: Streamlit's, and in its head what spares a first visitor half a second.

Where the app's root is: Streamlit would ask for it below the page's own address first, and wait .1 s when that fails.
Which of its scripts a page needs: Streamlit would fetch them once the page's script has told what is on the page.
"""

import functools
import re
from collections.abc import Iterable
from pathlib import Path

import streamlit

from ganlab import listings, web

SCRIPTS_ROOT = "/live/web"
MODULES = f"{SCRIPTS_ROOT}/{web.digest()}"  # where our scripts are served, from the app's root
STATIC = Path(streamlit.__file__).parent / "static"
INDEX = STATIC / "index.html"
SCRIPTS = STATIC / "static" / "js"

ROOT_SCRIPT = """window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };
try {
  const theme = localStorage.getItem("ganlab-theme");
  if (theme) localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, JSON.stringify(theme));
} catch {}"""
"""Pages lie beside each other in the root: what the document's own relative addresses count from is it.

Streamlit remembers light and dark for each page's address; the switch of `hall.js` means all of them.
"""

EVERY_PAGE = ("Html", "Button")
CONTROLS = ("Selectbox", "NumberInput", "Slider", "DownloadButton")
NEEDED: dict[str, tuple[str, ...]] = {  # page => Streamlit's names of the elements on its first screen
    "gallery": ("Selectbox", "TextInput", "ImageList", "PageLink", "Pagination", "DownloadButton"),
    "sample": (*CONTROLS, "BidiComponent"),
    "interpolate": (*CONTROLS, "ButtonGroup", "TextInput", "Checkbox", "BidiComponent"),
    "codes": (*CONTROLS, "ButtonGroup", "BidiComponent"),
    "attributes": (*CONTROLS, "ButtonGroup", "BidiComponent"),
    "reconstruct": ("Selectbox", "TextInput", "DownloadButton", "ButtonGroup", "BidiComponent"),
    "map": (*CONTROLS, "ButtonGroup", "Checkbox", "BidiComponent"),
    "learn": ("PageLink", "BidiComponent", "Radio"),
    "playground": ("BidiComponent",),
    "show": ("BidiComponent", "TextInput", "DownloadButton"),
    "train": ("Selectbox", "NumberInput", "TextInput", "ButtonGroup"),
    "compare": ("Multiselect", "ButtonGroup", "Slider", "PlotlyChart"),
}
"""Those that a visitor waits for; the others come as Streamlit fetches them."""
OURS: dict[str, tuple[str, ...]] = {  # page => our own scripts on it
    "sample": ("stage/stage.js", "tiles.js"),
    "interpolate": ("stage/stage.js", "film.js"),
    "codes": ("stage/stage.js", "tiles.js"),
    "attributes": ("stage/stage.js", "tiles.js"),
    "reconstruct": ("tiles.js",),
    "map": ("map/map.js",),
    "learn": ("stage/stage.js", "lessons/game.js"),
    "playground": ("playground/playground.js",),
    "show": ("hall/theatre.js",),
}

HEAD_LETTERS = 16_384  # of a script, in which all its imports stand; Plotly's has 4.7 million
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'`]\./([\w.-]+\.js)["'`]""")


@functools.cache
def document(page: str) -> str:
    """The HTML of a page, by its name in addresses."""
    names = preloaded([*EVERY_PAGE, *NEEDED.get(page, ())])
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in names]
    links += [f'<link rel="modulepreload" href=".{address}">' for address in own_modules(page)]
    head = "\n    ".join([f"<script>{ROOT_SCRIPT}</script>", *links])
    return index().replace("</head>", f"  {head}\n  </head>", 1)


def own_modules(page: str) -> list[str]:
    """Addresses of our scripts on a page, from the app's root."""
    names = dict.fromkeys(name for entry in OURS.get(page, ()) for name in web.needed(entry))
    return [f"{MODULES}/{name}" for name in names]


@functools.cache
def index() -> str:
    """The HTML that Streamlit serves for every page."""
    return INDEX.read_text(encoding="utf-8")


def preloaded(elements: Iterable[str]) -> list[str]:
    """Files of the scripts of those elements and of all that these import, without those of the document itself."""
    found: dict[str, None] = {}
    waiting = [name for element in elements for name in _files(element)]
    while waiting:
        name = waiting.pop(0)
        if name not in found and name not in index() and listings.is_file(SCRIPTS / name):
            found[name] = None
            waiting += _imports(name)
    return list(found)


def _files(element: str) -> list[str]:
    """An element's script: its name carries a digest. None in a version of Streamlit that has no such element."""
    return [path.name for path in sorted(SCRIPTS.glob(f"{element}.*.js"))]


@functools.cache
def _imports(name: str) -> list[str]:
    """What a script imports at once; what it imports later, when it needs it, is left out."""
    with (SCRIPTS / name).open(encoding="utf-8") as script:
        return _IMPORT.findall(script.read(HEAD_LETTERS))
