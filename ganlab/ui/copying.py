"""Is it copying? The picture on the stage beside the training pictures that are nearest to it."""

import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.data import catalogue
from ganlab.data.spec import said_of
from ganlab.explore import copies, library, points, summary
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.file_versions import FileVersion
from ganlab.metrics.copies import Compared, Space
from ganlab.metrics.copies import spaces as compared_spaces
from ganlab.ui import cache
from ganlab.ui.markdown import escaped
from ganlab.ui.packing import how_to_get, usable_pack
from ganlab.ui.tiles import tiles

KEY = "copying"  # in the address
METRIC = "copies"
HELP = "The training pictures that are nearest to the one on the stage, and how near new pictures come."
TITLES: dict[Space, str] = {"pixels": "by main components of the pixels", "features": "by the classifier's features"}
WIDTH = 480  # pixels on the page


def show_copying(model: Model, loaded: Checkpoint, shown: Point) -> None:
    """A switch, and behind it the nearest training pictures of the picture `shown`; a line where they are not here."""
    if not st.toggle(
        "Is it copying?",
        key=KEY,
        bind="query-params",
        help=said_of(HELP, loaded.card.data.size),
    ):
        return
    if METRIC in loaded.card.metrics:
        share = loaded.card.metrics[METRIC]
        st.markdown(f"**{share:.1%} of this model's samples**: {escaped(summary.explained(METRIC))}")
    name, size = loaded.card.data.name, loaded.card.data.size
    what = said_of("training pictures", size)
    if missing := library.without_pictures(loaded.card):
        st.info(f"This needs the {what}, and {escaped(missing)}.", icon=":material/info:")
        return
    if not catalogue.is_packed(name, size):
        st.info(f"This needs the {what}: {how_to_get(name, size)}.", icon=":material/info:")
        return
    pack = usable_pack(name, size)
    if pack is None:
        return
    image = cache.images(model.path, points.latents(loaded.latent, [shown]))[0]
    spaces = _spaces(name, size, cache.dataset_versions(name, size))
    for space, found in copies.neighbours(image, pack, spaces).items():
        st.markdown(f"**Nearest {what}**, {TITLES[space]}. {said_of(found.words, size)}")
        labels = [
            f"{said_of('training picture', size)} {place}, distance {far:.2f}"
            for place, far in zip(found.places, found.distances, strict=True)
        ]
        tiles(found.images, labels, key=f"copying_{space}", columns=len(labels), selectable=False, width=WIDTH)


@st.cache_resource(max_entries=4, show_spinner="Looking through the training pictures")
def _spaces(name: str, size: int, versions: tuple[FileVersion, ...]) -> dict[Space, Compared]:
    return compared_spaces(cache.pack(name, size), size)
