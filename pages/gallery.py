"""Every model that can be opened, with its pictures and what was measured; the home page."""

import streamlit as st

from ganlab.explore import library
from ganlab.ui.choose import nothing_yet
from ganlab.ui.gallery.cards import show_cards
from ganlab.ui.gallery.finding import find
from ganlab.ui.gallery.numbers import show_meanings
from ganlab.ui.gallery.upload import show_upload
from ganlab.ui.shell import ensure_router, header

ensure_router()

title, upload = st.columns([3, 2], vertical_alignment="bottom")
with title:
    header(
        "Gallery",
        "Each card is a trained generator and pictures that it made up. The numbers say how close it comes to real "
        "data. New to this? [Eight lessons](learn).",
    )
models = library.models()
with upload, st.container(horizontal=True, gap="small"):
    show_meanings(models)
    show_upload()

if models:
    show_cards(find(models))
else:
    nothing_yet()
