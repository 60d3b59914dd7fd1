"""Ways through latent space, and the same latents along the training."""

import streamlit as st

from ganlab.explore.preferences import PREFERENCES
from ganlab.ui.choose import choose_model
from ganlab.ui.examples_button import examples_button
from ganlab.ui.interpolating.journey import show_journey, show_square
from ganlab.ui.interpolating.progress import show_progress
from ganlab.ui.keeping import in_browser
from ganlab.ui.one_of import one_of
from ganlab.ui.shell import ensure_router, header
from ganlab.ui.views import KEY, forget_foreign
from ganlab.ui.visits import VISITS

ensure_router()
header(
    "Interpolate",
    "Move in small steps from one set of random numbers to another, and what is drawn changes smoothly: the generator "
    "has learnt a space, not a list. Or hold the numbers and move through the training instead.",
)

VIEWS = {"latents": show_journey, "square": show_square, "training": show_progress}


@st.fragment
@VISITS.visit()
def stage() -> None:
    controls, main = st.columns([1.35, 4], gap="medium")
    with controls:
        model, loaded = choose_model(main, rank=PREFERENCES["interpolate"], plane="way")
        in_browser()
        forget_foreign(VIEWS)
        view = one_of(
            "Move through",
            list(VIEWS),
            "latents",
            key=KEY,
        )
    VIEWS[view](model, loaded, controls, main)


stage()
examples_button("interpolate")
