"""What the codes of a model do: grids in which one code moves, and what measures it."""

import torch

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import Codes
from ganlab.data import Pack, resized
from ganlab.explore import axes, grids, points
from ganlab.explore.axes import Axis
from ganlab.explore.code_words import categories
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.latents import Category, Latent, Uniform

REACH = 2.0  # continuous codes are swept from minus to plus this, as in the InfoGAN paper
ROWS = 10
STEPS = 11  # of a sweep
MOST_LABELS = 40  # in a grid


def continuous(latent: Latent, reach: float = REACH) -> list[Axis]:
    """One axis for each value of the uniform factors, from `-reach` to `reach` around the middle of its range.

    A reach of 1 is the range that the training drew from.
    """
    found = []
    for factor in latent.factors:
        if isinstance(factor, Uniform):
            middle, half = (factor.low + factor.high) / 2, (factor.high - factor.low) / 2
            found += [
                Axis(
                    name=axis.name,
                    title=axis.title,
                    low=middle - half * reach,
                    high=middle + half * reach,
                    direction=axis.direction,
                )
                for axis in axes.values(latent, factor.name)
            ]
    return found


def measure(model: Checkpoint, pack: Pack) -> Codes:
    """What each code does, by the test images of the model's dataset at any size; seconds to a minute."""
    from ganlab.metrics.abilities import Abilities  # here, not above: half a second of SciPy on every page

    return Abilities(model, resized(pack.part("test"), model.card.data.size)).codes


def one_latent_a_row(latent: Latent, base: Point, name: str, rows: int = ROWS, *, stage: Point | None = None) -> Grid:
    """The category `name` over the columns; each row has the other numbers of one seed (Figure 2 (a) of InfoGAN).

    The first row is the latent on the stage, where there is one.
    """
    latents, sides = grids.rows_from(latent, base, rows, stage)
    return grids.crossed(latents, name, _labels(latent, name), sides=sides)


def one_label_a_row(latent: Latent, base: Point, name: str, columns: int = ROWS) -> Grid:
    """Each row has one label of the category `name`; every picture has a seed of its own."""
    labels = _labels(latent, name)
    seeds = grids.seeds_from(grids.without_normals(latent, base), len(labels) * columns)
    return Grid(
        points=tuple(grids.hold(seed, name, labels[i // columns]) for i, seed in enumerate(seeds)),
        sides=tuple(labels),
        columns=columns,
    )


def sweep(latent: Latent, base: Point, axis: Axis, name: str = "", steps: int = STEPS) -> Grid:
    """The continuous code of `axis` over the columns; a row for each label of the category `name`, all else equal.

    Without a category each row has another seed (Figure 2 (c) and (d) of InfoGAN).
    """
    if name:
        rows = [grids.hold(base, name, label) for label in _labels(latent, name)]
        sides = _labels(latent, name)
    else:
        rows = grids.seeds_from(grids.without_normals(latent, base), ROWS)
        sides = tuple(f"seed {row.seed}" for row in rows)
    values = [round(value, 3) + 0.0 for value in torch.linspace(axis.low, axis.high, steps).tolist()]
    drawn = [_moved(latent, row, axis, value) for row in rows for value in values]
    return Grid(points=tuple(drawn), heads=tuple(f"{value:.3g}" for value in values), sides=sides, columns=steps)


def _moved(latent: Latent, base: Point, axis: Axis, value: float) -> Point:
    """The point with one value of a uniform factor changed, and the factor's others as they are."""
    name = axis.name.rpartition(".")[0]
    values = latent.split(points.latents(latent, [base]))[name][0].clone()
    direction = latent.split(axis.direction.unsqueeze(0))[name][0]
    values += (value - values @ direction) * direction
    return grids.hold(base, name, ",".join(f"{round(x, 4):g}" for x in values.tolist()))


def _labels(latent: Latent, name: str) -> tuple[str, ...]:
    """Those that a grid has room for: of clusters the largest."""
    factor = latent.factor(name)
    if not isinstance(factor, Category):
        known = ", ".join(category.name for category in categories(latent)) or "none"
        raise ValueError(f"{name} is a {factor.kind} factor; the categories are {known}")
    return factor.labels[:MOST_LABELS]
