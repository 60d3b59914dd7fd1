"""Training curves of runs and checkpoints: columns, axes, smoothing, and the points that a browser needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganlab import checkpoints
from ganlab.choices import instead
from ganlab.data import catalogue
from ganlab.explore import metrics_cache, quality
from ganlab.metrics import title
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from ganlab.snapshots import QUALITY
from ganlab.spreadsheets import as_csv

AXES = ("step", "images", "seconds", "epoch")
"""Columns that a curve can be drawn against: training steps, real images seen, seconds of training, passes."""

POINTS = 2_000  # that a line sends to the browser, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """What a run logged: its axes and its quantities, as float64 arrays of one length."""

    columns: dict[str, np.ndarray] = field(default_factory=dict)
    damaged: int = 0  # lines that were left out
    low: "Curves | None" = None  # one deviation below and above the mean of several seeds, in the same columns
    high: "Curves | None" = None

    def __len__(self) -> int:
        return len(self.columns.get("step", ()))

    @property
    def quantities(self) -> list[str]:
        return [name for name in self.columns if name not in AXES]


class Quantity(NamedTuple):
    """How a logged number is called, and the panel that shows it."""

    title: str
    panel: str


LOSSES, OUTPUTS = "Losses", "D(x) and D(G(z))"

QUANTITIES: dict[str, Quantity] = {
    "discriminator/loss": Quantity("D", LOSSES),
    "generator/loss": Quantity("G", LOSSES),
    "discriminator/real": Quantity("D(x)", OUTPUTS),
    "discriminator/fake": Quantity("D(G(z)) before D's update", OUTPUTS),
    "generator/fake": Quantity("D(G(z)) after", OUTPUTS),
    "autoencoder/mse": Quantity("mean squared error", "Reconstruction error (values from -1 to 1)"),
    "autoencoder/kl": Quantity("KL", "Divergence of the encodings from the prior, nats"),
    "discriminator/condition": Quantity("in D's turn", "Losses of the auxiliary classifier"),
    "generator/condition": Quantity("in G's turn", "Losses of the auxiliary classifier"),
    "generator/c1_read": Quantity("c1 read rightly", "Accuracy of Q on generated data"),
    "generator/category": Quantity("c1", "Losses of Q"),
    "generator/continuous": Quantity("c2 and further", "Losses of Q"),
    "discriminator/shared": Quantity("shared with the same, moved a little", "Information in c1 of real data, nats"),
}


def of_run(folder: RunFolder, recipe: Recipe | None = None) -> Curves:
    """The report lines of a run, as far as they are complete, and what its snapshots measured.

    With `recipe` there is an `epoch` axis, too.
    """
    logged = metrics_cache.read(folder.metrics)
    columns = quality.beside_losses(logged.values, quality.of_run(folder))
    return Curves(columns=_with_axes(columns, recipe), damaged=logged.damaged)


def of_checkpoint(path: Path, recipe: Recipe, train: int = 0) -> Curves:
    """The curves that a checkpoint carries, none when it has none; `train` as its card's origin says it.

    ValueError when they do not fit together.
    """
    found = {name: values.double().numpy() for name, values in checkpoints.read_curves(path).items()}
    shapes = {values.shape for values in found.values()}
    if found and ("step" not in found or len(shapes) > 1 or found["step"].ndim != 1):
        raise ValueError(f"{path.name} carries curves that do not fit together; export the model again")
    return Curves(columns=_with_axes(found, recipe, train))


def of_results(
    kept: Mapping[str, Sequence[float | None]],
    recipe: Recipe | None = None,
    measured: Mapping[int, Mapping[str, float | None]] | None = None,
) -> Curves:
    """The thinned curves of a study's results, with what was `measured` by step. ValueError when they do not fit."""
    lengths = {len(values) for values in kept.values()}
    steps = kept.get("step", ())
    if kept and (len(lengths) > 1 or not steps or None in steps):
        raise ValueError("its curves do not fit together; measure the study again")
    found = {name: np.array(values, dtype=np.float64) for name, values in kept.items()}  # None becomes NaN
    known = {step: {k: v for k, v in values.items() if v is not None} for step, values in (measured or {}).items()}
    return Curves(columns=_with_axes(quality.beside_losses(found, known), recipe))


def describe_quantity(name: str) -> Quantity:
    """A title and a panel for any logged name, also one that is not in `QUANTITIES`."""
    if name in QUANTITIES:
        return QUANTITIES[name]
    if name.startswith(QUALITY):
        return Quantity(title(name.removeprefix(QUALITY)), title(name.removeprefix(QUALITY)))
    phase, _, value = name.rpartition("/")
    return (
        Quantity(phase or value, LOSSES)
        if value == "loss"
        else Quantity(value, f"{value} ({phase})" if phase else value)
    )


def panels(quantities: list[str]) -> dict[str, list[str]]:
    """The quantities by panel: losses, the discriminator's outputs, then the others in the order of their log."""
    known = [name for name in QUANTITIES if name in quantities]
    found: dict[str, list[str]] = {}
    for name in known + [name for name in quantities if name not in QUANTITIES]:
        found.setdefault(describe_quantity(name).panel, []).append(name)
    return found


def has_values_up_to_zero(curves: Curves, shown: Sequence[str]) -> bool:
    """Whether a logarithmic y axis leaves out parts of the panels `shown`."""
    names = [name for name in curves.quantities if describe_quantity(name).panel in shown]
    return any(bool((curves.columns[name] <= 0).any()) for name in names)


