"""The latents that a visitor has kept: the same row on every page, drawn by whichever model is open."""

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.explore import code_words, points
from ganlab.explore.points import Point
from ganlab.ui.tiles import tiles

KEY = "kept"
MOST = 32
JUST = "kept_just"  # how many since the page last ran


def kept() -> list[Point]:
    """What this session has kept, the oldest first."""
    return list(st.session_state.get(KEY, ()))


def keep(point: Point) -> None:
    """Add a latent, once; the oldest goes when there are too many."""
    st.session_state[KEY] = [*(other for other in kept() if other != point), point][-MOST:]
    st.session_state[JUST] = st.session_state.get(JUST, 0) + 1


def confirm() -> None:
    """Say once that something was kept: each page calls this where its fragment runs, for callbacks must not draw."""
    if count := st.session_state.pop(JUST, 0):
        what = "Kept" if count == 1 else f"Kept {count} latents"
        st.toast(f"{what}: {len(kept())} in all. Interpolate walks between them.", icon=":material/bookmark_added:")


def forget(point: Point) -> None:
    """Take a latent out; one that has gone already is no error, for a double click asks twice."""
    st.session_state[KEY] = [other for other in kept() if other != point]


def forget_all() -> None:
    st.session_state[KEY] = []


def show_tray(model: Checkpoint, *, columns: int = 3, width: int = 260) -> None:
    """The kept latents as this model draws them, each with a corner that forgets it."""
    confirm()
    st.markdown("**Kept latents**")
    mine = fitting(model)
    if not mine:
        st.caption("Keep a picture with the mark in its corner, or with K; Interpolate walks between what you keep.")
        return
    images = model.images(points.latents(model.latent, mine)).numpy()
    words = code_words.label_words(model.latent, model.card.codes)
    tiles(
        images,
        [points.in_words(model.latent, point, {}, words) for point in mine],
        key="tray",
        columns=columns,
        action="remove",
        selectable=False,
        on_action=lambda index: forget(mine[index]),
        width=width,
    )
    st.button("Forget all", key="forget_all", icon=":material/delete_sweep:", on_click=forget_all, type="tertiary")


def fitting(model: Checkpoint) -> list[Point]:
    """The kept latents that the model can draw: a factor of the same name may have another size or other labels."""
    return [point for point in kept() if _fits(model, point)]


def _fits(model: Checkpoint, point: Point) -> bool:
    try:
        points.latents(model.latent, [point])
    except ValueError:
        return False
    return True
