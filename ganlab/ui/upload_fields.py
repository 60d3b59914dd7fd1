"""File fields that are empty again once what lay in them was taken, so that nothing is taken twice."""

from typing import Any

import streamlit as st

from ganlab.foreign import shortened

MOST_LETTERS = 100  # of a file's name


def key(name: str) -> str:
    """The key of the field as it is now: another one after `clear`, which Streamlit takes for another field."""
    return f"{name}_{st.session_state.setdefault(_count(name), 0)}"


def content(name: str) -> Any:
    """What lies in the field: a file, a list of files, or None."""
    return st.session_state[key(name)]


def called(file: Any) -> str:
    """What messages call a file that lies in a field."""
    return shortened(file.name, MOST_LETTERS)


def clear(name: str) -> None:
    """Have an empty field from the next run of the page on."""
    st.session_state[_count(name)] += 1


def _count(name: str) -> str:
    return f"{name}_count"
