"""The stage that moves a latent by its own controls."""

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from torch import Tensor

from ganlab.checkpoints.codes import Codes
from ganlab.explore import axes as latent_axes
from ganlab.explore import code_words, codes, pictures, points, snippets, stage
from ganlab.explore.axes import Axis
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.latents import Latent
from ganlab.ui import address, address_check, cache, undo
from ganlab.ui.live import place
from ganlab.ui.live.apart import Apart
from ganlab.ui.live.mount import WIDTH, mount, shared_latent
from ganlab.ui.markdown import MOST_CHOICES, code
from ganlab.ui.provenance import text_of
from ganlab.ui.seeds import SEEDS

FILE_SCALE = 8
POOL = 32  # seeds that "Randomise" can choose from without asking the server


class Settled(NamedTuple):
    """Where the stage rests."""

    point: Point  # may name axes, so that it is short: for the address
    plain: Point  # the same latent without axes: to keep, to write into code
    latent: Tensor  # float32 [dim]
    said: str  # the point in words
    snippet: str  # code that gives exactly the pictures on the stage
    name: str  # for the file
    png: Callable[[], bytes]  # the leader's picture, with the text that brings it back
    directions: int  # sliders that are main directions of the generator's first layer
    shares: bool  # whether a button tells how few pictures show what it stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Handles:
    """What the hand can move, and how it is called."""

    directions: int = 6
    """How many principal directions of the normal factors get a slider."""
    reach: float | None = None
    """Where the model has continuous codes, sliders for them alone, up to this; see `codes.continuous`."""
    codes: Codes | None = None
    """What the codes were measured to do, for the words on sliders and buttons; else what the header says."""
    mixes: bool = False
    """Whether two labels of a category can be mixed."""


def explore(
    models: Sequence[Model],
    *,
    key: str = "live",
    handles: Handles | None = None,
    captions: Sequence[str] = (),
    leader: Model | None = None,
    limit: float = float("inf"),
    plain_prior: bool = False,
    start: Point | None = None,
    implied: Point | None = None,
    holds: bool = False,
    width: int = WIDTH,
    apart: Apart | None = None,
) -> Settled:
    """Show the pictures of one latent by every model, beside controls drawn from the latent's factors.

    Pictures follow the hand without the server; the page runs again, once, when the hand rests, and the query
    parameter `key` then holds the point, unless it is `implied`. The models must share their latent space.

    captions: what stands below the pictures, where there are several; else the models' ids.
    leader: whose axes and codes the controls are, so that an address means the same whoever stands beside; else the
        first.
    limit: truncation of normal values.
    plain_prior: whether seeds are drawn from the prior of a model that has a mixture.
    start: where to go when it changes, and at first, unless the address says where.
    implied: the point that an address without `key` leads to; `start`, if not given.
    holds: whether labels and codes that were set on the stage stay when `start` is another seed.
    width: pixels of the pictures, which stand in a square when there are several.
    apart: models with other latents, which draw their own of the same seed beside the others.

    ValueError when the models' latents differ.
    """
    shared_latent(models)
    handles, leader = handles or Handles(), leader or models[0]
    latent = cache.checkpoint(leader.path).latent
    reached = codes.continuous(latent, handles.reach) if handles.reach else []
    measured = cache.checkpoint(leader.path).card.codes if handles.codes is None else handles.codes
    own = reached or cache.axes(leader.path, handles.directions)
    known = latent_axes.titled(own, code_words.axis_words(measured, own))
    words, on_buttons = code_words.label_words(latent, measured), code_words.button_words(latent, measured)
    left = place.left(key)
    asked = _asked(key)
    candidates = place.candidates(key, asked, start)
    taken_along = left is not None and candidates[0] == start != left  # by another seed
    if holds and left and candidates[0] == start:
        candidates = [replace(start, fixed=_without_noise(latent, left)), *candidates]
    point = _point(latent, known, Point(0, limit, plain=plain_prior), candidates)
    if left is None and asked and asked.fixed and candidates[0] == asked and not point.fixed:
        address_check.refuse(key, f"a picture with names and values that this model has: {_names(latent)}")
    if taken_along:
        undo.record(place.name(key), left, point)
    place.remember(key, point)
    implied = implied or start
    address.write(key, _plain(point), _plain(implied) if implied else None)
    u = latent_axes.place(latent, point, known)
    seeds, apart = _seeds(point), apart or Apart()
    mount(
        models,
        captions,
        u,
        key=key,
        width=width,
        words=on_buttons,
        on_settled=place.on_settled(key, _parse),
        data=stage.exploring(latent, point, known, on_buttons, seeds, mixes=handles.mixes),
        apart=apart.described(seeds, point),
    )
    titles = {axis.name: axis.title for axis in known}
    plain = latent_axes.written_out(latent, point, known)
    return Settled(
        point,
        plain,
        u,
        said=points.in_words(latent, point, titles, words),
        snippet=snippets.stage(
            [model.path for model in models],
            point,
            leader=leader.path,
            moved=any(name in titles for name, _ in point.fixed),
            reach=handles.reach if reached else None,
            apart=[model.path for model in apart.models],
        ),
        name=f"{leader.id}-seed-{point.seed}",
        png=lambda: _png(leader, u, point if handles == Handles() else plain),
        directions=sum(axis.title.startswith(latent_axes.DIRECTION) for axis in known),
        shares=any(code_words.tells_share(word) for labels in on_buttons.values() for word in labels.values()),
    )


