"""What the live stage is told, in the app, on a shared page and in a notebook: records that JSON can hold.

The stage's scripts are in `ganlab/ui/web/stage`; what each record means is said at their top.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from ganlab.explore import points
from ganlab.explore.attributes import two_words
from ganlab.explore.axes import Axis
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Latent, side_by_side

Words = Mapping[str, Mapping[str, str]]  # factor => label => what stands on its button


def encoded(values: Tensor) -> str:
    """float32 values of any shape, as base64 of their bytes."""
    return base64.b64encode(values.float().contiguous().numpy().tobytes()).decode()


def factors(latent: Latent, words: Words) -> list[dict[str, Any]]:
    """The latent's factors, for controls and for ways between latents."""
    described = []
    for factor, columns in side_by_side(latent.factors):
        about = {"kind": factor.kind, "name": factor.name, "start": columns.start, "size": factor.dim}
        if isinstance(factor, Category | Attributes):
            about |= _buttons(factor, words.get(factor.name, {}))
        described.append(about)
    return described


def exploring(
    latent: Latent, point: Point, axes: Sequence[Axis], words: Words, seeds: Sequence[int], *, mixes: bool
) -> dict[str, Any]:
    """The mode in which controls move one latent: where it stands, what moves it, and seeds to choose from."""
    moved = [(axis.name, axis.title, axis.high) for axis in axes]
    return {
        "mode": "explore",
        "shape": f"{latent.factors} {moved} {words} {mixes}",
        "point": {"seed": point.seed, "fixed": [list(pair) for pair in point.fixed]},
        "mixes": mixes,
        "axes": [_axis(axis) for axis in axes],
        "factors": factors(latent, words),
        "pool": pool(latent, seeds, point),
    }


def pool(latent: Latent, seeds: Sequence[int], like: Point) -> dict[str, Any]:
    """Seeds with their latents, drawn as `like` is."""
    latents = points.latents(latent, [replace(like, seed=seed, fixed=()) for seed in seeds])
    return {"seeds": list(seeds), "latents": encoded(latents), "dim": latents.shape[1]}


def _axis(axis: Axis) -> dict[str, Any]:
    direction = encoded(axis.direction)
    return {"name": axis.name, "title": axis.title, "low": axis.low, "high": axis.high, "direction": direction}


def _buttons(factor: Category | Attributes, words: Mapping[str, str]) -> dict[str, Any]:
    """Labels, what stands on their buttons and what they say under the pointer, and the table that the words are."""
    shown = [words.get(label, label) for label in factor.labels]
    at_least = at_most = None
    title, table = factor.name, None
    if isinstance(factor, Attributes):
        at_least, at_most = factor.at_least, factor.at_most or factor.dim
        title += f", at most {at_most}" if at_most < factor.dim else ""
        heads, sides = two_words(shown) or ((), ())
        table = {"heads": list(heads), "sides": list(sides)} if heads else None
    elif shown != list(factor.labels):
        title += ", by what each value draws"
    pairs = list(zip(factor.labels, shown, strict=True))
    return {
        "title": title,
        "labels": list(factor.labels),
        "words": shown,
        "hints": ["" if word == label else f"{factor.name} = {label}" for label, word in pairs],
        "table": table,
        "atLeast": at_least or 0,
        "atMost": at_most or factor.dim,
    }
