"""Clicks on buttons that act on what a form says, whatever was typed just before them."""

import time
from typing import Any

import streamlit as st


def clicked(label: str, *, key: str, **look: Any) -> float | None:
    """A button, and when it was clicked, if the page runs for that: once, in a run that knows what was typed before.

    In seconds of `time.monotonic`, as the click came to the server: a slow page may reach the button long after.
    The arguments of a callback would be those of the page before that. `look` is what `st.button` takes besides.
    """
    asked = f"{key}_asked"
    st.button(label, key=key, on_click=_ask, args=(asked,), **look)
    moment: float | None = st.session_state.pop(asked, None)
    return moment


def _ask(asked: str) -> None:
    """Kept by the session, for a run that a later input breaks off has done nothing yet."""
    st.session_state[asked] = time.monotonic()
