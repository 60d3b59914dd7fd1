"""The samples of a run: the newest, or those of an earlier step, as large as they fit."""

from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from ganlab import runs
from ganlab.data.pictures import open_picture
from ganlab.data.spec import POINT
from ganlab.explore import pictures
from ganlab.jobs import Job
from ganlab.runs import SHEET_COLUMNS, SHEET_GAP
from ganlab.ui import messages

SHEET_PIXELS = 364  # on the page, at most: 6 x 6 tiles of 28 px, twice as large
TILE_PIXELS = 64  # on the page, at most
NEWEST = "newest"
"""Of the slider. A step's number there would have to be moved by the page as the training goes on, and a browser that
is late tells where the slider was before, as if somebody had moved it back."""


def choose_film(job: Job) -> bool:
    """Whether the samples are to play as a film, from step 0 on; asked where there are some of several steps."""
    if len(runs.numbered(job.folder.samples, ".png")) < 2:
        return False
    return st.toggle(
        "Play the samples as a film",
        key=f"film {job.name}",
        help="The same latents from step 0 on, also while it trains; the line in the curves is where the film is.",
    )


def show(job: Job, *, playing: bool = False) -> int | None:
    """The newest samples, or those of an earlier step; a film goes on by one step. Returns which is shown."""
    paths = runs.numbered(job.folder.samples, ".png")
    if not paths:
        st.caption("The first samples appear when the training has begun.")
        return None
    place, step = st.container(), max(paths)
    if len(paths) > 1:
        frames: list[int | str] = [*list(paths)[:-1], NEWEST]
        if playing:
            _next_frame(job, frames)
        chosen = st.select_slider("Samples at step", frames, NEWEST, key=_chosen(job))
        step = chosen if isinstance(chosen, int) else step
    try:
        picture, shown = enlarged_corner(paths[step])
    except ValueError as error:
        place.warning(messages.told(f"The samples of step {step:,} cannot be read ({error})."))
        return step
    place.image(pictures.data_url(np.atleast_3d(np.asarray(picture))), alt=f"Samples of {job.name} at step {step:,}")
    of_points = job.recipe is not None and job.recipe.image_size == POINT
    what = f"{shown} sets of latents" if of_points else f"{shown} latents"
    place.caption(f"The same {what} at every step; here step {step:,}.")
    return step


def _next_frame(job: Job, frames: list[int | str]) -> None:
    """Move the slider on; a film begins again after its last frame."""
    now = st.session_state.get(_chosen(job), NEWEST)
    place = frames.index(now) if now in frames else -1
    st.session_state[_chosen(job)] = frames[(place + 1) % len(frames)]


def _chosen(job: Job) -> str:
    return f"sheet {job.name}"


def enlarged_corner(path: Path) -> tuple[Image.Image, int]:
    """As many tiles of a sheet of a run as fit, with crisp pixels, and their number. ValueError when it is none."""
    sheet = open_picture(path)
    pitch = (sheet.width - SHEET_GAP) // SHEET_COLUMNS  # a tile and the gap before it
    if pitch <= SHEET_GAP:
        raise ValueError(f"{path.name} is no sheet of {SHEET_COLUMNS} columns")
    scale = max(1, TILE_PIXELS // (pitch - SHEET_GAP))
    columns = min(SHEET_COLUMNS, max(1, SHEET_PIXELS // (pitch * scale)))
    corner = sheet.crop((0, 0, columns * pitch + SHEET_GAP, columns * pitch + SHEET_GAP))
    # The browser would blur it; nearest neighbour keeps the pixels that the net made.
    return corner.resize((corner.width * scale, corner.height * scale), Image.Resampling.NEAREST), columns**2
