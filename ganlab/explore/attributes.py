"""What the conditions of a model do: pictures with and without a label, and one latent under many conditions."""

from collections.abc import Sequence

import torch

from ganlab.choices import instead
from ganlab.data import Condition, DataSpec
from ganlab.explore import grids, points
from ganlab.explore.capabilities import conditions
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Latent

PAIRS = 10
ROWS = 6
SETS = 8  # conditions drawn at random
MOST_COLUMNS = 12
NOTHING = "+"  # how a `Point` writes attributes of which none is on


def pairs(
    latent: Latent, base: Point, name: str, label: str, count: int = PAIRS, *, stage: Point | None = None
) -> Grid:
    """Two rows: `count` latents without the label, and the same with it; one of the two is the latent as it is.

    Nothing else changes, but where a factor's bounds leave no room (`exchanges` says so). A category has its next
    label where it would have this one. What the base holds is held in all. The first latent is the one on the stage,
    where there is one: here and in the other grids.
    """
    factor = _condition(latent, name)
    if label not in factor.labels:
        raise ValueError(f"{name} has no label {label!r}{instead(label, factor.labels)}")
    seeds, heads = grids.rows_from(latent, base, count, stage)
    parts = latent.split(points.latents(latent, seeds))[name]
    both = [_without_and_with(factor, label, on) for on in (parts > 0.5).tolist()]
    without, with_it = (
        [grids.hold(seed, name, pair[i]) for seed, pair in zip(seeds, both, strict=True)] for i in range(2)
    )
    return Grid(
        points=(*without, *with_it),
        heads=tuple(heads),
        sides=(f"without {label}" if isinstance(factor, Attributes) else f"not {label}", label),
        columns=count,
    )


def exchanges(latent: Latent, grid: Grid, name: str, label: str) -> str:
    """A sentence on the columns of `pairs` in which the label takes another's place; empty where there are none."""
    factor = _condition(latent, name)
    if isinstance(factor, Category):
        return ""
    on = latent.split(grid.latents(latent))[name] > 0.5
    places: dict[str, list[str]] = {}
    for head, goes in zip(grid.heads, (on[: grid.columns] & ~on[grid.columns :]).tolist(), strict=True):
        for other in (other for other, gone in zip(factor.labels, goes, strict=True) if gone):
            places.setdefault(other, []).append(head)
    if not places:
        return ""
    everywhere = [len(heads) for heads in places.values()] == [grid.columns]
    others = [other if everywhere else f"{other} ({', '.join(heads)})" for other, heads in places.items()]
    bounds = f"{factor.at_least} to {factor.at_most or factor.dim}"
    return f"A picture has {bounds} {name}, so {label} takes the place of {', '.join(others)}."


def each_label(latent: Latent, base: Point, name: str, rows: int = ROWS, *, stage: Point | None = None) -> Grid:
    """One latent a row with each label of a factor alone, beside none at all where that is allowed.

    Where the labels are too many for a row there is one latent, and the labels fill a table: forms by colours where
    their words are such (`red cube`).
    """
    factor = _condition(latent, name)
    if factor.dim > MOST_COLUMNS:
        return _table_of_labels(stage or grids.without_normals(latent, base), factor)
    values, heads = list(factor.labels), list(factor.labels)
    if isinstance(factor, Attributes) and not factor.at_least:
        values, heads = [NOTHING, *values], ["none", *heads]
    latents, sides = grids.rows_from(latent, base, rows, stage)
    return grids.crossed(latents, name, values, heads=heads, sides=sides)


def many_conditions(
    latent: Latent, data: DataSpec, base: Point, rows: int = ROWS, columns: int = SETS, *, stage: Point | None = None
) -> Grid:
    """One latent a row under conditions that the prior draws, the same for all rows; the base's seed draws them."""
    known = conditions(latent, data)
    drawn = latent.split(latent.sample(columns, torch.Generator().manual_seed(base.seed)))
    held = {pair[0] for pair in base.fixed}
    free = [factor for factor in known if factor.name not in held] or known
    texts = [{factor.name: _text(factor, drawn[factor.name][i].tolist()) for factor in free} for i in range(columns)]
    cells = []
    latents, sides = grids.rows_from(latent, base, rows, stage)
    for seed in latents:
        for values in texts:
            point = seed
            for name, text in values.items():
                point = grids.hold(point, name, text)
            cells.append(point)
    return Grid(
        points=tuple(cells),
        heads=tuple(
            ", ".join(_words(factor, values[factor.name], alone=len(free) == 1) for factor in free) for values in texts
        ),
        sides=tuple(sides),
        columns=columns,
    )


def two_words(labels: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """First words and last words of labels that are all combinations of them, last words first; else None."""
    split = [label.split() for label in labels]
    if any(len(words) != 2 for words in split):
        return None
    firsts, lasts = (tuple(dict.fromkeys(words[i] for words in split)) for i in range(2))
    whole = [f"{first} {last}" for last in lasts for first in firsts]
    return (firsts, lasts) if whole == list(labels) else None


def _table_of_labels(base: Point, factor: Condition) -> Grid:
    words = two_words(factor.labels)
    return Grid(
        points=tuple(grids.hold(base, factor.name, label) for label in factor.labels),
        heads=words[0] if words else (),
        sides=words[1] if words else (),
        columns=len(words[0]) if words else MOST_COLUMNS,
    )


def _condition(latent: Latent, name: str) -> Condition:
    factor = latent.factor(name)
    if not isinstance(factor, Category | Attributes):
        raise ValueError(f"{name} is a {factor.kind} factor, which has no labels")
    return factor


def _without_and_with(factor: Condition, label: str, on: Sequence[bool]) -> tuple[str, str]:
    """Two values, one of them the labels that are on; at a bound of the factor another label comes or goes for this."""
    if isinstance(factor, Category):
        now = factor.labels[on.index(True)] if True in on else factor.labels[0]
        following = factor.labels[(factor.labels.index(label) + 1) % factor.dim]
        return (now if now != label else following), label
    others = [other for other, is_on in zip(factor.labels, on, strict=True) if is_on and other != label]
    spare = [other for other in factor.labels if other != label and other not in others]
    without = [*others, *spare[: max(0, factor.at_least - len(others))]]
    room = (factor.at_most or factor.dim) - 1
    return "+".join(without) or NOTHING, "+".join([*others[:room], label])


def _text(factor: Condition, values: Sequence[float]) -> str:
    return "+".join(label for label, value in zip(factor.labels, values, strict=True) if value > 0.5) or NOTHING


def _words(factor: Condition, text: str, *, alone: bool) -> str:
    if text == NOTHING:
        return f"no {factor.name}"
    return ", ".join(text.split("+")) if alone or isinstance(factor, Attributes) else f"{factor.name} {text}"
