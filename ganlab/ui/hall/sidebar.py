"""What every page has of the hall, below the navigation: a button that adds it to the show, light and dark."""

from collections.abc import Sequence

import streamlit as st

from ganlab.counting import counted
from ganlab.ui.hall import show

KEYS = "F: the stage alone, on the full screen. P: a pointer that everybody sees. L: light or dark."


def show_sidebar(page: str, title: str, pages: Sequence[str]) -> None:
    """The buttons; `page` is the present one's name in addresses, `pages` are all of them."""
    if st.session_state.pop(show.JUST, False):
        st.toast(f"Added to the show: {counted(len(show.views()), 'view')}.", icon=":material/playlist_add_check:")
    with st.sidebar.container(key="hall", gap="xsmall"):
        st.button(
            "Add to show",
            key="show_add",
            icon=":material/playlist_add:",
            type="tertiary",
            on_click=show.add,
            args=(page, title),
            help=f"This page as it is, as the next view of a show. {KEYS}",
        )
        st.button("Light or dark", key="theme_switch", icon=":material/contrast:", type="tertiary", help="Key L")
        show.in_browser(pages)
