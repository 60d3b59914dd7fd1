"""Clicks on buttons that act on what a form says, whatever was typed just before them."""

from typing import Any

import streamlit as st


def clicked(label: str, *, key: str, **look: Any) -> bool:
    """A button, and whether the page runs for a click on it: once, in a run that knows all that was typed before.

    The arguments of a callback would be those of the page before that. `look` is what `st.button` takes besides.
    """
    asked = f"{key}_asked"
    st.button(label, key=key, on_click=_ask, args=(asked,), **look)
    return bool(st.session_state.pop(asked, False))


def _ask(asked: str) -> None:
    """Kept by the session, for a run that a later input breaks off has done nothing yet."""
    st.session_state[asked] = True
