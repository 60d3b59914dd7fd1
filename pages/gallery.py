"""Every model that can be opened, with its pictures and what was measured; the home page."""

import streamlit as st

from ganlab.explore import library
from ganlab.ui.choose import nothing_yet
from ganlab.ui.gallery.cards import show_cards
from ganlab.ui.gallery.finding import find
from ganlab.ui.gallery.numbers import show_meanings
from ganlab.ui.gallery.upload import show_upload
from ganlab.ui.shell import ensure_router, link_to

ensure_router()

models = library.models()
with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
    st.title("Gallery", anchor=False)
    with st.container(key="begin", width="content"):
        link_to("learn", {}, "Begin with the lessons")
    show_meanings(models)
    show_upload()
st.caption(
    "ganlab trains small generative models and lets you explore them: each card is one, with pictures that it made up."
)

if models:
    show_cards(find(models))
else:
    nothing_yet()
