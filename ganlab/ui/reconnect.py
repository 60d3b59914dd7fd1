"""A server that comes back: the page runs again by itself, and what the hand moved meanwhile is taken over."""

import secrets
from pathlib import Path

import streamlit as st

KEY, TOKEN = "reconnect", "session_token"
_COMPONENT = st.components.v2.component(
    "ganlab_reconnect",
    html="<span></span>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def run_again_when_back() -> None:
    """Outside of all fragments, so that the whole page runs."""
    with st.container(key=KEY):
        _COMPONENT(key=f"{KEY}_watch", data={}, on_back_change=lambda: None)


def session_token() -> str:
    """Another one for each session: a stage that sees it change was moved while nobody listened."""
    return str(st.session_state.setdefault(TOKEN, secrets.token_hex(4)))
