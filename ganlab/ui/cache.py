"""Cached reads for the pages. Keys carry the versions of the files, so that a new file is a new entry."""

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
import torch
from torch import Tensor

from ganlab import checkpoints, export
from ganlab.checkpoints import Card, Checkpoint
from ganlab.data import Pack, catalogue
from ganlab.explore import axes as latent_axes
from ganlab.explore import library, model_index, pictures, training
from ganlab.explore.axes import Axis
from ganlab.explore.library import Model
from ganlab.explore.model_index import ModelIndex
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point
from ganlab.explore.training import Film
from ganlab.file_versions import FileVersion, version
from ganlab.metrics.readers import weights

if TYPE_CHECKING:
    from ganlab.metrics.cost import Cost

COVERS = {
    1: (2, 1),  # pictures of points
    28: (6, 3),
    32: (6, 3),
    64: (4, 2),
    128: (2, 1),
}  # image size => columns and rows; a card is about 300 pixels wide
COVER_SCALE = 4  # more pixels than a card has on any screen, so that the browser only has to shrink
TORCH_THREADS = 1  # small nets gain nothing from more, and several visitors draw at once


def checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at `path`, shared by all sessions: use it, never change it. ValueError says what is wrong."""
    # Each rerun has a thread of its own, whose first matrix product would start as many others as there are cores,
    # whatever was set elsewhere: 16 pictures then take 3 to 30 ms (95th percentile), and 3.2 like this.
    torch.set_num_threads(TORCH_THREADS)
    return _checkpoint(str(path), version(path))


def card(model: Model) -> Card | str:
    """The model's card, or the reason why it cannot be read."""
    return _card(model, version(model.path))


@functools.cache
def index() -> ModelIndex:
    """What lists of models show, of all of them."""
    return model_index.in_own_folder()


def cover(model: Model) -> bytes | str:
    """A PNG sheet of the model's first seeds, or the reason why it cannot be drawn."""
    return _cover(model, version(model.path))


def film(model: Model, drawn: Sequence[Point]) -> Film | None:
    """See `training.film`; at most a few dozen are kept."""
    return _film(model, tuple(drawn), tuple(map(version, training.files(model))))


def images(path: Path, latents: Tensor) -> Pixels:
    """Pictures of latents [N, dim]: uint8 [N, H, W, C]."""
    return checkpoint(path).images(latents).numpy()


def cost(path: Path) -> "Cost":
    """What a picture of the model costs, measured once."""
    return _cost(str(path), version(path))


def exported(path: Path, net: str = "generator") -> Path:
    """The net's ONNX file, made when it is first asked for. ValueError says why there is none."""
    kept = _exported(str(path), version(path), net)
    try:
        os.utime(kept)  # it is in use: only the oldest exports go
    except FileNotFoundError:  # it has gone already, as one of the oldest
        return export.keep(path, net, loaded=checkpoint(path))
    except OSError:  # another user's
        return kept
    return kept


def pack(name: str, size: int | None = None) -> Pack:
    """The dataset, packed already for images of `size` pixels. ValueError says what is wrong with its file."""
    path = catalogue.path_of(name, size)
    return _pack(name, size, str(path), version(path))


def dataset_versions(name: str, size: int) -> tuple[FileVersion, ...]:
    """Of what is known of a dataset at `size` pixels: its pack, and the classifier that reads it."""
    packed = [catalogue.path_of(name, size)] if catalogue.is_packed(name, size) else []
    reading = weights(name)
    return tuple(map(version, [*packed, *([reading] if reading else [])]))


def axes(path: Path, count: int) -> list[Axis]:
    """See `axes.axes`; use them, never change them."""
    return _axes(str(path), version(path), count)


@st.cache_resource(max_entries=2, show_spinner="Loading the dataset")
def _pack(name: str, size: int | None, path: str, version: FileVersion) -> Pack:
    return catalogue.packed(name, size)


@st.cache_resource(max_entries=32, show_spinner="Loading the model")
def _checkpoint(path: str, version: FileVersion) -> Checkpoint:
    return checkpoints.load(Path(path))


@st.cache_resource(max_entries=64, show_spinner="Counting operations")
def _cost(path: str, version: FileVersion) -> "Cost":
    from ganlab.metrics.cost import cost  # here, not above: a second that other pages need not wait

    return cost(checkpoint(Path(path)))


@st.cache_resource(max_entries=64, show_spinner=False)
def _exported(path: str, version: FileVersion, net: str) -> Path:
    return export.keep(Path(path), net, loaded=checkpoint(Path(path)))


@st.cache_resource(max_entries=64, show_spinner=False)
def _axes(path: str, version: FileVersion, count: int) -> list[Axis]:
    return latent_axes.axes(checkpoint(Path(path)), count)


# A page asks for twenty cards a run, for which Streamlit's cache takes 0.3 ms each, and a picker for those of all
# models: with room for fewer, each run would read all again. 8,192 take 190 MB.
@functools.lru_cache(maxsize=8192)
def _card(model: Model, version: FileVersion) -> Card | str:
    return library.try_card(model)


@st.cache_data(max_entries=128, show_spinner=False)
def _cover(model: Model, version: FileVersion) -> bytes | str:
    try:
        loaded = checkpoint(model.path)
    except ValueError as error:
        return str(error)
    columns, rows = COVERS[loaded.card.data.size]
    drawn = loaded.sheet(range(columns * rows)).permute(0, 2, 3, 1).contiguous().numpy()
    sheet = pictures.atlas(drawn, columns, gap=1, transparent=True)
    return pictures.png(pictures.enlarge(sheet, COVER_SCALE))


@st.cache_data(max_entries=32, show_spinner="Drawing the snapshots")
def _film(model: Model, drawn: tuple[Point, ...], versions: tuple[FileVersion, ...]) -> Film | None:
    return training.film(model, drawn)
