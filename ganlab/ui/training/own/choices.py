"""What is chosen for the pictures: kept while the page lives, forgotten for other pictures."""

import streamlit as st

SIZE, COLOUR, CROP, LABELS, HELD_OUT = "own_size", "own_colour", "own_crop", "own_labels", "own_held_out"
NAME, TITLE, TERMS = "own_name", "own_title", "own_terms"


def forget() -> None:
    for key in (SIZE, COLOUR, CROP, LABELS, HELD_OUT, NAME, TITLE, TERMS):
        st.session_state.pop(key, None)
