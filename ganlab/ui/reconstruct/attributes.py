"""Attribute vectors: the difference of two mean encodings, added to the encodings of test images."""

import math
from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.data import DataSpec, Pack
from ganlab.explore import encodings, pictures, points, reconstruct, snippets
from ganlab.explore.labelled import labelled
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.explore.stage import encoded
from ganlab.ui import address, address_check, cache
from ganlab.ui.downloads import downloads
from ganlab.ui.markdown import escaped
from ganlab.ui.provenance import text_of
from ganlab.ui.reconstruct import cache as reconstruct_cache
from ganlab.ui.reconstruct.images import FIRST, choose_places
from ganlab.ui.reconstruct.live import board, nets, sent
from ganlab.ui.tiles import tiles
from ganlab.ui.tray import keep

KEY, ADDRESS = "vector", "strength"
REACH = 3.0  # lengths of the vector, either way
COLUMNS = 5
ROWS = ("original", "reconstruction", "moved")
WIDTH = 800  # pixels on the page
_STRENGTH = board("ganlab_strength", "strength.js")


class Way(NamedTuple):
    """From where to where a vector leads."""

    name: str
    start: str = ""
    end: str = ""

    @property
    def title(self) -> str:
        return f"{self.name} {self.start} to {self.end}" if self.end else f"add {self.name}"

    @property
    def text(self) -> str:
        """What the vector is."""
        if self.end:
            return f"the mean encoding of the images of {self.name} {self.end} minus that of {self.name} {self.start}"
        return f"the mean encoding of the images with {self.name} minus the mean of the others"

    @property
    def code(self) -> str:
        """Arguments of `encodings.vector`."""
        return f"{self.name!r}, start={self.start!r}, end={self.end!r}" if self.end else repr(self.name)


def show_attributes(model: Model, loaded: Checkpoint, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Test images that a slider moves along an attribute vector, all at once."""
    pack = reconstruct_cache.with_test_images(loaded, main)
    if pack is None:
        return
    if not encodings.conditions(pack.spec):
        main.info("The images of this dataset have no labels to make vectors of.", icon=":material/info:")
        return
    with controls:
        way = _choose_way(pack.spec)
        places = choose_places(pack, main, first=_first(pack, way))
    if not places:
        return
    try:
        found = reconstruct_cache.encodings(model.path, pack)
        direction = encodings.vector(found, pack.spec, way.name, start=way.start, end=way.end)
    except ValueError as error:
        main.error(escaped(str(error)), icon=":material/error:")
        return
    strength = _strength()
    with main:
        _show_moved(model, loaded, pack, places, way, direction, strength)


def _show_moved(
    model: Model, loaded: Checkpoint, pack: Pack, places: list[int], way: Way, direction: Tensor, strength: float
) -> None:
    """The slider, the three rows of pictures, and what one can take along."""
    done = reconstruct.reconstruct(loaded, reconstruct.images_at(loaded, pack, places))
    latents = done.latents + strength * direction
    moved = cache.images(model.path, latents)
    rows = np.concatenate([done.originals, done.images, moved])
    told = {
        "bases": encoded(done.latents),
        "direction": encoded(direction),
        "strength": strength,
        "title": way.title[:1].upper() + way.title[1:],
        "pictures": [pictures.data_url(image) for image in moved],
    }
    data = nets(model, loaded, ("generator",)) | {"columns": COLUMNS, "low": -REACH, "high": REACH} | told
    _STRENGTH(key=KEY, data=data, on_settled_change=lambda: None)
    _show_rows(rows, places, [points.from_vector(loaded.latent, u) for u in [*done.latents, *done.latents, *latents]])
    st.caption(
        f"The vector is {escaped(way.text)}; its length is {float(direction.norm()):.2f}. "
        "At strength 1 it is added once. A picture's corner keeps its latent."
    )
    downloads(
        f"{model.id}-{way.name}",
        {
            "png": lambda: pictures.png(
                labelled(rows, len(places), heads=[f"{place}" for place in places], sides=ROWS), text_of(model)
            ),
            "npz": lambda: pictures.npz(moved, latents=latents.numpy(), vector=direction.numpy()),
        },
        snippet=snippets.reconstruct(model.path, pack.spec, places, strength=strength, way=way.code),
    )


def _first(pack: Pack, way: Way) -> str:
    """The images shown until others are chosen: where a vector leads away from a label, those that have it."""
    found = encodings.examples(pack, way.name, way.start, most=reconstruct.MOST_IMAGES) if way.start else []
    return reconstruct.write_places(found) if found else FIRST


def _show_rows(rows: pictures.Pixels, places: list[int], drawn: list[Point]) -> None:
    tiles(
        rows,
        [f"test image {place}, {row}" for row in ROWS for place in places],
        key="moved",
        columns=len(places),
        action="keep",
        on_action=lambda i: keep(drawn[i]),
        sides=ROWS,
        selectable=False,
        width=WIDTH,
    )


def _choose_way(data: DataSpec) -> Way:
    known = encodings.conditions(data)
    name = st.selectbox("Attribute", list(known), key="attribute", bind="query-params") if len(known) > 1 else None
    name = name or next(iter(known))
    condition = known[name]
    if condition.kind == "attributes":
        return Way(name)
    labels = list(condition.labels)
    start = st.selectbox(f"From {escaped(name)}", labels, key="from_label", bind="query-params")
    end = st.selectbox(f"To {escaped(name)}", labels, index=1, key="to_label", bind="query-params")
    return Way(name, start, end)


def _strength() -> float:
    """Where the slider rests: where the hand left it, else where the address says."""
    value = sent(KEY, "settled").get("strength")
    try:
        found = float((address.read(ADDRESS) or "1") if value is None else value)
    except (ValueError, TypeError):
        found = math.nan
    if not -REACH <= found <= REACH:
        if value is None:
            address_check.refuse(ADDRESS, f"a number from {-REACH:g} to {REACH:g}")
        found = min(REACH, max(-REACH, found)) if found == found else 1.0
    address.write(ADDRESS, f"{found:g}", "1")
    return found
