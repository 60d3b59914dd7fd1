"""Runs, checkpoints and results of studies side by side: what they logged, measured and drew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from ganlab import checkpoints, runs
from ganlab.checkpoints import Card, Sheets
from ganlab.counting import counted
from ganlab.data.pictures import open_picture
from ganlab.explore import curves, ids, library, studies
from ganlab.explore.curves import Curves
from ganlab.explore.ids import Named
from ganlab.explore.library import RUNS, Model
from ganlab.explore.pictures import Pixels
from ganlab.recipes import Recipe, parse_recipe
from ganlab.runs import ACTIVE, SHEET_COLUMNS, SHEET_GAP, Finding, RunFolder, State
from ganlab.studies.schema import Result

SHEET_TILES = 16  # as many as a checkpoint carries


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something with curves: a run, finished or not, a checkpoint file, or what a study kept of a run.

    Its `id` is safe in an address; `name` is what people read, and as different from all others.
    """

    id: str
    name: str
    run: RunFolder | None = None
    model: Model | None = None
    result: Result | None = None  # of a study


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of a source; `problems` says in words what could not be read."""

    source: Source
    curves: Curves
    recipe: Recipe | None = None
    state: State | Literal[""] = ""  # of a run
    told_state: str = ""  # the same as people read it
    step: int | None = None  # that `metrics` were measured at
    metrics: Mapping[str, float] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    kinds: Sequence[str] = ()  # of findings of which nothing else is known
    sheet_steps: Sequence[int] = ()
    problems: Sequence[str] = ()


def sources() -> dict[str, Source]:
    """Everything that can be compared, by id: runs, the newest first, checkpoints, studies."""
    named = library.named_ids()
    folders = {named[Named(RUNS, run.name)]: run for run in runs.list_runs() if Named(RUNS, run.name) in named}
    models = {model.id: model for model in library.models()}
    kept = {name: result for file in studies.study_files().values() for name, result in file.runs.items()}
    source_ids = list(dict.fromkeys([*folders, *models, *kept]))
    names = library.shown_names(source_ids)
    found = {}
    for source_id in source_ids:
        run, model = folders.get(source_id), models.get(source_id)
        result = None if run or model else kept[source_id]
        found[source_id] = Source(id=source_id, name=names[source_id], run=run, model=model, result=result)
    return found


def spellings(known: Mapping[str, Source]) -> dict[str, str]:
    """All that each source may be asked by in an address, and its id."""
    results = {
        Named(studies.STUDIES, source_id.partition("/")[2]): source_id
        for source_id, source in known.items()
        if source.result
    }
    return {form: own for form, own in ids.spellings(library.named_ids() | results).items() if own in known}


def read(source: Source) -> Entry:
    """Everything about a source; what cannot be read becomes one of the entry's problems, never an error."""
    if source.run:
        return _read_run(source, source.run)
    return _read_result(source, source.result) if source.result else _read_checkpoint(source)


def nearest(steps: Iterable[int], step: int) -> int:
    """The one of `steps` that is closest to `step`; of two, the earlier."""
    return min(steps, key=lambda candidate: (abs(candidate - step), candidate))


def sheet(entry: Entry, step: int) -> Pixels:
    """The first tiles of the entry's sheet of `step` (one of its `sheet_steps`): uint8 [N, H, W, C].

    The tiles of all entries stand for the same seeds. ValueError when the sheet cannot be read.
    """
    if entry.source.run:
        return _cut(entry.source.run.samples / f"{step:08}.png")
    carried = checkpoints.read_sheets(_model(entry.source).path)
    if carried is None or step not in carried.steps:
        raise ValueError(f"{entry.source.name} carries no sheet of step {step}")
    return carried.images[carried.steps.index(step)].permute(0, 2, 3, 1).contiguous().numpy()[:SHEET_TILES]


