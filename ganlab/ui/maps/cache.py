"""What a map is made of, kept between reruns and shared by all visitors: use it, never change it."""

import hashlib
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from ganlab.explore import colourings, finished_maps, layouts, maps, pictures
from ganlab.explore.colourings import Colouring
from ganlab.explore.layouts import Places, Plane, Vectors
from ganlab.explore.library import Model
from ganlab.explore.maps import Collection, Space
from ganlab.file_versions import FileVersion, version
from ganlab.ui import cache
from ganlab.ui.maps.scatter import Sheet

THUMBNAIL = 40  # pixels; larger pictures are averaged down for the map


@dataclass(frozen=True, slots=True)
class Source:
    """Which pictures are on a map, and in which space they are compared."""

    path: str  # of the model
    versions: tuple[FileVersion, ...]  # of the model, and of what is known of the dataset
    dataset: str  # empty without real pictures
    real: int
    generated: int
    seed: int
    space: Space


@dataclass(frozen=True, slots=True)
class Layout:
    """How they are laid out."""

    source: Source
    perplexity: int  # 0: no t-SNE, the main components alone

    @property
    def identity(self) -> str:
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:12]

    @property
    def stages(self) -> int:
        return layouts.STAGES if self.perplexity else 0


class Grown(NamedTuple):
    """How far a layout has come."""

    places: Places
    done: int  # stages of t-SNE


def source(model: Model, *, dataset: str, real: int, generated: int, seed: int, space: Space) -> Source:
    """The record of these choices; a new file of the model's is a new source."""
    data = cache.checkpoint(model.path).card.data
    versions = (version(model.path), *cache.dataset_versions(data.name, data.size))
    return Source(str(model.path), versions, dataset, real if dataset else 0, generated, seed, space)


@st.cache_resource(max_entries=8, show_spinner="Drawing the pictures")
def collection(source: Source) -> Collection:
    """The pictures that have a place in the source's space."""
    model = cache.checkpoint(Path(source.path))
    real = cache.pack(source.dataset, model.card.data.size) if source.dataset else None
    gathered = maps.gather(model, real, real=source.real, generated=source.generated, seed=source.seed)
    return maps.mapped(gathered, source.space)


@st.cache_resource(max_entries=8, show_spinner="Looking at the pictures")
def vectors(source: Source) -> Vectors:
    return maps.vectors(collection(source), source.space, seed=source.seed)


@st.cache_resource(max_entries=8, show_spinner=False)
def coloured(source: Source) -> dict[str, Colouring]:
    return colourings.colourings(cache.checkpoint(Path(source.path)), collection(source))


@st.cache_resource(max_entries=8, show_spinner=False)
def plane(source: Source) -> Plane:
    return layouts.plane(vectors(source))


@st.cache_resource(max_entries=16, show_spinner=False)
def near_own_kind(source: Source) -> float | None:
    return layouts.near_own_kind(vectors(source), collection(source).real)


@st.cache_resource(max_entries=8, show_spinner=False)
def sheet(source: Source) -> Sheet:
    """The thumbnails as one PNG."""
    small = pictures.shrink(collection(source).images, THUMBNAIL)
    columns = pictures.columns_for(len(small))
    height, width, channels = small.shape[1:]
    return Sheet(pictures.data_url(pictures.atlas(small, columns)), columns, width, height, channels == 1)


def grown(layout: Layout) -> Grown:
    """The layout so far: the main components, until stages of t-SNE have run."""
    return _growing(layout)[-1]


def grow(layout: Layout) -> None:
    """Run the next stage of t-SNE, about a second for 1,500 pictures; nothing once all have run."""
    found, seed = _growing(layout), layout.source.seed
    before = found[-1]
    if before.done >= layout.stages:
        return
    points = vectors(layout.source)
    places = layouts.tsne_stage(points, before.places, first=before.done == 0, perplexity=layout.perplexity, seed=seed)
    if found[-1] is not before:  # another visitor's rerun came first, with the same places
        return
    found.append(Grown(places, before.done + 1))
    if before.done + 1 == layout.stages:
        finished_maps.keep(points, places, perplexity=layout.perplexity, seed=seed)


@st.cache_resource(max_entries=16, show_spinner=False)
def _growing(layout: Layout) -> list[Grown]:
    """One list a layout, to which `grow` appends: a visitor who leaves and comes back finds what has been done."""
    points = vectors(layout.source)
    if layout.stages:
        finished = finished_maps.find(points, perplexity=layout.perplexity, seed=layout.source.seed)
        if finished is not None:
            return [Grown(finished, layout.stages)]
    return [Grown(layouts.flat(points, plane(layout.source)), 0)]
