"""The live stage as Streamlit sees it: one component, whose script is small files joined into one module."""

import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent
SCRIPTS = (
    "vectors.js",
    "elements.js",
    "pad.js",
    "explorer.js",
    "mixer.js",
    "table.js",
    "controls.js",
    "player.js",
    "corners.js",
    "runtime.js",
    "renderer.js",
    "meter.js",
    "layout.js",
    "stage.js",
)
"""In an order in which each file uses only what came before."""


def joined(scripts: Sequence[Path]) -> str:
    """Scripts as one module: inline components cannot import files, and this needs no tool that builds.

    Each file stays a module of its own for readers and editors; imports of each other go, and only the default export
    is left. Names are unique across the files.
    """
    parts = []
    for script in scripts:
        code = script.read_text(encoding="utf-8")
        code = re.sub(r'^import [^;]* from "\.{1,2}/[^"]*";\n', "", code, flags=re.MULTILINE)
        parts.append(re.sub(r"^export (?!default)", "", code, flags=re.MULTILINE))
    return "\n".join(parts)


COMPONENT = st.components.v2.component(
    "ganlab_live",
    html="<div class='stage' tabindex='-1'>\n</div>",
    css=(FOLDER / "stage.css").read_text(encoding="utf-8"),
    js=joined([FOLDER / name for name in SCRIPTS]),
)
