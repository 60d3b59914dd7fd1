"""Why a button could not do what it is for: kept by its callback, told by the run of the page that follows.

A toast of the callback itself would be replaced by the first thing without a place that the page sends, its style.
"""

import streamlit as st

REFUSED = "refused"


def keep(message: str) -> None:
    """Remember a message, in Markdown."""
    st.session_state[REFUSED] = message


def show() -> None:
    """Tell it, once; for the router, and for fragments that have buttons, which run without it."""
    if message := st.session_state.pop(REFUSED, ""):
        st.toast(message, icon=":material/error:", duration="long")
