"""Pictures of random latents, one seed each."""

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.data.spec import said_of
from ganlab.explore import code_words, pictures, points, snippets
from ganlab.explore.library import Model
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point
from ganlab.explore.preferences import PREFERENCES
from ganlab.ui import cache, live, real_pictures
from ganlab.ui.choose import choose_model
from ganlab.ui.companions import Row, choose_beside
from ganlab.ui.copying import show_copying
from ganlab.ui.downloads import downloads
from ganlab.ui.factors import fixed_factors, plain_prior, truncation
from ganlab.ui.keeping import in_browser
from ganlab.ui.provenance import text_of
from ganlab.ui.sampling.reopening import offer_reopening
from ganlab.ui.seeds import choose_seed
from ganlab.ui.shell import ensure_router, header
from ganlab.ui.tiles import tiles
from ganlab.ui.tray import keep, kept, show_tray
from ganlab.ui.visits import VISITS

ensure_router()
COUNTS = [1, 4, 16, 36, 64, 100]
WHERE = "in the grid"
START = "sample_start"  # for the session: where the stage was at first

header(
    "Sample",
    "A generator turns random numbers into what it has learnt to draw; a seed stands for one set of them. Move a "
    "slider and watch; click one of those below to start from it, and keep those you like for Interpolate.",
    beside=lambda: offer_reopening(COUNTS),
)


@st.fragment
@VISITS.visit()
def stage() -> None:
    """What comes before the sheet delays the pictures, so that all else comes after it, whatever its place."""
    controls, main = st.columns([1.1, 4.15], gap="medium")
    with controls:
        model, loaded = choose_model(main, rank=PREFERENCES["sample"])
        in_browser()
        count = st.select_slider(
            f"{said_of('Pictures', loaded.card.data.size)} {WHERE}", COUNTS, value=16, key="count", bind="query-params"
        )
        seed = choose_seed(f"First seed {WHERE}", "New grid", room=max(COUNTS), primary=False)
        limit, plain = truncation(loaded.latent), plain_prior(loaded.latent)
        fixed = fixed_factors(loaded.latent, WHERE, code_words.label_words(loaded.latent, loaded.card.codes))
    drawn = points.row(seed, count, limit=limit, fixed=fixed, plain=plain)
    moving = main.container()
    here = Point(seed, fixed=fixed)  # where an address that does not name the stage's picture puts the stage
    start = st.session_state.setdefault(START, here)  # another grid leaves the stage as it is
    with main:
        show_sheet(model, loaded, drawn, replace(live.resting(start), limit=limit, plain=plain))
        real_pictures.show_beside(model, loaded.card)
    with controls:
        row = choose_beside(model)
    with moving:
        show_moving(model, loaded, row, replace(start, limit=limit, plain=plain), implied=here)
    with controls:
        st.divider()
        show_tray(loaded)


def show_sheet(model: Model, loaded: Checkpoint, drawn: Sequence[Point], moving: Point) -> None:
    """The pictures, and what one can take along of them; the one that is on the stage as `moving` has a frame."""
    began = time.perf_counter()
    latents = points.latents(loaded.latent, drawn)
    images = cache.images(model.path, latents)
    took_ms = (time.perf_counter() - began) * 1000
    mine, columns = kept(), pictures.columns_for(len(drawn))
    tiles(
        images,
        [f"seed {point}" for point in drawn],
        key="sheet",
        columns=columns,
        action="keep",
        on_action=lambda i: keep(drawn[i]),
        on_pick=lambda i: live.go(drawn[i]),
        shown=drawn.index(moving) if moving in drawn else None,
        marked=[i for i, point in enumerate(drawn) if point in mine],
    )
    first, last = drawn[0].seed, drawn[-1].seed
    st.caption(f"{counted(len(drawn), 'picture')}, seeds {first} to {last}, drawn in {took_ms:.0f} ms")
    downloads(
        f"{model.id}-seed-{first}",
        {
            "png": lambda: pictures.png(
                pictures.enlarge(pictures.atlas(images, columns, gap=1), 4), text_of(model, drawn)
            ),
            "zip": lambda: zip_of(model, images, drawn),
            "npz": lambda: pictures.npz(images, latents=latents.numpy()),
        },
        snippet=snippets.sample(model.path, drawn),
    )


def zip_of(model: Model, images: Pixels, drawn: Sequence[Point]) -> bytes:
    """One PNG a picture, and a line that says what they are."""
    names = [f"seed-{point.seed}" for point in drawn]
    texts = [text_of(model, [point]) for point in drawn]
    return pictures.zip_of_pngs(images, names, texts, f"{model.id}: {points.write(drawn)}\n")


def show_moving(model: Model, loaded: Checkpoint, row: Row, drawn: Point, *, implied: Point) -> None:
    """The live stage, what belongs to it, and the title of the grid: before the pictures it would delay them."""
    start = Point(drawn.seed, fixed=drawn.fixed)
    size = loaded.card.data.size
    st.markdown(said_of("**The picture on the stage**: its sliders and buttons move this one alone", size))
    live.below(
        live.explore(
            row.models,
            captions=row.captions,
            leader=model,
            limit=drawn.limit,
            plain_prior=drawn.plain,
            start=start,
            implied=implied,
        )
    )
    show_copying(model, loaded, replace(live.resting(start), limit=drawn.limit, plain=drawn.plain))
    told = "**The grid**: one seed a picture, as chosen on the left; click one to take it to the stage"
    st.markdown(said_of(told, size))


stage()
