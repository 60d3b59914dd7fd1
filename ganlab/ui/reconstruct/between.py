"""The way between two encodings, beside a cross-fade of the pixels."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Checkpoint
from ganlab.explore import paths, pictures, points, reconstruct, snippets
from ganlab.explore.labelled import labelled
from ganlab.explore.library import Model
from ganlab.explore.provenance import Walk
from ganlab.ui import cache, live
from ganlab.ui.downloads import downloads
from ganlab.ui.one_of import one_of
from ganlab.ui.provenance import text_of
from ganlab.ui.reconstruct import cache as reconstruct_cache
from ganlab.ui.tiles import tiles
from ganlab.ui.whole_numbers import whole_number

FRAMES = 11
ROWS = ("latents", "pixels")
TIME, WAY = "between_time", "between_way"  # in the address; Interpolate has others, whose walk is another one
WIDTH = 800  # pixels on the page
STAGE_WIDTH = 336


def show_between(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Two test images, the walk between their encodings, and what mixing their pixels would give."""
    pack = reconstruct_cache.with_test_images(loaded, main)
    if pack is None:
        return
    last = len(pack.images) - pack.train - 1
    with controls:
        first = whole_number("From test image", 0, last, 0, key="from")
        second = whole_number("To test image", 0, last, min(2, last), key="to")
        method = _choose_way()
    done = reconstruct.reconstruct(loaded, reconstruct.images_at(loaded, pack, [first, second]))
    keys = [points.from_vector(loaded.latent, latent) for latent in done.latents]
    latents = points.latents(loaded.latent, keys)
    walk = paths.walk(loaded.latent, latents, steps=FRAMES - 1, method=method)
    images, way = cache.images(model.path, walk), Walk(steps=FRAMES - 1, method=method, loop=False)
    rows = np.concatenate([images, reconstruct.cross_fade(done.originals[0], done.originals[1], FRAMES)])
    moving = main.container()
    with main:
        share = _show_rows(rows)
        downloads(
            f"{model.id}-between-{first}-{second}",
            {
                "png": lambda: pictures.png(labelled(rows, FRAMES, sides=ROWS), text_of(model, keys, walk=way)),
                "gif": lambda: pictures.gif(
                    pictures.enlarge(images, 4), text_of(model, keys, walk=way), frame_ms=80, there_and_back=True
                ),
                "npz": lambda: pictures.npz(images, latents=walk.numpy()),
            },
            snippet=snippets.interpolate(model.path, keys, steps=FRAMES - 1, method=method, closed=False),
        )
    with moving:
        live.walk([model], latents, method=method, key=TIME, start=share, width=STAGE_WIDTH)


def _choose_way() -> paths.Method:
    return one_of(
        "Way",
        list(paths.METHODS),
        "lerp",
        key=WAY,
        help="Encodings lie anywhere, not near a sphere as random vectors do: the straight line (lerp) suits them.",
    )


def _show_rows(rows: pictures.Pixels) -> float:
    """The walk above the cross-fade; returns how far along the chosen picture is, 0 to 1."""
    chosen = tiles(
        rows,
        [f"{row}, {i / (FRAMES - 1):.0%}" for row in ROWS for i in range(FRAMES)],
        key="between",
        columns=FRAMES,
        sides=ROWS,
        width=WIDTH,
    )
    st.caption(
        "Above, the numbers change and the generator draws each step; below, the two pictures are laid over each "
        "other. The walk keeps to pictures that could be real. Click one to go there."
    )
    return chosen % FRAMES / (FRAMES - 1)
