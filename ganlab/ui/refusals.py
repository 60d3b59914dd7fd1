"""Why a button could not do what it is for: kept by its callback, told by the run of the page that follows.

A toast of the callback itself would be replaced by the first thing without a place that the page sends, its style.
"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

REFUSED = "refused"
WARNED, AGAIN = "warned", "warned_again"  # by this run of the page; by the run that started over


def keep(message: str) -> None:
    """Remember a message, in Markdown."""
    st.session_state[REFUSED] = message


def show() -> None:
    """Tell it, once; for the router, and for fragments that have buttons, which run without it."""
    if message := st.session_state.pop(REFUSED, ""):
        st.toast(message, icon=":material/error:", duration="long")


def warn(place: DeltaGenerator, message: str) -> None:
    """Say in `place` what of the address cannot be shown."""
    place.warning(message, icon=":material/link_off:")
    st.session_state[WARNED] = message


def start_over() -> None:
    """Run the page again, which tells what this run has warned of: the address no longer says it."""
    st.session_state[AGAIN] = st.session_state.pop(WARNED, "")
    st.rerun()


def repeat(place: DeltaGenerator) -> None:
    """Tell it, once."""
    st.session_state.pop(WARNED, None)
    if message := st.session_state.pop(AGAIN, ""):
        warn(place, message)
