"""Trains the runs of a study one after the other, measures each and writes the results as they come."""

import base64
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from PIL import Image

from ganlab import checkpoints, data, runs
from ganlab.checkpoints.shapes import without_weights
from ganlab.counting import counted
from ganlab.data import Pack
from ganlab.devices import choose_device
from ganlab.families import FAMILIES
from ganlab.loop import Report
from ganlab.metrics import FLOOR, reference_files
from ganlab.metrics.outcome import attempt
from ganlab.obstacles import obstacle
from ganlab.recipes import Recipe, parse_recipe
from ganlab.runs import RunFolder
from ganlab.studies.results import read_results, rounded, thinned, write_results
from ganlab.studies.schema import MAX_RUNS, Result
from ganlab.studies.study import Point, Study
from ganlab.whole_files import check_name, require_room

if TYPE_CHECKING:
    from ganlab.snapshots import Measured

SHEET_PIXELS = 32  # a side of each sample that is kept, at most
ENDED = ("done", "collapsed")
"""States of a run that training on would not change."""

Tell = Callable[[str], object]
Follow = Callable[[RunFolder], Iterator[object]]
"""Yields while the run is trained somewhere, and ends when it is not any more."""


RESULTS_BYTES = 500_000  # more than a large study's file has


class Progress(NamedTuple):
    """Where a study is."""

    place: int  # of the run, from 1
    total: int
    folder: RunFolder
    finished: bool = False  # trained, measured and written


def run(
    name: str,
    study: Study,
    out: Path,
    *,
    device: str = "auto",
    follow: Follow | None = None,
    tell: Tell = lambda text: None,
) -> Iterator[Progress]:
    """Train and measure what is not in the results yet, yielding at every report and at the end of each run.

    Runs are directories with the names of their recipes; one that ended is kept, one that stopped goes on. Ends
    early when a run is cancelled. Raises ValueError when a directory holds a run of other settings. Results at `out`
    of runs that are none of the study's stay there, after its own; results of other settings are told, and replaced.

    With `follow` the runs that `unfinished` lists are trained elsewhere already: it waits for each, and those that
    ended too early are told and passed over.
    """
    check_name(out)
    require_room(out, RESULTS_BYTES)
    names = [point.recipe.name for point in study.points]
    before, results = read_results(out), _known_results(study, out)
    others = [result for result in before if result.name not in names]
    if len(names) + len(others) > MAX_RUNS:
        raise ValueError(
            f"{out} has {counted(len(others), 'run')} of other studies, and room for {MAX_RUNS} in all; move it away"
        )
    for outdated in {result.name for result in before}.difference(result.name for result in [*results, *others]):
        tell(f"{outdated} in {out} has other settings than the study has now: it is trained again")
    for place, point in enumerate(study.points, 1):
        folder = run_folder(point.recipe)
        if any(result.name == folder.name for result in results):
            yield Progress(place, len(names), folder, finished=True)
            continue
        _check(folder, point.recipe, device)
        had_ended = _has_ended(folder)
        for _ in follow(folder) if follow else _train(folder, point.recipe, device, study.snapshots, tell):
            yield Progress(place, len(names), folder)
        status = runs.read_status(folder)
        if not follow and not had_ended and status.signal is not None:
            return  # also of a signal that came after the last step: whoever sent it means the study
        if status.state not in ENDED:
            if not follow:
                return
            tell(f"{folder.name} has not ended well: {status.error or runs.told_state(status)}")
            continue
        tell(f"measuring {folder.name}")
        results.append(_result(study, point, folder))
        results.sort(key=lambda result: names.index(result.name))
        write_results(out, [*results, *others], study=name, title=study.title, torch=torch.__version__)
        yield Progress(place, len(names), folder, finished=True)


def unfinished(study: Study, out: Path) -> list[Recipe]:
    """The recipes that the results at `out` do not have and that no run has trained to its end.

    ValueError where a run directory of that name holds other settings.
    """
    known = {result.name for result in _known_results(study, out)}
    todo = [point.recipe for point in study.points if point.recipe.name not in known]
    for recipe in todo:
        _check_settings(run_folder(recipe), recipe)
    return [recipe for recipe in todo if not _has_ended(run_folder(recipe))]


def run_folder(recipe: Recipe) -> RunFolder:
    """Where a study trains the recipe."""
    return RunFolder(runs.runs_folder() / recipe.name)


def _has_ended(folder: RunFolder) -> bool:
    return runs.is_run(folder) and runs.read_status(folder).state in ENDED


def _known_results(study: Study, out: Path) -> list[Result]:
    """Those at `out` that are of the study's recipes, in its order."""
    known = {result.name: result for result in read_results(out)}
    return [r for p in study.points if (r := known.get(p.recipe.name)) and _is_of(p.recipe, r)]


def _check(folder: RunFolder, recipe: Recipe, device: str) -> None:
    """ValueError where the run cannot start, before it has a folder."""
    _check_settings(folder, recipe)
    if not runs.is_run(folder) and (in_the_way := obstacle(recipe, device)):
        raise ValueError(in_the_way)


def _check_settings(folder: RunFolder, recipe: Recipe) -> None:
    if runs.is_run(folder) and runs.read_recipe(folder) != recipe:
        raise ValueError(f"{folder.path} holds a run with other settings; move it away, or set GANLAB_RUNS")


