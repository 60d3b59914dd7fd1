"""What pages call: `explore` for a latent's own controls."""

import base64
import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st
from torch import Tensor

from ganlab.explore import axes as axis_module
from ganlab.explore import points
from ganlab.explore.axes import Axis
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.latents import Latent
from ganlab.ui import assets, cache
from ganlab.ui.live.component import COMPONENT
from ganlab.ui.tiles import data_url

POOL = 32  # seeds that "Randomise" can choose from without asking the server
SEEDS = 100_000  # of the pool: few enough to be read out aloud
WIDTH = 448  # pixels on the page: 16, 14 and 7 times the sizes of the pictures


class Settled(NamedTuple):
    """Where the stage rests."""

    point: Point  # may name axes, so that it is short: for the address
    plain: Point  # the same latent without axes: to keep, to write into code
    latent: Tensor  # float32 [dim]


def explore(
    models: Sequence[Model],
    *,
    key: str = "live",
    directions: int = 6,
    titles: Mapping[str, str] | None = None,
    limit: float = float("inf"),
    start: Point | None = None,
    width: int = WIDTH,
    columns: int = 4,
) -> Settled:
    """Show the pictures of one latent by every model, beside controls drawn from the latent's factors.

    Pictures follow the hand without the server; the page runs again, once, when the hand rests, and the query
    parameter `key` then holds the point. The models must share their latent space; axes are those of the first.

    `directions`: how many principal directions of the normal factors get a slider. `titles`: better words for axes, by
    name, such as `{"c.1": "slant"}`. `limit`: truncation of normal values. `start`: where to go, when it changes.
    `width`: pixels of all pictures together. ValueError when the models' latents differ.
    """
    loaded = [cache.checkpoint(model.path) for model in models]
    latent = loaded[0].latent
    if other := [model.id for model, one in zip(models, loaded, strict=True) if one.latent != latent]:
        raise ValueError(f"{other[0]} has another latent space than {models[0].id}; choose models that share theirs")
    known = axis_module.titled(cache.axes(models[0].path, directions), titles or {})
    point = _point(latent, known, key, start, limit)
    st.session_state[_place(key)] = point
    st.query_params[key] = str(point)
    u = axis_module.place(latent, point, known)
    _mount(
        models,
        u,
        key=key,
        width=width,
        columns=columns,
        on_settled=partial(_remember, key),
        data={
            "mode": "explore",
            "shape": f"{latent.factors} {[(axis.name, axis.title) for axis in known]}",
            "point": {"seed": point.seed, "fixed": [list(pair) for pair in point.fixed]},
            "pool": _pool(latent, point),
            "axes": [
                {
                    "name": axis.name,
                    "title": axis.title,
                    "low": axis.low,
                    "high": axis.high,
                    "direction": encoded(axis.direction),
                }
                for axis in known
            ],
        },
    )
    return Settled(point, axis_module.written_out(latent, point, known), u)


def encoded(values: Tensor) -> str:
    """float32 values for the browser."""
    return base64.b64encode(values.float().contiguous().numpy().tobytes()).decode()


def _mount(
    models: Sequence[Model],
    u: Tensor,
    *,
    key: str,
    width: int,
    columns: int,
    on_settled: Callable[[], None],
    data: Mapping[str, Any],
) -> None:
    """Put the component on the page; the server's own pictures of `u` go along, for when the browser cannot draw."""
    shown, unavailable = [], ""
    for model in models:
        image = cache.images(model.path, u.unsqueeze(0))[0]
        address = ""
        try:
            address = assets.model_address(cache.exported(model.path))
        except ValueError as error:
            unavailable = str(error)
        height, wide = image.shape[:2]
        shown.append(
            {"title": model.id, "address": address, "width": wide, "height": height, "picture": data_url(image)}
        )
    latent = cache.checkpoint(models[0].path).latent
    COMPONENT(
        key=key,
        data={
            "models": shown,
            "runtimes": [files._asdict() for files in assets.runtime_addresses()],
            "dim": latent.dim,
            "factors": _factors(latent),
            "maxWidth": width,
            "columns": columns,
            "unavailable": unavailable,
            **data,
        },
        on_settled_change=on_settled,
    )


def _factors(latent: Latent) -> list[dict[str, Any]]:
    start, described = 0, []
    for factor in latent.factors:
        labels = list(getattr(factor, "labels", ()))
        described.append(
            {
                "kind": factor.kind,
                "name": factor.name,
                "title": factor.name,
                "start": start,
                "size": factor.dim,
                "labels": labels,
                "atLeast": getattr(factor, "at_least", 0) or 0,
                "atMost": getattr(factor, "at_most", None) or len(labels),
            }
        )
        start += factor.dim
    return described


def _pool(latent: Latent, point: Point) -> dict[str, Any]:
    """The point's seed and others that "Randomise" may take next, with their latents."""
    others = random.Random(point.seed).sample(range(SEEDS), POOL)
    seeds = [point.seed, *(seed for seed in others if seed != point.seed)][:POOL]
    latents = points.latents(latent, [Point(seed, point.limit) for seed in seeds])
    return {"seeds": seeds, "latents": encoded(latents)}


def _point(latent: Latent, known: Sequence[Axis], key: str, start: Point | None, limit: float) -> Point:
    """A new `start`, else where the stage was left, else the address; what does not fit is passed over."""
    for candidate in _candidates(key, start):
        for fixed in (candidate.fixed, ()):  # another model may lack the names, and still have the seed
            try:
                return axis_module.checked(latent, Point(candidate.seed, limit, fixed), known)
            except ValueError:
                continue
    return Point(0, limit)


def _candidates(key: str, start: Point | None) -> list[Point]:
    moved = start is not None and st.session_state.get(f"{key}_start", start) != start
    st.session_state[f"{key}_start"] = start
    remembered = st.session_state.get(_place(key))
    return [point for point in (start if moved else None, remembered, *_asked(key), start) if point]


def _place(key: str) -> str:
    """Under this name the session remembers where the stage is, whoever moved it."""
    return f"{key}_place"


def _remember(key: str) -> None:
    point = _parse_settled(st.session_state[key].get("settled") or {})
    if point:
        st.session_state[_place(key)] = point


def _asked(key: str) -> list[Point]:
    try:
        return points.parse(st.query_params.get(key, ""))[:1]
    except ValueError:
        return []


def _parse_settled(value: Mapping[str, Any]) -> Point | None:
    """What the browser sent, which may be anything."""
    seed, fixed = value.get("seed"), value.get("fixed")
    if not isinstance(seed, int) or not 0 <= seed <= points.MAX_SEED or not isinstance(fixed, list):
        return None
    if not all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(t, str) for t in pair) for pair in fixed):
        return None
    return Point(seed, fixed=tuple((name, text) for name, text in fixed))