def generator_goes_below_zero(curves: Curves, recipe: Recipe) -> bool:
    """Whether the generator's loss is minus the discriminator's score, and that has been above 0."""
    is_score = getattr(recipe.config, "adversarial", "") in ("hinge", "wasserstein")
    return is_score and bool((curves.columns.get("generator/loss", np.zeros(0)) < 0).any())


def line(
    curves: Curves,
    quantity: str,
    *,
    axis: str = "step",
    half_life: float = 0.0,
    points: int = POINTS,
    log_x: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """One line to draw: x and y, both [at most `points`], finite, smoothed with a half-life in steps (0: not at all).

    What snapshots measured is never smoothed: the points are few, and each is a measurement of its own.

    ValueError when the run has no such axis or quantity.
    """
    for name in (axis, quantity):
        if name not in curves.columns:
            raise ValueError(f"there is no {name!r}{instead(name, curves.columns)}")
    step, x, y = (curves.columns[name] for name in ("step", axis, quantity))
    drawn = np.isfinite(y) & np.isfinite(x) & ((x > 0) | (not log_x))
    if not drawn.all():
        step, x, y = step[drawn], x[drawn], y[drawn]
    if half_life > 0 and len(y) > 1 and not quantity.startswith(QUALITY):
        spacing = max((step[-1] - step[0]) / (len(step) - 1), 1e-9)
        y = smoothed(y, float(0.5 ** (spacing / half_life)))
    return thinned(x, y, points, log_x=log_x)


def smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """Exponential moving average [N] that keeps `weight` of the past, without the pull towards 0 at the start.

    NaN stays NaN and is not averaged in.
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight is {weight}; it must be at least 0 and below 1")
    present = ~np.isnan(values)
    if not present.all():
        result = np.full(len(values), np.nan)
        result[present] = smoothed(values[present], weight)
        return result
    total_weight = -np.expm1(np.arange(1, len(values) + 1) * np.log(max(weight, 1e-300)))  # 1 - weight ** n
    return _moving_average(values, weight) / total_weight


def thinned(
    x: np.ndarray, y: np.ndarray, points: int = POINTS, *, log_x: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """At most `points` of the points (x, y) [N], in order: the ends, and the lowest and highest of each bucket.

    Buckets are equal in number of points, or in width on a logarithmic x axis. NaN counts only where a bucket holds
    nothing else: there it leaves a gap.
    """
    if points < 4:
        raise ValueError(f"points is {points}; at least 4 are needed")
    if len(x) <= points:
        return x, y
    starts = _bucket_starts(x, points // 2 - 1, log_x)
    bucket = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(x)))
    low, high = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    kept = [np.array([0, len(x) - 1]), starts[np.isnan(low)]]
    for extreme in (low, high):
        places = np.flatnonzero(y == extreme[bucket])
        kept.append(places[np.diff(bucket[places], prepend=-1) > 0])  # the first of each bucket
    chosen = np.unique(np.concatenate(kept))
    return x[chosen], y[chosen]


def csv(runs: Mapping[str, Curves]) -> str:
    """All points of all runs as one table: `run`, the axes, then the quantities; empty where a run has no value."""
    names = list(dict.fromkeys([*AXES, *(name for run in runs.values() for name in run.quantities)]))
    lines: list[list[str]] = [["run", *names]]
    for label, run in runs.items():
        columns = [run.columns.get(name, np.full(len(run), np.nan)).tolist() for name in names]
        lines += [[label, *("" if v != v else f"{v:.10g}" for v in row)] for row in zip(*columns, strict=True)]
    return as_csv(lines)


def _bucket_starts(x: np.ndarray, buckets: int, log_x: bool) -> np.ndarray:
    if log_x and x[0] > 0 and np.all(np.diff(x) >= 0):
        return np.unique(np.searchsorted(x, np.geomspace(x[0], x[-1], buckets + 1)[:-1])).clip(0, len(x) - 1)
    return np.arange(buckets) * len(x) // buckets


def _moving_average(values: np.ndarray, weight: float, block: int = 64) -> np.ndarray:
    """a[n] = weight * a[n-1] + (1 - weight) * values[n], from a[-1] = 0, by a matrix product a block of values."""
    count = len(values)
    blocks = np.pad(values, (0, -count % block)).reshape(-1, block)
    lag = np.arange(block)[:, None] - np.arange(block)
    kernel = np.where(lag >= 0, (1 - weight) * weight ** np.maximum(lag, 0), 0.0)
    averages = blocks @ kernel.T
    past, pasts = 0.0, []
    for last in averages[:, -1].tolist():
        pasts.append(past)
        past = last + weight**block * past
    averages += np.array(pasts)[:, None] * weight ** np.arange(1, block + 1)
    return averages.reshape(-1)[:count]


def _with_axes(columns: dict[str, np.ndarray], recipe: Recipe | None, train: int = 0) -> dict[str, np.ndarray]:
    """The columns with the axes that the recipe tells, and `epoch` where the dataset's size is known."""
    if not columns or recipe is None:
        return columns
    images = columns.get("images", columns["step"] * recipe.batch_size)
    columns = columns | {"images": images}
    known = catalogue.find(recipe.dataset)
    train = train or (known.train if known else 0)
    return columns | {"epoch": images / train} if train else columns