def _train(folder: RunFolder, recipe: Recipe, device: str, snapshots: int, tell: Tell) -> Iterator[Report]:
    from ganlab.execute import execute  # brings scikit-learn along (3 s), which a reader of results does not need

    if not runs.is_run(folder):
        runs.create(folder.path, recipe, device=device, snapshots=snapshots)
    if runs.read_status(folder).state not in ENDED:
        runs.withdraw_stop(folder)
        going_on = bool(runs.saved_states(folder))
        yield from execute(folder, device=device, continue_run=going_on, snapshots=snapshots, tell=tell)


def _result(study: Study, point: Point, folder: RunFolder) -> Result:
    """What the results say of a run that has ended."""
    status, recipe = runs.read_status(folder), point.recipe
    pack = data.load(recipe.dataset, recipe.image_size)
    lines = runs.read_metrics(folder)
    drawn = runs.numbered(folder.snapshots, ".safetensors")  # a collapsed run ended before
    best = checkpoints.read_card(folder.checkpoint) if folder.checkpoint.is_file() else None
    left_out: dict[str, str] = {}
    measure = _measured if study.fully else _measured_while_training
    measured = {
        step: found
        for step in point.measured_at
        if step in drawn
        and (found := attempt(left_out, f"step {step}", measure=partial(measure, folder, step, pack))) is not None
    }
    for step, found in measured.items():
        left_out |= {f"step {step}: {name}": reason for name, reason in found.left_out.items()}
    sheet = (
        attempt(left_out, "sheet", measure=partial(_sheet, folder, study.sheet_tiles)) if study.sheet_tiles else None
    )
    known: dict[str, Any] = {
        "name": folder.name,
        "settings": point.settings,
        "reported": point.reported,
        "state": status.state,
        "ended_by": status.ended_by,
        "step": status.step,
        "images": status.step * recipe.batch_size,
        "seconds": _seconds(lines),
        "device": _device_kind(status.device),
        "parameters": _parameters(recipe),
        "findings": [finding.kind for finding in status.findings],
        "measured": {step: rounded(_of_samples(found.metrics)) for step, found in measured.items()},
        "quality": {step: rounded(found) for step, found in _while_training(folder).items()},
        "best": {"step": best.step, **rounded(best.metrics)} if best else None,
        **({"left_out": left_out} if left_out else {}),
        "curves": thinned(lines, study.curve_points),
        "recipe": _plain(recipe),
        **({} if sheet is None else {"sheet": sheet}),
    }
    return Result.model_validate(known)


def _seconds(lines: Sequence[Mapping[str, Any]]) -> int:
    """Those of the training, by the last line that says how many."""
    found = (line.get("seconds") for line in reversed(lines))
    return next((round(one) for one in found if isinstance(one, int | float) and math.isfinite(one)), 0)


def _device_kind(name: str) -> str:
    """What a run was trained on; another machine may have had it."""
    return choose_device(name).type if name == "auto" else name.partition(":")[0]


def _measured(folder: RunFolder, step: int, pack: Pack) -> "Measured":
    """What one snapshot measures, whether it is the best or not."""
    from ganlab.snapshots import measure_fully, snapshot_path  # here, as above

    model = checkpoints.load(snapshot_path(folder, step))
    return measure_fully(model, pack, reference_files.reference(pack))


def _measured_while_training(folder: RunFolder, step: int, pack: Pack) -> "Measured":
    """What the snapshot's header says, of as many samples as snapshots are measured on."""
    from ganlab.snapshots import Measured, snapshot_path  # here, as above

    card = checkpoints.read_card(snapshot_path(folder, step))
    return Measured(card.metrics, card.codes, left_out=card.left_out)


def _sheet(folder: RunFolder, tiles: int) -> str:
    """The first seeds of the last snapshot in a row, PNG in base64; empty where there is no snapshot."""
    drawn = runs.numbered(folder.snapshots, ".safetensors")
    if not drawn:
        return ""
    model = checkpoints.load(drawn[max(drawn)])
    images = model.images(model.latent.from_seeds(range(tiles))).float().permute(0, 3, 1, 2)  # [N, C, H, W]
    if images.shape[3] > SHEET_PIXELS:
        images = torch.nn.functional.adaptive_avg_pool2d(images, SHEET_PIXELS)
    strip = torch.cat(list(images.round().byte()), 2).permute(1, 2, 0).numpy()
    buffer = io.BytesIO()
    Image.fromarray(strip[..., 0] if strip.shape[2] == 1 else strip).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def _while_training(folder: RunFolder) -> dict[int, dict[str, float]]:
    """What the run's snapshots measured, by step."""
    from ganlab.snapshots import OVER_STEPS, snapshots_measured  # here, as above

    found = snapshots_measured(folder).metrics
    return {step: {name: values[name] for name in OVER_STEPS if name in values} for step, values in found.items()}


def _of_samples(values: Mapping[str, float]) -> dict[str, float]:
    """Without what real test images measure: it is the same for all runs."""
    return {key: value for key, value in values.items() if not key.startswith(FLOOR)}


def _parameters(recipe: Recipe) -> dict[str, int]:
    spec = replace(data.describe(recipe.dataset).spec, size=recipe.image_size)
    with without_weights():
        nets = FAMILIES[recipe.family].build(recipe.config, spec)
    return {name: sum(weight.numel() for weight in net.parameters()) for name, net in nets.items()}


def _is_of(recipe: Recipe, result: Result) -> bool:
    """Whether a result is of this recipe; a setting that came with a later version counts as its default."""
    try:
        return parse_recipe(result.recipe) == recipe
    except ValueError:
        return False


def _plain(recipe: Recipe) -> dict[str, Any]:
    return recipe.model_dump(mode="json")
