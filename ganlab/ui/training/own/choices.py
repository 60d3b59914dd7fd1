"""What is chosen for the pictures: kept while the page lives, forgotten for other pictures."""

import streamlit as st

SIZE, COLOUR, CROP, LABELS, NAME = "own_size", "own_colour", "own_crop", "own_labels", "own_name"


def forget() -> None:
    for key in (SIZE, COLOUR, CROP, LABELS, NAME):
        st.session_state.pop(key, None)