def _read_run(source: Source, run: RunFolder) -> Entry:
    problems: list[str] = []
    recipe = None
    entry = Entry(source=source, curves=Curves())
    try:
        recipe = runs.read_recipe(run)
        status = runs.read_status(run)
        entry = replace(entry, recipe=recipe, state=status.state, told_state=runs.told_state(status))
        entry = replace(entry, findings=status.findings)
    except ValueError as error:
        problems.append(str(error))
    logged = Curves()
    try:
        logged = curves.of_run(run, recipe)
    except ValueError as error:
        problems.append(str(error))
    if not logged and not problems and entry.state not in ACTIVE:  # one that waits or begins is no problem
        problems.append("it has not logged anything yet")
    elif logged.damaged:
        problems.append(f"{counted(logged.damaged, 'damaged line')} of metrics.jsonl left out")
    card = _newest_card(source, run)
    if isinstance(card, str):
        problems.append(card)
        card = None
    steps = list(runs.numbered(run.samples, ".png"))
    entry = replace(entry, curves=logged, sheet_steps=steps, problems=problems)
    return replace(entry, metrics=card.metrics, step=card.step) if card else entry


def _newest_card(source: Source, run: RunFolder) -> Card | str | None:
    """Of the run's checkpoint, or of its last snapshot while there is none."""
    snapshots = list(runs.numbered(run.snapshots, ".safetensors").values())
    if source.model is None and not snapshots:
        return None
    return library.try_card(source.model or Model(source.id, snapshots[-1], "run", run.name))


def _read_checkpoint(source: Source) -> Entry:
    model = _model(source)
    entry = Entry(source=source, curves=Curves())
    card = library.try_card(model)
    if isinstance(card, str):
        return replace(entry, problems=[card])
    entry = replace(entry, recipe=card.recipe, step=card.step, metrics=card.metrics)
    problems = []
    try:
        entry = replace(entry, curves=curves.of_checkpoint(model.path, card.recipe, card.origin.train))
        if not entry.curves:
            problems.append("it carries no curves: it was exported without them")
        carried = checkpoints.read_sheets(model.path)
        entry = replace(entry, sheet_steps=_usable_steps(carried))
    except ValueError as error:
        problems.append(str(error))
    return replace(entry, problems=problems)


def _read_result(source: Source, result: Result) -> Entry:
    problems = []
    recipe, kept = None, Curves()
    try:
        recipe = parse_recipe(result.recipe)
    except ValueError as error:
        problems.append(f"its recipe cannot be used ({error})")
    try:
        kept = curves.of_results(result.curves, recipe, result.quality or result.measured)
        if not kept:
            problems.append("the study kept no curves of it")
    except ValueError as error:
        problems.append(str(error))
    step, metrics = studies.final(result)
    entry = Entry(source=source, curves=kept, recipe=recipe, step=step, metrics=metrics)
    entry = replace(entry, state=result.state, told_state=result.told_state)
    return replace(entry, kinds=list(dict.fromkeys(result.findings)), problems=problems)


def _usable_steps(carried: Sheets | None) -> list[int]:
    """ValueError when the sheets of a file from elsewhere cannot be shown."""
    if carried is None:
        return []
    images = carried.images
    fits = images.ndim == 5 and images.dtype == torch.uint8 and images.numel() and images.shape[2] in (1, 3)
    if not fits or len(images) != len(carried.steps):
        raise ValueError("its sample sheets do not fit together; export the model again")
    return carried.steps


def _model(source: Source) -> Model:
    if source.model is None:
        raise ValueError(f"{source.name} has no checkpoint")
    return source.model


def _cut(path: Path) -> Pixels:
    """The first tiles of a sheet in a run directory."""
    picture = np.asarray(open_picture(path).convert("RGB"))
    pitch = (picture.shape[1] - SHEET_GAP) // SHEET_COLUMNS
    tiles = [
        picture[SHEET_GAP + row * pitch : (row + 1) * pitch, SHEET_GAP + column * pitch : (column + 1) * pitch]
        for row, column in (divmod(i, SHEET_COLUMNS) for i in range(SHEET_TILES))
    ]
    if len({tile.shape for tile in tiles}) > 1 or not tiles[0].size:
        raise ValueError(f"{path.name} is no sheet of {SHEET_COLUMNS} columns")
    return np.stack(tiles)
