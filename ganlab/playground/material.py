"""What a game learns from: points that the program makes, or that a visitor has drawn."""

import functools
from typing import NamedTuple

from ganlab.data import BUILT_IN, Pack, drawn_points
from ganlab.data.dataset import silent
from ganlab.data.evaluation import Modes
from ganlab.data.making import collected


class Material(NamedTuple):
    """A dataset of points in memory."""

    pack: Pack
    modes: Modes
    drawing: str = ""  # as `drawn_points` writes it; empty where the program made the points


def material(name: str, drawing: str = "") -> Material:
    """The dataset `name`, or the one that a drawing becomes. ValueError where nothing can be learnt of the drawing."""
    return _drawn(drawing) if drawing else _made(name)


@functools.cache
def _made(name: str) -> Material:
    modes = BUILT_IN[name].evaluation.modes
    assert modes is not None
    return Material(collected(BUILT_IN[name].build(silent)), modes())


@functools.lru_cache(maxsize=4)
def _drawn(drawing: str) -> Material:
    places = drawn_points.parse(drawing)
    return Material(drawn_points.pack(places), drawn_points.modes_of(places), drawing)
