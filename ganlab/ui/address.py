"""The address of the page, as far as no widget is bound to it."""

import streamlit as st


def write(key: str, value: str, default: str | None = None) -> None:
    """Set a query parameter, or take it out when it says the default, as bound widgets do.

    Where nothing changes nothing is sent: each message has the browser draw anew, and brings the whole address as it
    was when the script began, so that it may undo what the visitor changed meanwhile.
    """
    if value == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value
