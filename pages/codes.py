"""Codes: the part of a latent that means something, moved by hand and laid out in grids."""

import streamlit as st

from ganlab.explore import capabilities, codes
from ganlab.explore.points import Point
from ganlab.explore.preferences import PREFERENCES
from ganlab.ui import live
from ganlab.ui.choose import choose_model
from ganlab.ui.codes.tables import measured
from ganlab.ui.codes.views import views
from ganlab.ui.companions import choose_beside
from ganlab.ui.factors import truncation
from ganlab.ui.keeping import in_browser
from ganlab.ui.seeds import choose_seed
from ganlab.ui.shell import ensure_router, header, nothing_fits
from ganlab.ui.views import show_one
from ganlab.ui.visits import VISITS

ensure_router()
header(
    "Codes",
    "A code is a part of the latent that can be read off the picture again, and so it comes to stand for something: a "
    "digit, a slant, a smile. Move one code, hold the rest, and see what it stands for.",
)

DIRECTIONS = 4  # where there are no continuous codes
REACHES = [1, 2, 3, 5, 10]
STAGE_WIDTH = 384  # pixels: the grid below begins on the first screen
PLACE = "codes_place"


def nothing() -> None:
    nothing_fits(
        "No model with codes yet",
        "Train an InfoGAN: `mnist-infogan-64` finds the ten digits by itself, and two ways to write them; "
        "`faces-infogan-64` sorts faces into seven kinds. Conditional models such as `mnist-cgan-28` work here, too.",
    )


def choose_reach() -> float:
    return st.select_slider(
        "Reach of the sliders",
        REACHES,
        value=2,
        key="reach",
        bind="query-params",
        on_change=widen,
        help="From minus to plus this. In training these codes were drawn from -1 to 1; beyond that the generator "
        "extrapolates.",
    )


def widen() -> None:
    """Keep the picture when the sliders get another range."""
    if PLACE in st.session_state:
        live.go(st.session_state[PLACE])


@st.fragment
@VISITS.visit()
def stage() -> None:
    controls, main = st.columns([1.1, 4.15], gap="medium")
    with controls:
        model, loaded = choose_model(
            main, fits=capabilities.has_codes, lacking="codes to turn", rank=PREFERENCES["codes"], nothing=nothing
        )
        in_browser()
        seed = choose_seed("Seed", "New numbers", room=100, primary=False)
        reach = choose_reach() if codes.continuous(loaded.latent) else codes.REACH
        limit = truncation(loaded.latent)
        row = choose_beside(model)
    known = measured(model, loaded)
    with main:
        settled = live.explore(
            row.models,
            captions=row.captions,
            handles=live.Handles(
                directions=DIRECTIONS,
                reach=reach,
                codes=known,
                mixes=True,
            ),
            leader=model,
            limit=limit,
            start=Point(seed),
            holds=True,
            width=STAGE_WIDTH,
        )
        st.session_state[PLACE] = settled.plain
        live.below(settled)
        show_one(views(model, loaded, known, reach, settled.plain, seed))


stage()
