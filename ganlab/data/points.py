"""Points of the plane, made by the program: clusters on a ring or a grid, and curves, each with a little noise.

All lie within [-1, 1]. What a model learns of them can be seen at a glance, and measured without a classifier.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab.data.dataset import Dataset, Progress
from ganlab.data.evaluation import Evaluation, Modes
from ganlab.data.making import part_by_part
from ganlab.data.packs import Pack
from ganlab.data.spec import COORDINATES, POINT, DataSpec
from ganlab.latents import Category

LICENCE = "made by ganlab (MIT)"
TRAIN, TEST = 20_000, 5_000
REACH = 0.8  # of the clusters' places from the middle
PLACES = 400  # on a curve
NARROW_RING, NARROW_GRID = "ring-8-narrow", "grid-25-narrow"
"""The datasets of papers on mode collapse, on the plane of all points here."""


class Points(NamedTuple):
    """What a dataset of points is."""

    title: str
    text: str  # what the program makes, in words
    modes: Callable[[], Modes]
    factor: Category | None  # its modes, as labels


def ring(count: int = 8, deviation: float = 0.02) -> Modes:
    """Clusters at equal distances on a circle."""
    angle = torch.arange(count) * (2 * math.pi / count)
    return Modes(REACH * torch.stack([angle.cos(), angle.sin()], 1), torch.arange(count), count, deviation)


def grid(side: int = 5, deviation: float = 0.02) -> Modes:
    """Clusters in `side` rows of as many."""
    line = torch.linspace(-REACH, REACH, side)
    return Modes(torch.cartesian_prod(line, line), torch.arange(side**2), side**2, deviation)


def moons() -> Modes:
    """Two half circles that reach into each other."""
    angle = torch.linspace(0, math.pi, PLACES)
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], 1)
    return _curves([0.55 * upper, -0.55 * upper], 0.03)


def spiral(arms: int = 3) -> Modes:
    """Arms that turn by two thirds of a circle from near the middle outwards."""
    share = torch.linspace(0, 1, PLACES)
    radius, angle = 0.15 + 0.7 * share, share * (4 * math.pi / 3)
    turned = [angle + arm * (2 * math.pi / arms) for arm in range(arms)]
    return _curves([radius[:, None] * torch.stack([a.cos(), a.sin()], 1) for a in turned], 0.02)


def line() -> Modes:
    """A straight line from corner to corner."""
    return _curves([torch.linspace(-0.7, 0.7, PLACES)[:, None] * torch.tensor([1.0, 0.6])], 0.02)


def drawn_from(modes: Modes, count: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Points, float32 [count, 2], and the mode of each, int64 [count]: every place is as likely."""
    chosen = torch.randint(len(modes.places), (count,), generator=rng)
    noise = modes.deviation * torch.randn(count, COORDINATES, generator=rng)
    return modes.places[chosen] + noise, modes.mode[chosen]


def build(name: str, progress: Progress) -> Pack:
    """The pack of one of `KINDS`, the same one each time."""
    kind = KINDS[name]
    return pack_of(_spec(name, kind), kind.modes(), LICENCE)


def pack_of(spec: DataSpec, modes: Modes, licence: str, **said: Any) -> Pack:
    """Points from `modes`, which are its labels where `spec` has any; `said` are further fields of the pack."""
    points, mode = drawn_from(modes, TRAIN + TEST, torch.Generator().manual_seed(0))
    conditions = F.one_hot(mode, spec.condition_dim) if spec.conditions else torch.empty(len(points), 0)
    return Pack(
        spec=spec,
        images=points[:, :, None, None].contiguous(),
        conditions=conditions.byte(),
        train=TRAIN,
        licence=licence,
        **said,
    )


def _curves(curves: list[Tensor], deviation: float) -> Modes:
    mode = torch.arange(len(curves)).repeat_interleave(PLACES)
    return Modes(torch.cat(curves), mode, len(curves), deviation)


def _numbered(name: str, count: int) -> Category:
    return Category(name=name, labels=tuple(str(number) for number in range(1, count + 1)))


def _spec(name: str, kind: Points) -> DataSpec:
    conditions = (kind.factor,) if kind.factor else ()
    return DataSpec(name=name, channels=COORDINATES, size=POINT, conditions=conditions)


def _dataset(name: str, kind: Points) -> Dataset:
    return Dataset(
        title=f"{kind.title} ({TRAIN + TEST:,} points: {kind.text})",
        spec=_spec(name, kind),
        train=TRAIN,
        licence=LICENCE,
        source="included",
        build=part_by_part(partial(build, name)),
        evaluation=Evaluation(kind="point", modes=kind.modes),
    )


KINDS: dict[str, Points] = {
    "ring-8": Points("Ring", "eight clusters on a circle", ring, _numbered("cluster", 8)),
    "grid-25": Points("Grid", "25 clusters in rows of five", grid, _numbered("cluster", 25)),
    "moons": Points("Moons", "two half circles", moons, Category(name="moon", labels=("upper", "lower"))),
    "spiral": Points("Spiral", "three arms", spiral, _numbered("arm", 3)),
    "line": Points("Line", "a straight line", line, None),
    NARROW_RING: Points(
        "Narrow ring",
        "eight clusters on a circle, as narrow as papers on mode collapse have them",
        partial(ring, deviation=0.01 * REACH),  # of the circle's radius
        _numbered("cluster", 8),
    ),
    NARROW_GRID: Points(
        "Narrow grid",
        "25 clusters in rows of five, as narrow as papers on mode collapse have them",
        partial(grid, deviation=0.05 / 4 * REACH),  # 0.05 where the places reach to 4
        _numbered("cluster", 25),
    ),
}

DATASETS: dict[str, Dataset] = {name: _dataset(name, kind) for name, kind in KINDS.items()}
