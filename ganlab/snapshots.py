"""The snapshots of a run: which there are, what they measure, and how one becomes a checkpoint."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ganlab import checkpoints, metrics, runs
from ganlab.checkpoints import Checkpoint, Sheets
from ganlab.checkpoints.codes import Codes
from ganlab.data import DataSpec, Pack, catalogue
from ganlab.data.spec import said_of
from ganlab.latents import Latent
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.frechet import Moments
from ganlab.metrics.obedience import asked_of
from ganlab.mixture import Mixture
from ganlab.runs import RunFolder
from ganlab.whole_files import Check, anyway, replacing

SHEET_SEEDS = range(64)  # the same latents on every sheet of every run
CARRIED_SEEDS = 16  # of them in a checkpoint, or as many as its bytes allow
CARRIED_SHEETS = 8
CARRIED_BYTES = 400_000
LEAST_CARRIED = 4  # of them, whatever their bytes: 1.6 MB at 128 px in colour
AXES = ("step", "images", "seconds")  # of the curves
CURVE_POINTS = 500
QUALITY = "quality/"
"""What the names of curves begin with that snapshots measured."""
OVER_STEPS = tuple(name for name in metrics.METRICS if name not in metrics.NUMBERS_OF_IMAGES)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a checkpoint's header says of its quality."""

    metrics: dict[str, float]
    codes: Codes
    mixture: Mixture | None = None  # a prior that fits the encoder
    left_out: dict[str, str] = field(default_factory=dict)  # why something was not measured, by its name


def measure(
    generate: Callable[[Tensor], Tensor], latent: Latent, data: DataSpec, n: int, seed: int, real: metrics.Reference
) -> metrics.Outcome:
    """Every metric that applies, of `n` draws; `generate` makes uint8 images [N, C, H, W] of latents."""
    u = latent.sample(n, torch.Generator().manual_seed(seed))
    return metrics.evaluate(generate(u), real, asked_of(latent, data, u))


def measure_fully(
    model: Checkpoint,
    pack: Pack,
    real: metrics.Reference,
    n: int = 0,
    inception: Moments | None = None,
) -> Measured:
    """What a checkpoint ships with: its metrics, those of real test images, named with `FLOOR`, and its codes.

    `n` samples are drawn; 0 stands for as many as the dataset asks for.
    What cannot be measured is left out, with its reason. The draws are not those that the best snapshot was chosen by.
    `inception` are the moments of training images in its features, where FID is asked for.
    """
    n = n or catalogue.evaluation(pack.spec.name).samples
    seed = model.card.recipe.seed + 2
    abilities = Abilities(model, pack, seed)
    u = model.latent.sample(n, torch.Generator().manual_seed(seed))
    asked = asked_of(model.latent, model.card.data, u)
    among = metrics.real_sample(pack, real, n)
    values, left_out = metrics.evaluate(
        abilities.draw(u), real, asked, abilities=abilities, inception=inception, among=among
    )
    codes = abilities.codes
    floor = metrics.floor(pack, real, inception, among)
    floors = {metrics.FLOOR + key: floor.values[key] for key in values if key in floor.values}
    left_out |= {name: said_of(why, pack.spec.size) for name, why in abilities.left_out.items()}
    left_out |= {metrics.FLOOR + key: floor.left_out[key] for key in values if key in floor.left_out}
    return Measured(values | floors, codes, abilities.mixture, left_out)


class SnapshotsMeasured(NamedTuple):
    """What each snapshot of a run measures, from the snapshots themselves."""

    metrics: dict[int, dict[str, float]]  # by step, in order
    problems: list[str]  # why others cannot be read

    def best(self, metric: str = "") -> int | None:
        """The first step with the lowest value of `metric`, or of the metric that such runs go by."""
        metric = metric or next((key for key in metrics.LEADING if any(key in m for m in self.metrics.values())), "")
        known = {step: m[metric] for step, m in self.metrics.items() if math.isfinite(m.get(metric, math.nan))}
        return min(known, key=known.__getitem__, default=None)


def snapshots_measured(folder: RunFolder) -> SnapshotsMeasured:
    """Of all snapshots in the folder that are as they were written."""
    measured: dict[int, dict[str, float]] = {}
    problems = []
    for step, path in runs.numbered(folder.snapshots, ".safetensors").items():
        try:
            card = checkpoints.read_card(path)
            checkpoints.check_unchanged(path)
            measured[step] = card.metrics
        except ValueError as error:
            problems.append(str(error))
    return SnapshotsMeasured(measured, problems)


def metrics_at(folder: RunFolder, step: int) -> dict[str, float]:
    """What the snapshot of a step measured; empty where it is lost."""
    path = runs.numbered(folder.snapshots, ".safetensors").get(step)
    with suppress(ValueError):  # damaged
        return checkpoints.read_card(path).metrics if path else {}
    return {}


def snapshot_path(folder: RunFolder, step: int | None = None) -> Path:
    """The snapshot of a step, or the last one. ValueError lists the steps when there is none."""
    paths = runs.numbered(folder.snapshots, ".safetensors")
    if not paths:
        raise ValueError(f"{folder.path} has no snapshots yet; train it first")
    if step is None:
        return paths[max(paths)]
    if step not in paths:
        raise ValueError(f"{folder.path} has no snapshot of step {step}; choose from {', '.join(map(str, paths))}")
    return paths[step]


