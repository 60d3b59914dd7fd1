"""Test images beside what is left of them after encoding and decoding."""

import random

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.data import Pack
from ganlab.explore import pictures, points, reconstruct, snippets
from ganlab.explore.labelled import labelled
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.explore.reconstruct import Reconstruction
from ganlab.latents import side_by_side
from ganlab.ui.downloads import downloads
from ganlab.ui.keeping import keep_points
from ganlab.ui.markdown import escaped
from ganlab.ui.provenance import text_of
from ganlab.ui.reconstruct import cache as reconstruct_cache
from ganlab.ui.shell import INTERPOLATE_PAGE
from ganlab.ui.tiles import tiles
from ganlab.ui.tray import keep, kept

PLACES = "images"
FIRST = "0-9"
ROWS = ("original", "reconstruction", "difference")
SHEET_WIDTH, CLOSE_WIDTH = 800, 600  # pixels on the page
MOST_LETTERS = 8_000  # of an address: a latent of 256 numbers takes 2,000
WALK = "reconstruct_walk"  # asks the next run to leave for Interpolate
MEASURE = "reconstruct_measure"  # asks the next run for the whole test split


def show_images(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Ten test images, their reconstructions and differences; the chosen one large."""
    pack = reconstruct_cache.with_test_images(loaded, main)
    if pack is None:
        return
    with controls:
        places = choose_places(pack, main)
        _whole_split(model, loaded, pack)
    if not places:
        return
    done = reconstruct.reconstruct(loaded, reconstruct.images_at(loaded, pack, places))
    drawn = [points.from_vector(loaded.latent, latent) for latent in done.latents]
    with main:
        chosen = _sheet(done, drawn, places)
        with _closely(done, places, pack, chosen):
            _ways_on(model, drawn, drawn[chosen])
        downloads(
            f"{model.id}-reconstructions",
            {
                "png": lambda: pictures.png(
                    labelled(_rows(done), len(places), heads=[f"{place}" for place in places], sides=ROWS),
                    text_of(model, drawn),
                ),
                "npz": lambda: pictures.npz(
                    done.images, originals=done.originals, latents=done.latents.numpy(), errors=done.errors
                ),
            },
            snippet=snippets.reconstruct(model.path, pack.spec, places),
        )


def choose_places(pack: Pack, main: DeltaGenerator, *, first: str = FIRST) -> list[int]:
    """Numbers of test images, at first those of `first`; empty, with the reason in `main`, when the text names none."""
    total = len(pack.images) - pack.train
    if total < reconstruct.MOST_IMAGES:  # those that `first` names need not be there
        first = reconstruct.write_places(range(total))
    text = st.text_input(
        "Test images",
        max_chars=200,
        placeholder=first,
        key=PLACES,
        bind="query-params",
        help=f"Numbers from 0 to {total - 1:,}, such as `3, 17` or `0-9`; at most {reconstruct.MOST_IMAGES}. "
        "The model has never been trained on them.",
    )
    st.button(
        "Other images",
        key="draw_images",
        on_click=_draw_places,
        args=(total,),
        shortcut="n",
        icon=":material/casino:",
        type="primary",
        width="stretch",
    )
    try:
        return reconstruct.parse_places(text or first, total)
    except ValueError as error:
        main.error(escaped(str(error)), icon=":material/error:")
        return []


def _draw_places(total: int) -> None:
    drawn = random.SystemRandom().sample(range(total), min(total, reconstruct.MOST_IMAGES))
    st.session_state[PLACES] = reconstruct.write_places(sorted(drawn))


def _rows(done: Reconstruction) -> pictures.Pixels:
    return np.concatenate([done.originals, done.images, done.differences])


def _sheet(done: Reconstruction, drawn: list[Point], places: list[int]) -> int:
    """Which of the images is selected, in whichever row."""
    errors = done.errors
    mine = kept()
    selected = tiles(
        _rows(done),
        [f"test image {place}, {row}, MSE {errors[i]:.4f}" for row in ROWS for i, place in enumerate(places)],
        key="reconstructions",
        columns=len(places),
        marked=[len(places) + i for i, point in enumerate(drawn) if point in mine],
        heads=[f"{error:.4f}" for error in errors],
        sides=ROWS,
        width=SHEET_WIDTH,
    )
    st.caption(
        f"Above each image its mean squared error, pixels from 0 to 1; **{errors.mean():.4f}** on average. "
        "In the difference, grey means equal and bright means that the reconstruction is brighter."
    )
    return selected % len(places)


def _closely(done: Reconstruction, places: list[int], pack: Pack, chosen: int) -> DeltaGenerator:
    """One image large; the column beside it, for more."""
    trio = np.stack([done.originals[chosen], done.images[chosen], done.differences[chosen]])
    left, right = st.columns([4, 1.1], gap="medium")
    with left:
        tiles(trio, ROWS, key="close", columns=3, heads=ROWS, selectable=False, width=CLOSE_WIDTH)
    with right:
        st.markdown(f"**Test image {places[chosen]}**")
        st.caption(escaped(_known(pack, places[chosen])))
        numbers = ", ".join(f"{value:.2f}" for value in done.latents[chosen][:8].tolist())
        more = f" and {done.latents.shape[1] - 8} more" if done.latents.shape[1] > 8 else ""
        st.markdown(f"MSE **{done.errors[chosen]:.4f}**  \nz = {numbers}{more}")
    return right


def _known(pack: Pack, place: int) -> str:
    """What the dataset says of a test image."""
    row, found = pack.split("test")[1][place].bool().tolist(), []
    for condition, columns in side_by_side(pack.spec.conditions):
        on = [label for label, is_on in zip(condition.labels, row[columns], strict=True) if is_on]
        found.append(f"{condition.name}: {', '.join(on) or 'none'}")
    return "; ".join(found)


def _ways_on(model: Model, drawn: list[Point], chosen: Point) -> None:
    if st.session_state.pop(WALK, False):
        st.switch_page(INTERPOLATE_PAGE, query_params={"model": model.id, "keys": points.write(_fitting(drawn))})
    st.button("Keep", key="keep", icon=":material/bookmark_add:", on_click=keep, args=(chosen,), width="stretch")
    st.button(
        "Walk",
        key="walk",
        icon=":material/linear_scale:",
        disabled=len(drawn) < 2,
        on_click=_ask_to_walk,
        help="Keep these encodings and go from one to the next on Interpolate.",
        args=(drawn,),
        width="stretch",
    )


def _fitting(drawn: list[Point]) -> list[Point]:
    """The first of them that an address has room for; two at least."""
    return next(drawn[:n] for n in range(len(drawn), 0, -1) if n <= 2 or len(points.write(drawn[:n])) <= MOST_LETTERS)


def _ask_to_walk(drawn: list[Point]) -> None:
    keep_points(drawn[::-1])
    st.session_state[WALK] = True


def _whole_split(model: Model, loaded: Checkpoint, pack: Pack) -> None:
    """The error over all test images: from the checkpoint, else measured when asked for."""
    total = len(pack.images) - pack.train
    error = loaded.card.metrics.get("reconstruction_mse")
    if error is None:
        error = reconstruct_cache.test_error(model.path, pack, measure=st.session_state.pop(MEASURE, False))
    if error is not None:
        st.metric(
            "MSE, whole test split", f"{error:.4f}", help=f"Over {counted(total, 'image')}, {pack.spec.error_unit}."
        )
        return
    st.button(
        f"Measure all {total:,}",
        key="measure",
        icon=":material/straighten:",
        on_click=_ask_to_measure,
        width="stretch",
        help="The mean squared error over the whole test split; takes seconds to a minute.",
    )


def _ask_to_measure() -> None:
    st.session_state[MEASURE] = True
