"""Latents in rows and columns: what changes along a row, what from row to row, and words for both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from ganlab.explore import points
from ganlab.explore.points import Point
from ganlab.latents import Latent

ON_STAGE = "on the stage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Latents row by row; one word a column and one a row, or none."""

    points: tuple[Point, ...]
    heads: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    columns: int

    def latents(self, latent: Latent) -> Tensor:
        """float32 [len(points), latent.dim]."""
        return points.latents(latent, self.points)

    @property
    def labels(self) -> list[str]:
        """What each picture is, in words."""
        return [str(point) for point in self.points]


def hold(point: Point, name: str, text: str) -> Point:
    """The point with the factor `name` at a value, whatever it was at before."""
    return replace(point, fixed=(*(pair for pair in point.fixed if pair[0] != name), (name, text)))


def seeds_from(base: Point, count: int) -> list[Point]:
    """`count` points that differ in the seed alone, the base first; seeds start again at 0 after the last."""
    return [replace(base, seed=(base.seed + i) % (points.MAX_SEED + 1)) for i in range(count)]


def rows_from(latent: Latent, base: Point, count: int, stage: Point | None = None) -> tuple[list[Point], list[str]]:
    """`count` latents, and a name each: seeds from the base on, or the one on the stage and the seeds after the base.

    Rows stay where they are when the stage moves, also to one of them: a second click on it then moves nothing.
    """
    seeds = seeds_from(without_normals(latent, base), count)
    if stage is None:
        return seeds, [f"seed {seed.seed}" for seed in seeds]
    return [stage, *seeds[1:]], [ON_STAGE, *(f"seed {row.seed}" for row in seeds[1:])]


def without_normals(latent: Latent, point: Point) -> Point:
    """The point with its seed's own normal values: rows that should differ by the seed then do."""
    kept = tuple(pair for pair in point.fixed if latent.factor(pair[0]).kind != "normal")
    return replace(point, fixed=kept)


def crossed(
    rows: Sequence[Point], name: str, values: Sequence[str], *, heads: Sequence[str] = (), sides: Sequence[str] = ()
) -> Grid:
    """Each row's point with the factor `name` at each of the values."""
    return Grid(
        points=tuple(hold(row, name, value) for row in rows for value in values),
        heads=tuple(heads or values),
        sides=tuple(sides or (f"seed {row.seed}" for row in rows)),
        columns=len(values),
    )
