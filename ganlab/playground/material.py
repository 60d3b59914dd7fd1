"""What a game learns from: points that the program makes, or that a visitor has drawn."""

import functools
from typing import NamedTuple

from torch import Tensor

from ganlab.data import BUILT_IN, Pack, drawn_points
from ganlab.data.dataset import silent
from ganlab.data.dots import RANGE
from ganlab.data.evaluation import Modes
from ganlab.data.making import collected
from ganlab.metrics.points import cell_shares

COMPARED = 4_000  # real points, with which generated ones are compared


class Material(NamedTuple):
    """A dataset of points in memory."""

    pack: Pack
    modes: Modes
    cells: Tensor  # `cell_shares` of the first `COMPARED` real points, float64
    drawing: str = ""  # as `drawn_points` writes it; empty where the program made the points


def material(name: str, drawing: str = "") -> Material:
    """The dataset `name`, or the one that a drawing becomes. ValueError where nothing can be learnt of the drawing."""
    return _drawn(drawing) if drawing else _made(name)


@functools.cache
def _made(name: str) -> Material:
    modes = BUILT_IN[name].evaluation.modes
    assert modes is not None
    return _of(collected(BUILT_IN[name].build(silent)), modes())


@functools.lru_cache(maxsize=4)
def _drawn(drawing: str) -> Material:
    places = drawn_points.parse(drawing)
    return _of(drawn_points.pack(places), drawn_points.modes_of(places), drawing)


def _of(pack: Pack, modes: Modes, drawing: str = "") -> Material:
    return Material(pack, modes, cell_shares(pack.images[:COMPARED], RANGE), drawing)
