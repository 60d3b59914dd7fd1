"""What the snapshots of a run measured, as curves: quality against steps, beside the losses."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ganlab import checkpoints, runs
from ganlab.file_versions import FileVersion, version
from ganlab.metrics import METRICS
from ganlab.runs import RunFolder
from ganlab.snapshots import OVER_STEPS, QUALITY

Columns = Mapping[str, np.ndarray]

DIVERSE = 0.5  # of the data's diversity
DECADES = 30
"""How many times the least value the greatest is, where an axis becomes logarithmic by itself."""


def of_run(run: RunFolder) -> dict[int, dict[str, float]]:
    """Metrics by step, as far as snapshots can be read."""
    files = runs.numbered(run.snapshots, ".safetensors")
    return {step: found for step, path in files.items() if (found := metrics_of(path))}


def metrics_of(path: Path) -> dict[str, float]:
    """The metrics of a snapshot; none where it cannot be read, or is gone."""
    try:
        return _read(path, version(path))
    except OSError:  # deleted since it was listed, or not for this user to see
        return {}


def beside_losses(columns: Columns, measured: Mapping[int, Mapping[str, float]]) -> dict[str, np.ndarray]:
    """The logged columns with a column `quality/NAME` a metric; NaN where nothing was measured or logged.

    `images` and `seconds` of a step that only a snapshot has lie between its neighbours'.
    """
    names = [name for name in OVER_STEPS if any(name in values for values in measured.values())]
    if not names or "step" not in columns:
        return dict(columns)
    known = columns["step"]
    steps = np.union1d(known, np.array(list(measured), dtype=np.float64))
    places = np.searchsorted(steps, known)
    if len(np.unique(places)) < len(places):  # steps that come twice: the file is damaged
        return dict(columns)
    found = {}
    for name, values in columns.items():
        if name in ("images", "seconds"):
            found[name] = np.interp(steps, [0, *known], [0, *values])
        else:
            found[name] = np.full(len(steps), np.nan)
            found[name][places] = values
    found["step"] = steps
    for name in names:
        found[QUALITY + name] = np.array([measured.get(int(step), {}).get(name, np.nan) for step in steps])
    return found


def best_step(columns: Columns, name: str) -> int | None:
    """The step at which a metric was best; None where it has no better end, or was not measured.

    Snapshots before the first step, and those whose samples hardly differ, do not count where there are others: of
    nearly one picture a classifier may be sure each time.
    """
    metric, values = METRICS.get(name), columns.get(QUALITY + name)
    if metric is None or values is None or metric.lower_is_better is None or not np.isfinite(values).any():
        return None
    diverse = columns.get(QUALITY + "diversity", np.full(len(values), np.nan))
    for counts in (columns["step"] > 0, ~(diverse < DIVERSE)):
        left = np.where(counts, values, np.nan)
        values = left if np.isfinite(left).any() else values
    place = np.nanargmin(values) if metric.lower_is_better else np.nanargmax(values)
    return int(columns["step"][place])


def spans_decades(several: Iterable[Columns], quantities: Sequence[str]) -> bool:
    """Whether a panel of what had better be low reads better on a logarithmic axis: the best is far below the worst.

    A distance falls from 300 to 1, and on a linear axis all that matters lies on the ground.
    """
    metrics = [METRICS.get(name.removeprefix(QUALITY)) for name in quantities if name.startswith(QUALITY)]
    if len(metrics) < len(quantities) or not all(metric and metric.lower_is_better for metric in metrics):
        return False
    columns = [one[name] for one in several for name in quantities if name in one]
    values = np.concatenate([*columns, np.zeros(0)])
    values = values[np.isfinite(values)]
    return len(values) > 0 and bool(values.min() > 0 and values.max() > DECADES * values.min())


@functools.lru_cache(maxsize=4096)
def _read(path: Path, _version: FileVersion) -> dict[str, float]:
    try:
        return checkpoints.read_card(path).metrics
    except ValueError:
        return {}  # a damaged snapshot tells nothing
