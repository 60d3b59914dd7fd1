"""Undo and redo of what a visitor changed: places of the stage, and what is kept."""

from typing import Any, NamedTuple

import streamlit as st

DONE, UNDONE = "undo_done", "undo_undone"
MOST = 100


class Change(NamedTuple):
    """A value of the session that became another."""

    key: str
    before: Any  # None: there was none
    after: Any


def change(key: str, after: Any) -> None:
    """Set a value of the session, so that it can be undone; what was undone before can then not come back."""
    record(key, st.session_state.get(key), after)
    st.session_state[key] = after


def record(key: str, before: Any, after: Any) -> None:
    """Note that a value was set."""
    if before != after:
        st.session_state[DONE] = [*st.session_state.get(DONE, ()), Change(key, before, after)][-MOST:]
        st.session_state[UNDONE] = []


def buttons() -> None:
    """Undo and redo, also by Ctrl+Z and Ctrl+Shift+Z; once a page."""
    with st.container(horizontal=True, gap="small", key="undo_buttons"):
        for name, key, icon, act in (
            ("Undo", "Ctrl+Z", "undo", _undo),
            ("Redo", "Ctrl+Shift+Z", "redo", _redo),
        ):
            st.button(
                name,
                key=name.lower(),
                icon=f":material/{icon}:",
                type="tertiary",
                shortcut=key.lower(),
                on_click=act,
                help=f"Moves of the stage, and what is kept ({key})",
            )


def _undo() -> None:
    _move(DONE, UNDONE, back=True)


def _redo() -> None:
    _move(UNDONE, DONE, back=False)


def _move(source: str, target: str, *, back: bool) -> None:
    waiting = list(st.session_state.get(source, ()))
    if not waiting:
        return
    last: Change = waiting.pop()
    value = last.before if back else last.after
    if value is None:
        st.session_state.pop(last.key, None)
    else:
        st.session_state[last.key] = value
    st.session_state[source] = waiting
    st.session_state[target] = [*st.session_state.get(target, ()), last]
