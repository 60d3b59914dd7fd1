"""Map: real and generated pictures laid out so that those that are alike lie together."""

import streamlit as st

from ganlab.explore import colourings, map_files, snippets
from ganlab.explore.preferences import PREFERENCES
from ganlab.ui import refusals
from ganlab.ui.choose import choose_model
from ganlab.ui.downloads import downloads
from ganlab.ui.keeping import in_browser
from ganlab.ui.maps import cache as map_cache
from ganlab.ui.maps import figures
from ganlab.ui.maps.controls import choose_look, choose_map, offer_dataset
from ganlab.ui.maps.notes import note
from ganlab.ui.maps.scatter import scatter
from ganlab.ui.maps.selection import can_decode, show_chosen
from ganlab.ui.shell import ensure_router, header
from ganlab.ui.tray import confirm
from ganlab.ui.visits import VISITS

ensure_router()
header(
    "Map",
    "Every dot is a picture, and pictures that are alike lie close together. Where generated ones (discs) fall among "
    "real ones (rings) the generator has learnt the data; where rings are alone, it misses something.",
)


@st.fragment
@VISITS.visit()
def stage() -> None:
    controls, middle, side = st.columns([1.1, 3, 1.15], gap="medium")
    with controls:
        model, loaded = choose_model(middle, rank=PREFERENCES["map"])
        in_browser()
        layout = choose_map(model, loaded, middle)
        offer_dataset(loaded)
    if layout is None:
        return
    with middle:
        colour, as_pictures = choose_look(loaded)
        collection, coloured = map_cache.collection(layout.source), map_cache.coloured(layout.source)
        places, done = map_cache.grown(layout)
        chosen = scatter(
            places,
            map_cache.sheet(layout.source),
            coloured[colour],
            colourings.captions(collection, coloured[colour]),
            key="map",
            identity=layout.identity,
            real=collection.real,
            pictures=as_pictures,
            decodes=can_decode(layout),
        )
        if done < layout.stages:
            st.progress(done / layout.stages, f"t-SNE, {done} of {layout.stages} parts done")
        else:
            note(layout, colourings.why_unknown(loaded, colour))
        downloads(
            f"{model.id}-map",
            {
                "csv": lambda: map_files.table(collection, places, coloured),
                **figures.files(
                    lambda: figures.drawing(
                        collection,
                        places,
                        coloured[colour],
                        figures.title(model, layout, colour),
                        pictures=as_pictures,
                    )
                ),
            },
            snippet=snippets.sample(model.path, collection.drawn) if collection.drawn else "",
        )
    confirm()
    with side:
        show_chosen(model, loaded, layout, places, coloured[colour], chosen)
    if done < layout.stages:
        map_cache.grow(layout)
        refusals.start_over()


stage()
