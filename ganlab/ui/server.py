"""What runs once a server: a warm start.

Streamlit itself refuses sockets from pages of other origins; `allowedHosts` in the config refuses other host names.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
import torch

THREADS = 2  # small nets gain nothing from more, and several visitors draw at once


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Draw the first page's pictures before the first visitor comes, and keep what was imported out of collections."""
    from ganlab.explore import library  # here, not above: Streamlit's caches want to be made while it runs
    from ganlab.ui import cache

    torch.set_num_threads(min(THREADS, torch.get_num_threads()))
    for model in library.models()[:4]:
        cache.cover(model)
    gc.collect()
    gc.freeze()
    yield {}
