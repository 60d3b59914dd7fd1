"""Every model that can be opened, with its pictures and what was measured; the home page."""

import streamlit as st

from ganlab.data.spec import said_of
from ganlab.explore import finding
from ganlab.ui.choose import nothing_yet
from ganlab.ui.gallery.cards import show_cards
from ganlab.ui.gallery.finding import find, list_all
from ganlab.ui.gallery.numbers import show_meanings
from ganlab.ui.gallery.upload import show_upload
from ganlab.ui.shell import ensure_router, link_to

ensure_router()

listed = list_all()
with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    st.title("Gallery", anchor=False)
    with st.container(key="begin", width="content"):
        link_to("learn", {}, "Begin with the lessons")
    show_meanings(listed)
    show_upload()
st.caption(
    "ganlab trains small generative models and lets you explore them: each card is one, with "
    f"{said_of('pictures', finding.largest_size(listed))} that it made up."
)

if listed:
    show_cards(find(listed))
else:
    nothing_yet()
