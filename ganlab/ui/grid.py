"""A grid of pictures with words beside it: a click moves the live stage there; files and code below."""

from collections.abc import Sequence

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.data.spec import said_of
from ganlab.explore import pictures, snippets
from ganlab.explore.grids import Grid
from ganlab.explore.labelled import labelled
from ganlab.explore.library import Model
from ganlab.explore.pictures import Pixels
from ganlab.ui import cache, live
from ganlab.ui.downloads import downloads
from ganlab.ui.markdown import escaped
from ganlab.ui.provenance import text_of
from ganlab.ui.tiles import tiles

WIDTH = 800  # pixels on the page, without the words


def draw(model: Model, loaded: Checkpoint, grid: Grid) -> Pixels:
    """The grid's pictures: uint8 [N, H, W, C]."""
    return cache.images(model.path, grid.latents(loaded.latent))


def show_grid(
    model: Model,
    loaded: Checkpoint,
    grid: Grid,
    images: Pixels,
    *,
    name: str,
    caption: str,
    readings: Sequence[str] = (),
    marked: Sequence[int] = (),
) -> None:
    """The pictures, how to read them, and what one can take along; `name` is of the files.

    `readings` say more of each picture, in its tooltip.
    """
    labels = grid.labels
    if readings:
        labels = [f"{label}: {reading}" for label, reading in zip(labels, readings, strict=True)]
    tiles(
        images,
        labels,
        key=f"grid_{name}",
        columns=grid.columns,
        heads=grid.heads,
        sides=grid.sides,
        on_pick=lambda i: live.go(grid.points[i]),
        marked=marked,
        width=WIDTH,
    )
    click = said_of("Click a picture to take it to the stage.", loaded.card.data.size)
    st.caption(f"{escaped(caption)} {click}")
    downloads(
        f"{model.id}-{name}",
        {
            "png": lambda: pictures.png(
                labelled(images, grid.columns, heads=grid.heads, sides=grid.sides), text_of(model, grid.points)
            ),
            "npz": lambda: pictures.npz(images, latents=grid.latents(loaded.latent).numpy()),
        },
        snippet=snippets.grid(model.path, grid.points),
    )
