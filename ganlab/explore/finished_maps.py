"""Layouts that t-SNE has finished, in files: it takes seconds, and gives the same places for the same pictures."""

import hashlib
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from ganlab import caches, listings
from ganlab.data import data_folder
from ganlab.explore.layouts import STAGE_STEPS, STAGES, Places, Vectors

FORMAT = 1  # another one for every change of what `layouts.tsne_stage` computes
MOST_KEPT = 64
PLACES = "places"  # the tensor's name


def find(vectors: Vectors, *, perplexity: float, seed: int) -> Places | None:
    """The places [N, 2] of vectors [N, D]; None where they were never laid out like this, or the file is damaged."""
    place = caches.find(_path(vectors, perplexity, seed))
    if not listings.is_file(place):
        return None
    try:
        places = load_file(place)[PLACES]
    except (OSError, SafetensorError, KeyError):
        return None
    usable = places.shape == (len(vectors), 2) and places.dtype == np.float32 and bool(np.isfinite(places).all())
    return places if usable else None


def keep(vectors: Vectors, places: Places, *, perplexity: float, seed: int) -> None:
    """Write the places down, where that can be done; the oldest of more than 64 go."""
    write = partial(save_file, {PLACES: np.ascontiguousarray(places)})
    if made := caches.keep(_path(vectors, perplexity, seed), write):
        caches.forget_oldest(made, "*.safetensors", most=MOST_KEPT)


def _path(vectors: Vectors, perplexity: float, seed: int) -> Path:
    """Named by all that the places depend on."""
    settings = (FORMAT, STAGES, STAGE_STEPS, float(perplexity), seed, version("scikit-learn"), vectors.shape)
    digest = hashlib.sha256(repr(settings).encode())
    digest.update(np.ascontiguousarray(vectors, np.float32).data)
    return data_folder() / "maps" / f"{digest.hexdigest()[:32]}.safetensors"
