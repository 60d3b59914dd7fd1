"""The address of the page, as far as no widget is bound to it."""

import streamlit as st


def write(key: str, value: str) -> None:
    """Set a query parameter; where it says so already, nothing is sent, for each message has the browser draw anew."""
    if st.query_params.get(key) != value:
        st.query_params[key] = value
