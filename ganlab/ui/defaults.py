"""Controls whose first value depends on what is shown."""

from collections.abc import Hashable
from typing import NamedTuple

import streamlit as st

SHOWN = "defaults_shown"  # for the session: key => what was last seen of the control


class Seen(NamedTuple):
    """A control when the page last ran."""

    of: Hashable  # what it belonged to
    first: object  # its value unless somebody chose another
    chosen: bool  # whether somebody ever did


def renew(key: str, default: object, *, of: Hashable) -> None:
    """Call before the widget `key`: one that nobody ever changed gets the new `default` when `of` changes.

    Streamlit would keep the old one, as if somebody had chosen it.
    """
    shown = st.session_state.setdefault(SHOWN, {})
    last = shown.get(key, Seen(of, default, chosen=False))
    chosen = last.chosen or st.session_state.get(key, last.first) != last.first
    shown[key] = Seen(of, default, chosen)
    if last.of != of and not chosen and key in st.session_state:
        st.session_state[key] = default
