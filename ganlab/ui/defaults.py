"""Controls whose first value depends on what is shown."""

from collections.abc import Hashable

import streamlit as st

SHOWN = "defaults_shown"  # for the session: key => what the control belonged to, and its first value there


def renew(key: str, default: object, *, of: Hashable) -> None:
    """Call before the widget `key`: one that was left at its first value gets the new `default` when `of` changes.

    Streamlit would keep the old one, as if somebody had chosen it.
    """
    shown = st.session_state.setdefault(SHOWN, {})
    before, first = shown.get(key, (of, default))
    shown[key] = (of, default)
    if before != of and first != default and st.session_state.get(key) == first:
        st.session_state[key] = default
