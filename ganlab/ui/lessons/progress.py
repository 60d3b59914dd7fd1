"""Which lessons the visitor has done, in the session and in the browser."""

import streamlit as st

from ganlab.lessons import LESSONS
from ganlab.lessons.progress import from_json, to_json
from ganlab.ui import browser_memory, refusals
from ganlab.ui.markdown import escaped

NAME = "lessons"


def done() -> frozenset[str]:
    """The names of the lessons that are done."""
    found: frozenset[str] = st.session_state.get(NAME, frozenset())
    return found


def mark_done(name: str) -> None:
    st.session_state[NAME] = done() | {name}


def start_again() -> None:
    """Forget what was done; for a callback."""
    for key in [key for key in st.session_state if str(key).startswith("lesson_")]:
        del st.session_state[key]
    st.session_state[NAME] = frozenset()


def in_browser() -> None:
    """Have the browser remember it; once a run, after what may change it."""
    browser_memory.remember(NAME, to_json(done()) if NAME in st.session_state else None, _hear)


def _hear(text: str, first: bool) -> None:
    try:
        found = from_json(text, LESSONS)
    except ValueError as error:
        refusals.keep(f"What this browser remembers of lessons cannot be read: {escaped(str(error))}.")
        raise
    st.session_state[NAME] = found | done() if first else found
