"""What runs once a server: a warm start.

Streamlit itself refuses sockets from pages of other origins; `allowedHosts` in the config refuses other host names.
"""

import gc
import importlib
import pkgutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

COVERS = 4  # those that a first page shows without scrolling


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Serve at once; while the first browser loads the frontend, make ready what its first page will need."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield {}


def warm_up() -> None:
    """Import what pages use and draw the first covers, then keep all of it out of garbage collections."""
    import ganlab.ui  # here, not above: the server answers while these load
    from ganlab.explore import library
    from ganlab.ui import cache

    for model in library.models()[:COVERS]:
        cache.cover(model)
    for module in pkgutil.walk_packages(ganlab.ui.__path__, "ganlab.ui."):
        importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
