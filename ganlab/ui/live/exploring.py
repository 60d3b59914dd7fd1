"""The stage that moves a latent by its own controls."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import streamlit as st
from torch import Tensor

from ganlab.explore import axes as latent_axes
from ganlab.explore import points
from ganlab.explore.axes import Axis
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.latents import Latent
from ganlab.ui import address, cache
from ganlab.ui.live import place
from ganlab.ui.live.mount import WIDTH, encoded, factors, mount, shared_latent
from ganlab.ui.seeds import SEEDS

POOL = 32  # seeds that "Randomise" can choose from without asking the server


class Settled(NamedTuple):
    """Where the stage rests."""

    point: Point  # may name axes, so that it is short: for the address
    plain: Point  # the same latent without axes: to keep, to write into code
    latent: Tensor  # float32 [dim]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handles:
    """What the hand can move, and how it is called."""

    directions: int = 6
    """How many principal directions of the normal factors get a slider."""
    axes: Sequence[Axis] | None = None
    """The sliders, in place of the model's codes and principal directions; see `ganlab.explore.axes`."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Better words for axes and factors, by name, such as `{"c1": "digit", "c2.1": "slant"}`."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What stands on the buttons of labels, by factor, such as `{"c1": {"0": "draws 7"}}`."""
    mixes: bool = False
    """Whether two labels of a category can be mixed."""


def explore(
    models: Sequence[Model],
    *,
    key: str = "live",
    handles: Handles | None = None,
    captions: Sequence[str] = (),
    limit: float = float("inf"),
    start: Point | None = None,
    width: int = WIDTH,
) -> Settled:
    """Show the pictures of one latent by every model, beside controls drawn from the latent's factors.

    Pictures follow the hand without the server; the page runs again, once, when the hand rests, and the query
    parameter `key` then holds the point. The models must share their latent space; axes are those of the first.

    captions: what stands below the pictures, where there are several; else the models' ids.
    limit: truncation of normal values.
    start: where to go when it changes, and at first, unless the address says where.
    width: pixels of the pictures, which stand in a square when there are several.

    ValueError when the models' latents differ.
    """
    latent = shared_latent(models)
    handles = handles or Handles()
    own = cache.axes(models[0].path, handles.directions) if handles.axes is None else handles.axes
    known = latent_axes.titled(own, handles.titles)
    point = _point(latent, known, limit, place.candidates(key, _asked(key), start))
    place.remember(key, point)
    address.write(key, str(point))
    u = latent_axes.place(latent, point, known)
    mount(
        models,
        captions,
        u,
        key=key,
        width=width,
        words=handles.words,
        on_settled=place.on_settled(key, _parse),
        data=_data(latent, point, known, handles),
    )
    return Settled(point, latent_axes.written_out(latent, point, known), u)


def go(point: Point, key: str = "live") -> None:
    """Move the stage that `explore` shows; for callbacks, which run before the page does."""
    place.remember(key, point)


def _data(latent: Latent, point: Point, known: Sequence[Axis], handles: Handles) -> dict[str, Any]:
    """What the browser has to know to draw the controls and to move the latent."""
    described = factors(latent, handles.words)
    moved = [(axis.name, axis.title, axis.high) for axis in known]
    return {
        "mode": "explore",
        "shape": f"{latent.factors} {moved} {handles.words} {handles.mixes}",
        "point": {"seed": point.seed, "fixed": [list(pair) for pair in point.fixed]},
        "pool": _pool(latent, point),
        "mixes": handles.mixes,
        "axes": [_described(axis) for axis in known],
        "factors": [one | {"title": handles.titles.get(one["name"], one["name"])} for one in described],
    }


def _described(axis: Axis) -> dict[str, Any]:
    direction = encoded(axis.direction)
    return {"name": axis.name, "title": axis.title, "low": axis.low, "high": axis.high, "direction": direction}


def _pool(latent: Latent, point: Point) -> dict[str, Any]:
    """The point's seed and others that "Randomise" may take next, with their latents."""
    others = random.Random(point.seed).sample(range(SEEDS), POOL)
    seeds = [point.seed, *(seed for seed in others if seed != point.seed)][:POOL]
    latents = points.latents(latent, [Point(seed, point.limit) for seed in seeds])
    return {"seeds": seeds, "latents": encoded(latents)}


def _point(latent: Latent, known: Sequence[Axis], limit: float, candidates: Sequence[Point]) -> Point:
    """The first candidate that the model can place, with the page's truncation limit."""
    for candidate in candidates:
        for fixed in (candidate.fixed, ()):  # another model may lack the names, and still have the seed
            try:
                return latent_axes.checked(latent, Point(candidate.seed, limit, fixed), known)
            except ValueError:
                continue
    return Point(0, limit)


def _asked(key: str) -> Point | None:
    try:
        return next(iter(points.parse(st.query_params.get(key, ""))), None)
    except ValueError:
        return None


def _parse(sent: Mapping[str, Any]) -> Point | None:
    """What the browser sent, which may be anything."""
    seed, fixed = sent.get("seed"), sent.get("fixed")
    if not isinstance(seed, int) or not 0 <= seed <= points.MAX_SEED or not isinstance(fixed, list):
        return None
    if not all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(t, str) for t in pair) for pair in fixed):
        return None
    return Point(seed, fixed=tuple((name, text) for name, text in fixed))
