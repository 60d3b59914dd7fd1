"""The controls of a map: which pictures, in which space, laid out how."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.data import Pack, catalogue
from ganlab.explore import colourings, library, maps, points
from ganlab.explore.library import Model
from ganlab.ui.defaults import renew
from ganlab.ui.maps import cache as map_cache
from ganlab.ui.maps.cache import Layout
from ganlab.ui.markdown import code, escaped
from ganlab.ui.one_of import one_of
from ganlab.ui.packing import at_its_size, pack_button, pack_if_asked, takes, usable_pack
from ganlab.ui.whole_numbers import whole_number

COUNTS = [0, 100, 250, 500, 750, 1000, 1500, 2500]
COUNT = 750  # of each kind
PERPLEXITIES = [5, 10, 20, 30, 50, 100]
SPACE, LAYOUT = "space", "layout"  # in the address
LAYOUTS = ["PCA", "t-SNE"]


def choose_map(model: Model, loaded: Checkpoint, stage: DeltaGenerator) -> Layout | None:
    """The visitor's choices; None, with a message in `stage`, where there would be nothing on the map."""
    name, size = loaded.card.data.name, loaded.card.data.size
    is_here = not library.without_pictures(loaded.card) and catalogue.is_packed(name, size)
    pack = usable_pack(name, size) if is_here else None
    space = _choose_space(loaded, of=model.id)
    perplexity = _choose_layout(
        "PCA" if maps.is_plane(loaded, space) else "t-SNE",
        of=(model.id, space),
    )
    real = _count_real(pack) if pack and (space != "latents" or maps.can_encode(loaded)) else 0
    generated = _count("Generated pictures", "generated", COUNTS)
    seed = whole_number("Seed", 0, points.MAX_SEED - max(COUNTS), key="seed")
    if real + generated < 3:
        stage.info(
            "There is nothing to lay out: choose some real or generated pictures.", icon=":material/scatter_plot:"
        )
        return None
    source = map_cache.source(
        model, dataset=name if real else "", real=real, generated=generated, seed=seed, space=space
    )
    return Layout(source, perplexity)


def choose_look(loaded: Checkpoint) -> tuple[str, bool]:
    """The name of a colouring, and whether pictures stand for themselves instead of as dots."""
    names = colourings.names(loaded)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colour = st.selectbox("Colour by", names, key="colour", bind="query-params", width=220)
        as_pictures = st.toggle("Draw the pictures", key="pictures", bind="query-params")
    return colour, as_pictures


def offer_dataset(loaded: Checkpoint) -> None:
    """Where real pictures are missing: why, and the button that packs them."""
    name, size = loaded.card.data.name, loaded.card.data.size
    if missing := library.without_pictures(loaded.card):
        st.caption(f"Only generated pictures are shown: {escaped(missing)}.")
        return
    if catalogue.is_packed(name, size):
        return
    missing = f"the dataset {code(name)} is not packed{at_its_size(name, size)} here yet"
    st.caption(f"Only generated pictures are shown: {missing}. {takes(name, size)}")
    pack_button(name, size, width="stretch")
    pack_if_asked(name, size)


def _choose_space(loaded: Checkpoint, *, of: str) -> maps.Space:
    """By what the pictures are compared."""
    found = maps.spaces(loaded)
    renew(SPACE, found[0], of=of)
    return st.selectbox(
        "Compare",
        found,
        key=SPACE,
        bind="query-params",
        help="  \n".join(f"**{space}**: {maps.SPACES[space]}" for space in found),
    )


def _choose_layout(first: str, *, of: tuple[str, str]) -> int:
    """The perplexity of t-SNE; 0 for the main components alone. `first` is what this model and space begin with."""
    renew(LAYOUT, first, of=of)
    layout = one_of(
        "Layout",
        LAYOUTS,
        first,
        key=LAYOUT,
        help="PCA shows the plane in which the pictures differ most: distances mean something. "
        "t-SNE keeps neighbours together: clusters mean something, distances between them do not.",
    )
    if layout != "t-SNE":
        return 0
    return int(
        st.select_slider(
            "Perplexity",
            PERPLEXITIES,
            value=30,
            key="perplexity",
            bind="query-params",
            help="About how many neighbours t-SNE tries to keep near each picture.",
        )
    )


def _count_real(pack: Pack) -> int:
    """How many pictures of the test split, which may have fewer than a map has room for."""
    total = len(pack.images) - pack.train
    if total == 0:
        st.caption(f"The pack of {escaped(pack.spec.name)} has no test pictures.")
        return 0
    counts = [*(count for count in COUNTS if count < total), *([total] if total <= max(COUNTS) else [])]
    name = escaped(pack.spec.name)
    return _count("Real pictures", "real", counts, help=f"Of {counted(total, 'test picture')} of {name}.")


def _count(title: str, key: str, counts: list[int], **options: Any) -> int:
    first = min(COUNT, max(counts))
    return int(st.select_slider(title, counts, value=first, key=key, bind="query-params", **options))
