"""Attributes: pictures made to order, and what a label changes besides itself."""

import streamlit as st

from ganlab.explore import capabilities
from ganlab.explore.points import Point
from ganlab.explore.preferences import PREFERENCES
from ganlab.ui import live
from ganlab.ui.attributes.views import show_measured, show_reading, views
from ganlab.ui.choose import choose_model
from ganlab.ui.companions import choose_beside
from ganlab.ui.factors import truncation
from ganlab.ui.keeping import in_browser
from ganlab.ui.seeds import choose_seed
from ganlab.ui.shell import ensure_router, header, nothing_fits
from ganlab.ui.views import show_one
from ganlab.ui.visits import VISITS

ensure_router()
header(
    "Attributes",
    "A conditional generator is told what to draw; the random numbers decide the rest. Switch one label on and off "
    "for the same numbers: what it names should change, and nothing else.",
)

STAGE_WIDTH = 384  # pixels: the grid below begins on the first screen
DIRECTIONS = 2


def nothing() -> None:
    nothing_fits(
        "No conditional model yet",
        "Train one: `mnist-cgan-28` draws the digit that you ask for, `faces-acgan-64` faces with or without glasses, "
        "hat and beard, `iclevr-cgan-64` scenes of up to three objects.",
    )


@st.fragment
@VISITS.visit()
def stage() -> None:
    controls, main = st.columns([1.1, 4.15], gap="medium")
    with controls:
        model, loaded = choose_model(
            main,
            fits=capabilities.has_conditions,
            lacking="labels to ask for",
            rank=PREFERENCES["attributes"],
            nothing=nothing,
        )
        in_browser()
        seed = choose_seed("Seed", "New numbers", room=100, primary=False)
        limit = truncation(loaded.latent)
        row = choose_beside(model)
    with main:
        settled = live.explore(
            row.models,
            captions=row.captions,
            leader=model,
            handles=live.Handles(directions=DIRECTIONS),
            limit=limit,
            start=Point(seed),
            holds=True,
            width=STAGE_WIDTH,
        )
        with live.below(settled):
            show_reading(model, loaded, settled.latent)
        show_measured(loaded)
        show_one(views(model, loaded, settled.plain, seed))


stage()
