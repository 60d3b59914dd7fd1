"""The browser's history: one entry a page, so that Back goes to the page before.

Streamlit adds an entry whenever a script writes into the address, as ours do when a page opens and when the hand rests;
widgets that are bound to it replace the entry. Here the first do so as well. Browsers without the Navigation API keep
Streamlit's way.
"""

from pathlib import Path

import streamlit as st

KEY = "history"
SCRIPT = f"<script>{Path(__file__).with_suffix('.js').read_text(encoding='utf-8')}</script>"


def keep_one_entry_a_page() -> None:
    """Have the browser replace the history's entry where Streamlit would add one for the same page."""
    with st.container(key=KEY):
        st.html(SCRIPT, unsafe_allow_javascript=True)
