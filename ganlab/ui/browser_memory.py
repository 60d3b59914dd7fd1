"""What the visitor's browser remembers of a session: texts under names, over reloads and in other tabs."""

from collections.abc import Callable, Mapping

import streamlit as st

from ganlab.ui.component import component

_KEEPER = component("ganlab_keeper", "keeper.js", (), kind="keeper")


def remember(name: str, text: str | None, take: Callable[[str, bool], None]) -> None:
    """Have the browser keep `text` under `ganlab-NAME`; None while the session has never had any.

    take: called with what the browser has, which may be anything, and whether the session hears of it for the first
        time: when the session is new, and when another tab has changed it. A ValueError says that it cannot be read;
        the text is then set aside before it is replaced.
    """
    with st.container(key=f"keeper_{name}"):
        _KEEPER(
            key=_found(name),
            data={
                "name": f"ganlab-{name.replace('_', '-')}",
                "text": text,
                "heard": st.session_state.get(_heard(name), 0),
                "unread": st.session_state.get(_unread(name), False),
            },
            on_found_change=lambda: hear(name, take),
        )


def hear(name: str, take: Callable[[str, bool], None]) -> None:
    """Pass on what the browser has sent."""
    sent = st.session_state[_found(name)].get("found")
    text, mark = (sent.get("text"), sent.get("mark")) if isinstance(sent, Mapping) else (None, None)
    first = not st.session_state.get(_heard(name), 0)
    st.session_state[_heard(name)] = mark if isinstance(mark, float) and 1 <= mark < 2 else 1
    if not isinstance(text, str):
        return
    try:
        take(text, first)
    except ValueError:
        st.session_state[_unread(name)] = True


def _found(name: str) -> str:
    return f"{name}_in_browser"


def _heard(name: str) -> str:
    return f"{name}_heard"


def _unread(name: str) -> str:
    return f"{name}_unread"
