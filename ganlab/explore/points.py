"""Latents that can be written down: a seed, a truncation limit and values of named factors, as `17@0.8;digit=3`."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

import numpy as np
import torch
from torch import Tensor

from ganlab.counting import counted
from ganlab.foreign import shortened
from ganlab.latents import Attributes, Category, Factor, Latent

MAX_SEED = 2**31 - 1
MAX_POINTS = 256
MOST_DIGITS = 20
LIMITS = (0.001, 1000.0)  # of a truncation; a wider one changes no seed's draw
PLAIN = "~plain"  # behind the seed: of the prior, though the model has a mixture


@dataclass(frozen=True, slots=True)
class Point:
    """One latent of any model: the seed's draw, squeezed into `limit`, with the `fixed` factors set."""

    seed: int
    limit: float = math.inf
    fixed: tuple[tuple[str, str], ...] = ()  # (factor, value as people type it)
    plain: bool = False  # drawn from the prior, where the model has a mixture, too

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"seed {self.seed} is out of range; choose from 0 to {MAX_SEED:,}")
        if not (LIMITS[0] <= self.limit <= LIMITS[1] or self.limit == math.inf):
            raise ValueError(f"the truncation limit is {self.limit}; choose from {LIMITS[0]:g} to {LIMITS[1]:g}")
        if len(dict(self.fixed)) < len(self.fixed):
            raise ValueError("a factor is set twice; set each once")

    def __str__(self) -> str:
        limit = "" if math.isinf(self.limit) else f"@{np.format_float_positional(self.limit, trim='-')}"
        return f"{self.seed}{PLAIN if self.plain else ''}{limit}" + "".join(
            f";{quote(name, safe='')}={quote(value, safe='+')}" for name, value in self.fixed
        )


def row(
    seed: int, n: int, *, limit: float = math.inf, fixed: Sequence[tuple[str, str]] = (), plain: bool = False
) -> list[Point]:
    """`n` points with the seeds from `seed` on, all else being equal. ValueError when there are too many."""
    if not 1 <= n <= MAX_POINTS:
        raise ValueError(f"{counted(n, 'picture was', 'pictures were')} asked for; choose from 1 to {MAX_POINTS}")
    return [Point(seed + i, limit, tuple(fixed), plain) for i in range(n)]


def latents(latent: Latent, points: Sequence[Point]) -> Tensor:
    """The points as float32 [len(points), latent.dim]. ValueError when a fixed factor does not fit the model."""
    u = torch.empty(len(points), latent.dim)
    for limit, plain in {(point.limit, point.plain) for point in points}:
        alike = [i for i, point in enumerate(points) if (point.limit, point.plain) == (limit, plain)]
        u[alike] = (latent.plain if plain else latent).from_seeds([points[i].seed for i in alike], limit)
    for fixed in {point.fixed for point in points if point.fixed}:
        here = torch.tensor([point.fixed == fixed for point in points])
        u[here] = latent.fix(u[here], dict(fixed))
    return u


def from_vector(latent: Latent, u: Tensor) -> Point:
    """A latent [dim] that no seed draws, written out factor by factor; numbers keep four digits."""
    parts = latent.split(u.unsqueeze(0))
    return Point(0, fixed=tuple((factor.name, _written(factor, parts[factor.name][0])) for factor in latent.factors))


def parse(text: str, most: int = MAX_POINTS) -> list[Point]:
    """Points separated by spaces or commas, such as `3, 17@0.8 5;digit=3`. ValueError names the one that is wrong."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if len(words) > most:
        raise ValueError(f"{counted(len(words), 'point was', 'points were')} given; choose at most {most:,}")
    return [_parse_point(word) for word in words]


def write(points: Sequence[Point]) -> str:
    """What `parse` reads."""
    return " ".join(str(point) for point in points)


def in_words(
    latent: Latent, point: Point, titles: Mapping[str, str], words: Mapping[str, Mapping[str, str]] | None = None
) -> str:
    """The point as a sentence: `Seed 0, moved: direction 6, c2; c1 is 9 (mostly draws 5)`.

    titles: of axes and factors, by name. words: what a category's labels draw, by factor and label.
    """
    factors = {factor.name: factor for factor in latent.factors}
    moved, held = [], []
    for name, text in point.fixed:
        factor = factors.get(name)
        if isinstance(factor, Category):
            held.append(f"{name} is {_label_in_words(factor, text, (words or {}).get(name, {}))}")
        elif isinstance(factor, Attributes):
            held.append(f"{name}: {', '.join(part for part in text.split('+') if part) or 'none'}")
        else:
            moved.append(_title_in_words(titles.get(name, name)))
    limit = "" if math.isinf(point.limit) else f" at truncation {point.limit:g}"
    parts = [f"moved: {', '.join(dict.fromkeys(moved))}"] if moved else []
    told = "; ".join([*parts, *held])
    prior = " of the plain prior" if point.plain else ""
    return f"Seed {point.seed}{prior}{limit}{', ' if told else ''}{told}"


def _title_in_words(title: str) -> str:
    """`Direction 6` as `direction 6`, `c2: slant` as `c2 (slant)`."""
    name, _, means = title.partition(": ")
    name = name[:1].lower() + name[1:]
    return f"{name} ({means})" if means else name


def _label_in_words(factor: Category, text: str, words: Mapping[str, str]) -> str:
    """`9` as `9 (mostly draws 5)` where that is known, and `3*0.600+8*0.400` as `60% 3, 40% 8`."""
    if text in words:
        drawn = words[text].removesuffix(f" ({text})")
        return text if drawn == text else f"{text} (mostly draws {drawn})"
    if text in factor.labels:
        return text
    return ", ".join(f"{weight:.0%} {label}" for label, weight in factor.mix(text))


def _written(factor: Factor, values: Tensor) -> str:
    """What the factor's `parse` reads."""
    if isinstance(factor, Category):
        weights = {label: weight for label, weight in zip(factor.labels, values.tolist(), strict=True) if weight > 5e-4}
        if len(weights) > 1 and values.min() > -5e-4 and abs(sum(weights.values()) - 1) < 5e-3:
            return "+".join(f"{label}*{weight:.3f}" for label, weight in weights.items())
        return factor.labels[int(values.argmax())]
    if isinstance(factor, Attributes):
        on = [label for label, value in zip(factor.labels, values.tolist(), strict=True) if value > 0.5]
        return "+".join(on) or "+"
    return ",".join(f"{value:.4g}" for value in values.tolist())


def _parse_point(word: str) -> Point:
    match = re.fullmatch(rf"([0-9]+)({PLAIN})?(?:@([0-9]+(?:\.[0-9]+)?))?((?:;[^;=]+=[^;]*)*)", word)
    if not match:
        raise ValueError(
            f"{shortened(word, 60)!r} is not a seed; write whole numbers from 0 on, such as 3, or 17@0.8 to truncate"
        )
    seed, plain, limit, parts = match.groups()
    if len(seed) > MOST_DIGITS:
        raise ValueError(f"seed {shortened(seed, 60)} is out of range; choose from 0 to {MAX_SEED:,}")
    fixed = [part.partition("=") for part in parts.split(";")[1:]]
    return Point(
        int(seed),
        float(limit) if limit else math.inf,
        tuple((unquote(name), unquote(value)) for name, _, value in fixed),
        bool(plain),
    )