def resting(start: Point, key: str = "live") -> Point:
    """Where `explore` with this start is about to stand, for what comes before it on the page.

    A model that lacks the names in the address keeps its seed alone.
    """
    return place.best(key, _asked(key), start)


def go(point: Point, key: str = "live") -> None:
    """Move the stage that `explore` shows; for callbacks, which run before the page does."""
    place.move(key, point)


def _png(model: Model, u: Tensor, point: Point) -> bytes:
    image = cache.images(model.path, u.unsqueeze(0))[0]
    return pictures.png(pictures.enlarge(image, FILE_SCALE), text_of(model, [point]))


def _seeds(point: Point) -> list[int]:
    """The point's seed and others that "Randomise" may take next."""
    others = random.Random(point.seed).sample(range(SEEDS), POOL)
    return [point.seed, *(seed for seed in others if seed != point.seed)][:POOL]


def _point(latent: Latent, known: Sequence[Axis], like: Point, candidates: Sequence[Point]) -> Point:
    """The first candidate that the model can place, drawn as `like` is: with the page's limit and prior."""
    for candidate in candidates:
        for fixed in (candidate.fixed, ()):  # another model may lack the names, and still have the seed
            try:
                return latent_axes.checked(latent, replace(like, seed=candidate.seed, fixed=fixed), known)
            except ValueError:
                continue
    return like


def _names(latent: Latent) -> str:
    return ", ".join(code(factor.name) for factor in latent.factors[:MOST_CHOICES])


def _without_noise(latent: Latent, point: Point) -> tuple[tuple[str, str], ...]:
    """What the point holds of labels and codes; normal factors, and axes in them such as `z~1` or `z.1`, are noise."""
    noise = {factor.name for factor in latent.factors if factor.kind == "normal"}
    return tuple((name, text) for name, text in point.fixed if re.split("[~.]", name)[0] not in noise)


def _plain(point: Point) -> str:
    """The point without limit and prior, which are the page's: the address has them from their controls."""
    return str(replace(point, limit=math.inf, plain=False))


def _asked(key: str) -> Point | None:
    try:
        return next(iter(points.parse(address.read(key) or "")), None)
    except ValueError:
        address_check.refuse(key, "a picture as it is kept, such as `17@0.8`")
        return None


def _parse(sent: Mapping[str, Any]) -> Point | None:
    """What the browser sent, which may be anything."""
    seed, fixed = sent.get("seed"), sent.get("fixed")
    if type(seed) is not int or not 0 <= seed <= points.MAX_SEED or not isinstance(fixed, list):
        return None
    if not all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(t, str) for t in pair) for pair in fixed):
        return None
    if len({name for name, _ in fixed}) < len(fixed):
        return None
    return Point(seed, fixed=tuple((name, text) for name, text in fixed))
