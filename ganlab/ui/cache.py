"""Cached reads for the pages. Keys carry the file's time of change, so that a new file is a new entry."""

import gc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from ganlab import checkpoints
from ganlab.checkpoints import Card, Checkpoint
from ganlab.explore import library
from ganlab.explore.library import Model


def checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at `path`, shared by all sessions: use it, never change it."""
    return _checkpoint(str(path), path.stat().st_mtime_ns)


def card(model: Model) -> Card | str:
    """The model's card, or the reason why it cannot be read."""
    return _card(model, model.path.stat().st_mtime_ns if model.path.is_file() else 0)


def images(path: Path, latents: torch.Tensor) -> np.ndarray:
    """Pictures of latents [N, dim]: uint8 [N, H, W, C]."""
    return checkpoint(path).images(latents).numpy()


def seeded_images(path: Path, seeds: Sequence[int]) -> np.ndarray:
    """Pictures of the latents that the seeds stand for: uint8 [N, H, W, C]."""
    return images(path, checkpoint(path).latent.from_seeds(seeds))


def warm(model: Model) -> None:
    """Load a model and draw once, so that the first visitor does not wait for it."""
    if not isinstance(library.try_card(model), str):
        seeded_images(model.path, range(16))


@st.cache_resource(max_entries=32, show_spinner="Loading the model")
def _checkpoint(path: str, changed_ns: int) -> Checkpoint:
    loaded = checkpoints.load(Path(path))
    gc.collect()
    gc.freeze()  # weights never die while they are cached; walking over them at each collection is for nothing
    return loaded


@st.cache_data(max_entries=512, show_spinner=False)
def _card(model: Model, changed_ns: int) -> Card | str:
    return library.try_card(model)
