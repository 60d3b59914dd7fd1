"""Small scripts that every page runs in the browser, beside Streamlit's own.

`history.js`: one entry a page in the browser's history, so that Back goes to the page before. Streamlit adds an entry
whenever a script writes into the address, as ours do when a page opens and when the hand rests; widgets that are bound
to it replace the entry. Here the first do so as well. Browsers without the Navigation API keep Streamlit's way.

`reconnect.js`: what a visitor does while the server is away or starts anew is done once the page is back.
"""

from pathlib import Path

import streamlit as st

KEY = "page_scripts"
FILES = ("history.js", "reconnect.js")
SCRIPTS = [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in FILES]
"""The code between the tags, which the headers of every answer allow by digest."""


def run_page_scripts(*, again: bool) -> None:
    """Have the browser run them, once a visit; `again`: whether the page may be run again when it is back."""
    with st.container(key=KEY):
        for script in SCRIPTS:
            st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
        if again:
            st.button("Run again", key="run_again")  # for `reconnect.js`, not for people: the container is not shown
