"""Components of the Reconstruct page that run nets in the browser: their scripts, and what each has to be told."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.explore import library
from ganlab.explore.library import Model
from ganlab.system_errors import in_words
from ganlab.ui import assets, cache
from ganlab.ui.component import component
from ganlab.ui.live.mount import BY_SERVER


def board(name: str, script: str) -> Callable[..., Any]:
    """The component whose module is `script` of `web/board`."""
    return component(name, f"board/{script}", ["stage/stage.css", "board/board.css"], kind="stage")


def nets(model: Model, loaded: Checkpoint, names: Sequence[str]) -> dict[str, Any]:
    """Where the browser gets the runtime and those nets, in their order, with the shapes that they read; or why not."""
    data = loaded.card.data
    shapes = {"generator": [loaded.latent.dim], "encoder": [data.channels, data.size, data.size]}
    found: list[dict[str, Any]] = []
    unavailable = ""
    try:
        for name in names:
            address = assets.model_address(cache.exported(model.path, name))
            found.append({"address": address, "dims": shapes[name]})
    except (ValueError, OSError) as error:
        found, unavailable = [], library.without_folders(in_words(error))
    return {
        "nets": found,
        "unavailable": unavailable,
        "instead": BY_SERVER,
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
