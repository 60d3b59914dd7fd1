"""What runs once a server: warm start, and a check of who asks."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what the first page needs before the first visitor comes, then keep it out of garbage collection."""
    from ganlab.explore import library
    from ganlab.ui import cache

    if models := library.models():
        cache.warm(models[0])
    gc.collect()
    gc.freeze()
    yield {}


def middleware() -> list[Middleware]:
    return []
