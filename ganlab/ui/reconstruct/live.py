"""Components of the Reconstruct page that run nets in the browser: their scripts, and what each has to be told."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.explore import library
from ganlab.explore.library import Model
from ganlab.system_errors import in_words
from ganlab.ui import assets, cache
from ganlab.ui.live import component as live_component

FOLDER = Path(__file__).parent
SHARED = ("vectors.js", "elements.js", "runtime.js", "renderer.js", "meter.js")  # of the live stage


def component(name: str, scripts: Sequence[str]) -> Callable[..., Any]:
    """The component made of the live stage's pieces and of `scripts`, the last of which has the default export."""
    return st.components.v2.component(
        name,
        html="<div class='stage' tabindex='-1'>\n</div>",
        css=(live_component.FOLDER / "stage.css").read_text(encoding="utf-8")
        + (FOLDER / "reconstruct.css").read_text(encoding="utf-8"),
        js=live_component.joined(paths(scripts)),
    )


def paths(scripts: Sequence[str]) -> list[Path]:
    """The files that a component of `scripts` is joined of, in an order in which each uses only what came before."""
    shared = [live_component.FOLDER / script for script in SHARED]
    return [*shared, *(FOLDER / script for script in ("nets.js", *scripts))]


def nets(model: Model, loaded: Checkpoint, names: Sequence[str]) -> dict[str, Any]:
    """Where the browser gets the runtime and those nets, with the shapes that they read; or why it cannot."""
    data = loaded.card.data
    shapes = {"generator": [loaded.latent.dim], "encoder": [data.channels, data.size, data.size]}
    found, unavailable = {}, ""
    try:
        for name in names:
            address = assets.model_address(cache.exported(model.path, name))
            found[name] = {"address": address, "dims": shapes[name]}
    except (ValueError, OSError) as error:
        found, unavailable = {}, library.without_folders(in_words(error))
    return {
        "nets": found,
        "unavailable": unavailable,
        "runtimes": [files._asdict() for files in assets.runtime_addresses()],
        "dim": loaded.latent.dim,
        "width": data.size,
        "height": data.size,
        "channels": data.channels,
    }


def sent(key: str, name: str) -> dict[str, Any]:
    """The record that a component has sent last; empty when there is none, or something else."""
    value = st.session_state.get(key, {}).get(name)
    return dict(value) if isinstance(value, dict) else {}
