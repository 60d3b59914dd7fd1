"""A map as a figure for files: in the colours of the screen, with its legend and a title."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from ganlab.explore import map_files
from ganlab.explore.colourings import UNKNOWN, Colouring
from ganlab.explore.layouts import Places
from ganlab.explore.library import Model
from ganlab.explore.maps import Collection
from ganlab.reports import drawings, static, themes
from ganlab.reports.drawings import Group
from ganlab.ui.maps.cache import Layout
from ganlab.ui.maps.scatter import GREY, colours


def files(make: Callable[[], drawings.Places]) -> dict[str, Callable[[], bytes]]:
    """What draws the figure in the colours of the screen, by the ending of its file; none without Matplotlib."""
    theme = themes.SCREENS[st.context.theme.type == "dark"]
    kinds: tuple[static.Format, ...] = ("svg", "png") if static.is_installed() else ()
    return {kind: partial(_drawn, make, kind, theme) for kind in kinds}


def title(model: Model, layout: Layout, colour: str) -> str:
    """What the map shows, for a file that stands alone."""
    way = f"t-SNE, perplexity {layout.perplexity}" if layout.perplexity else "PCA"
    source = layout.source
    return (
        f"{model.name}: {source.real} real, {source.generated} generated, by {source.space}; {way}; colours: {colour}"
    )


def drawing(
    collection: Collection, places: Places, colouring: Colouring, title: str, *, pictures: bool
) -> drawings.Places:
    """The map as it stands on the screen: real pictures as rings, generated ones as discs, or the pictures themselves.

    A group for each label of either kind that is there.
    """
    known = colours(len(colouring.labels))
    real = np.arange(len(places)) < collection.real
    groups = []
    for value in [*range(len(known)), UNKNOWN]:
        for is_real in (True, False):
            here = (colouring.values == value) & (real == is_real)
            if here.any():
                label = "unknown" if value == UNKNOWN else colouring.labels[value]
                kind = "real" if is_real else "generated"
                groups.append(
                    Group(
                        label=label if label == kind else f"{label}, {kind}",
                        x=places[here, 0].astype(np.float64),
                        y=places[here, 1].astype(np.float64),
                        colour=GREY if value == UNKNOWN else known[value],
                        hollow=is_real,
                    )
                )
    own = [GREY if value == UNKNOWN else known[value] for value in colouring.values.tolist()]
    shown = map_files.mosaic(collection, places, own) if pictures else None
    return drawings.Places(groups=tuple(groups), title=title, pictures=shown)


def _drawn(make: Callable[[], drawings.Places], kind: static.Format, theme: themes.Theme) -> bytes:
    return static.draw(make(), kind, theme)
