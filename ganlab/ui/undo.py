"""Undo and redo of what a visitor changed: places of the stage, and what is kept."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st

DONE, UNDONE = "undo_done", "undo_undone"
MOST = 100


class Change(NamedTuple):
    """Values of the session, by their keys, that became others at once."""

    before: Mapping[str, Any]  # None: there was none
    after: Mapping[str, Any]


def change(after: Mapping[str, Any]) -> None:
    """Set values of the session, so that one step undoes all; what was undone before can then not come back."""
    _note(Change({key: st.session_state.get(key) for key in after}, after))
    for key, value in after.items():
        st.session_state[key] = value


def record(key: str, before: Any, after: Any) -> None:
    """Note that a value was set."""
    _note(Change({key: before}, {key: after}))


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


def _note(made: Change) -> None:
    if made.before != made.after:
        st.session_state[DONE] = [*st.session_state.get(DONE, ()), made][-MOST:]
        st.session_state[UNDONE] = []


def _undo() -> None:
    _move(DONE, UNDONE, back=True)


def _redo() -> None:
    _move(UNDONE, DONE, back=False)


def _move(source: str, target: str, *, back: bool) -> None:
    waiting = list(st.session_state.get(source, ()))
    if not waiting:
        return
    last: Change = waiting.pop()
    left, wanted = (last.after, last.before) if back else (last.before, last.after)
    for key in wanted:
        value = _with_what_came_since(st.session_state.get(key), left[key], wanted[key])
        if value is None:
            st.session_state.pop(key, None)
        else:
            st.session_state[key] = value
    st.session_state[source] = waiting
    st.session_state[target] = [*st.session_state.get(target, ()), last]


def _with_what_came_since(now: Any, left: Any, wanted: Any) -> Any:
    """`wanted` instead of `left`, with what other tabs have added since, and without what they have taken out."""
    if isinstance(wanted, list) and isinstance(now, list):
        stays = [one for one in wanted if one in now or one not in (left or ())]
        return [*stays, *(one for one in now if one not in (left or ()) and one not in wanted)]
    if isinstance(wanted, Mapping) and isinstance(now, Mapping):
        mine = {key: wanted.get(key) for key in {*wanted, *(left or ())} if wanted.get(key) != (left or {}).get(key)}
        return {key: value for key, value in {**now, **mine}.items() if value is not None}
    return wanted