def best_snapshot(folder: RunFolder, best: int | None, *, after: int = -1) -> Checkpoint | None:
    """The snapshot of step `best`, or the newest one where that cannot be read; of steps after `after` only.

    None when there is none of them.
    """
    paths = {step: path for step, path in runs.numbered(folder.snapshots, ".safetensors").items() if step > after}
    for step in sorted(paths, key=lambda step: (step == best, step), reverse=True):
        with suppress(ValueError):  # damaged, or not finite
            return checkpoints.load(paths[step])
    return None


def export(snapshot: Checkpoint, folder: RunFolder, path: Path, measured: Measured) -> list[str]:
    """Write a snapshot of a run as a checkpoint that carries the run's curves and sheets.

    Returns why other snapshots cannot be read, whose sheets are left out.
    """
    sheets, problems = _carried_sheets(folder, snapshot)
    checkpoints.save(
        path,
        check=folder.check,
        recipe=snapshot.card.recipe,
        data=snapshot.card.data,
        latent=snapshot.latent,
        nets=snapshot.nets,
        step=snapshot.card.step,
        metrics=measured.metrics,
        codes=measured.codes,
        curves=curves(runs.read_metrics(folder), snapshots_measured(folder).metrics),
        sheets=sheets,
        mixture=measured.mixture,
        origin=snapshot.card.origin,
        real=checkpoints.read_real(snapshot.card.path),
        left_out=measured.left_out,
        augmentation=snapshot.card.augmentation,
        began_from=snapshot.card.began_from,
    )
    return problems


def save_sheet(images: Tensor, path: Path, *, check: Check = anyway) -> NDArray[np.uint8]:
    """Write uint8 images [N, C, H, W] as one square PNG, row by row, with gaps between them; returns its pixels.

    `check` as `replacing` takes it.
    """
    columns = round(len(images) ** 0.5)
    rows, gap = -(-len(images) // columns), runs.SHEET_GAP
    framed = F.pad(images.expand(-1, 3, -1, -1), (gap, 0, gap, 0))  # uint8 [N, 3, H, W]
    tiles = F.pad(framed, (0, 0, 0, 0, 0, 0, 0, rows * columns - len(images)))
    grid = tiles.unflatten(0, (rows, columns)).permute(0, 3, 1, 4, 2).flatten(2, 3).flatten(0, 1)  # [height, width, 3]
    sheet = F.pad(grid, (0, 0, 0, gap, 0, gap)).numpy()
    with replacing(path, check=check) as part:
        Image.fromarray(sheet).save(part, "PNG")
    return sheet


def curves(
    lines: list[dict[str, float]], measured: Mapping[int, Mapping[str, float]] | None = None
) -> dict[str, Tensor]:
    """Report lines as one tensor a name, thinned to about `CURVE_POINTS` lines, and beside them what was `measured`.

    The first and the last stay, those of steps that were measured, and of every quantity the lines with the lowest and
    the highest value of each stretch.
    """
    lines = _with_quality(lines, measured or {})
    names = dict.fromkeys(key for line in lines for key in line)
    table = {name: torch.tensor([line.get(name, float("nan")) for line in lines]) for name in names}
    if len(lines) <= CURVE_POINTS:
        return table
    quantities = [values for name, values in table.items() if name not in AXES and not name.startswith(QUALITY)]
    stretches = (CURVE_POINTS - 2) // max(1, 2 * len(quantities))
    kept = {0, len(lines) - 1, *(i for i, line in enumerate(lines) if any(name.startswith(QUALITY) for name in line))}
    for places in torch.arange(len(lines)).tensor_split(stretches):
        for values in quantities:
            kept.add(int(places[values[places].nan_to_num(torch.inf).argmin()]))
            kept.add(int(places[values[places].nan_to_num(-torch.inf).argmax()]))
    chosen = torch.tensor(sorted(kept))
    return {name: values[chosen] for name, values in table.items()}


def _with_quality(lines: list[dict[str, float]], measured: Mapping[int, Mapping[str, float]]) -> list[dict[str, float]]:
    """The lines of steps that were measured with their metrics; a snapshot of step 0 comes before all lines."""
    if not lines:
        return lines
    told = {
        step: {QUALITY + name: value for name, value in values.items() if name in OVER_STEPS}
        for step, values in measured.items()
    }
    first = [{"step": 0.0, "images": 0.0, "seconds": 0.0, **told[0]}] if told.get(0) else []
    return first + [line | told.get(int(line["step"]), {}) for line in lines]


def _carried_sheets(folder: RunFolder, exported: Checkpoint) -> tuple[Sheets, list[str]]:
    """The same latents at evenly spread steps; the first, the last and the exported one are among them.

    A snapshot that is damaged, or not finite, has no sheet, and its reason stands beside the sheets.
    """
    steps = list(runs.numbered(folder.snapshots, ".safetensors"))
    spread = {steps[round(i * (len(steps) - 1) / (CARRIED_SHEETS - 2))] for i in range(CARRIED_SHEETS - 1)}
    fitting = max(LEAST_CARRIED, CARRIED_BYTES // (CARRIED_SHEETS * math.prod(exported.card.data.shown_shape)))
    seeds = SHEET_SEEDS[: min(CARRIED_SEEDS, fitting)]
    drawn: dict[int, Tensor] = {}
    problems: list[str] = []
    for step in sorted(spread | {exported.card.step}):
        try:
            model = exported if step == exported.card.step else checkpoints.load(snapshot_path(folder, step))
        except ValueError as error:
            problems.append(str(error))
        else:
            drawn[step] = model.sheet(seeds)
    return Sheets(steps=list(drawn), images=torch.stack(list(drawn.values()))), problems
