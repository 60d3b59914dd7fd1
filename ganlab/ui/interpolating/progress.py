"""The same latents along the training: a film over the steps."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.explore import pictures, points, snippets, training
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.ui import cache
from ganlab.ui.choose import cannot_be_read
from ganlab.ui.downloads import downloads
from ganlab.ui.interpolating.film import film
from ganlab.ui.provenance import text_of
from ganlab.ui.whole_numbers import whole_number

COUNTS = [1, 4, 9, 16, 25]
FRAMES_PER_SECOND = 4


def show_progress(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Controls to the left (seeds only where snapshots can draw them); the film and the downloads beside them."""
    with controls:
        drawn = _choose_latents() if training.has_snapshots(model) else []
    try:
        found = cache.film(model, drawn)
    except ValueError as error:
        with main:
            cannot_be_read(str(error))
        return
    if found is None:
        main.info(
            "This checkpoint carries no pictures from its training. Models that you train here do.",
            icon=":material/info:",
        )
        return
    columns = pictures.columns_for(found.images.shape[1])
    sheets = np.stack([pictures.atlas(sheet, columns, gap=1) for sheet in found.images])
    on_page = np.stack([pictures.atlas(sheet, columns, gap=1, transparent=True) for sheet in found.images])
    carried = "" if drawn else "; the checkpoint carries these latents, runs on this computer can draw any"
    with main:
        shown = film(
            on_page,
            [f"step {step:,}" for step in found.steps],
            key="training_film",
            width=560,
            frames_per_second=FRAMES_PER_SECOND,
        )
        st.caption(
            f"{counted(len(found.steps), 'point')} of the training, from step {found.steps[0]:,} to "
            f"{found.steps[-1]:,}{carried}."
        )
        downloads(
            f"{model.id}-training",
            {
                "png": lambda: pictures.png(pictures.enlarge(sheets[shown], 4), text_of(model)),
                "gif": lambda: pictures.gif(
                    pictures.enlarge(sheets, 4), text_of(model), frame_ms=1000 // FRAMES_PER_SECOND
                ),
                "npz": lambda: pictures.npz(found.images, steps=np.array(found.steps)),
            },
            snippet=snippets.along(training.files(model), drawn) if drawn else "",
        )


def _choose_latents() -> list[Point]:
    count = st.select_slider("Latents", COUNTS, value=16, key="latents", bind="query-params")
    seed = whole_number("First seed", 0, points.MAX_SEED - 100, key="seed")
    return points.row(seed, count)
