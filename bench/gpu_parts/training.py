"""One training of the zoo: `python -m bench.gpu_parts.training TASK REPORT`.

The number of steps comes from speed measured beside the other trainings, and leaves time to measure the result.
Whatever ends it before, the best snapshot so far becomes the checkpoint.
"""

import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from pydantic import SerializeAsAny, field_validator

from bench.gpu_parts import files
from bench.gpu_parts.records import Record, Trained
from bench.gpu_parts.speed import wait_for
from ganlab import checkpoints, data, runs
from ganlab.data import Pack, Stream
from ganlab.data.evaluation import SAMPLES
from ganlab.execute import execute
from ganlab.metrics import reference_files
from ganlab.recipes import Recipe, parse_recipe
from ganlab.runs import RunFolder
from ganlab.session import SNAPSHOTS
from ganlab.snapshots import Measured, export, measure, measure_fully, snapshot_path
from ganlab.step import train_step
from ganlab.take_snapshot import SAMPLES_WHILE_TRAINING
from ganlab.training_state import start
from ganlab.whole_files import replacing

SHARE = 0.93  # of the time that is left for steps is planned; the rest is for what was timed too well
ABILITIES = 3.0  # what a checkpoint can do takes so many times as long to measure as its samples alone
SAVE_SECONDS = 6.0  # for a checkpoint without measurements of its own


class Task(Record):
    """What is to be trained."""

    recipe: SerializeAsAny[Recipe]
    changed: dict[str, int | float | str]
    name: str  # of the checkpoint
    folder: Path
    out: Path
    device: str
    until: float  # seconds since the epoch
    timed_steps: int
    most_steps: int | None = None  # however many the time allows

    @field_validator("recipe", mode="before")
    @classmethod
    def _parsed(cls, value: Any) -> Any:
        return parse_recipe(value) if isinstance(value, dict) else value

    def begun(self) -> Trained:
        """The record of a training that has not measured anything yet."""
        return Trained(
            recipe=self.recipe.name,
            settings=self.changed,
            state="running",
            steps=0,
            trained_steps=0,
            step_ms=0.0,
            seconds=0.0,
            file="",
            megabytes=0.0,
            best_step=0,
            metrics={},
            fully_measured=False,
            error="",
        )


class Timing(Record):
    """What this machine needs for the recipe."""

    step: float  # seconds
    snapshot: float

    @property
    def last_measurement(self) -> float:
        return ABILITIES * self.snapshot * SAMPLES / SAMPLES_WHILE_TRAINING

    def steps(self, seconds: float) -> int:
        """How many steps fit beside the snapshots and the last measurement; at least one a snapshot."""
        training = SHARE * (seconds - (SNAPSHOTS + 1) * self.snapshot - self.last_measurement)
        return max(SNAPSHOTS, int(training / self.step))


def main(task: Task, report: Path) -> None:
    began = time.monotonic()
    trained = task.begun()
    files.write(trained, report)
    pack = data.load(task.recipe.dataset, task.recipe.image_size)
    timing = time_it(task.recipe, pack, torch.device(task.device), task.timed_steps)
    steps = timing.steps(task.until - time.time())
    recipe = task.recipe.with_settings({"name": task.name, "steps": min(steps, task.most_steps or steps)})
    trained.steps, trained.step_ms = recipe.steps, round(timing.step * 1e3, 3)
    files.write(trained, report)
    folder = runs.create(task.folder, recipe, device=task.device)
    _train(folder, task, timing, trained, report)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a checkpoint takes a moment only
    status = runs.read_status(folder)
    trained.trained_steps, trained.error = status.step, status.error
    in_time = status.signal is None and task.until - time.time() > timing.last_measurement
    save_best(task, trained, pack, fully=in_time)
    trained.seconds = round(time.monotonic() - began, 1)
    files.write(trained, report)


def save_best(task: Task, trained: Trained, pack: Pack | None = None, *, fully: bool = False) -> None:
    """Make the run's best snapshot the task's checkpoint and note it in `trained`, which fails where there is none.

    A run that is done has measured it; otherwise it carries what was measured of the snapshot unless there is time to
    do it `fully`, on `pack`.
    """
    folder = RunFolder(task.folder)
    status = runs.read_status(folder) if folder.status.is_file() else None
    trained.state = "failed"
    if status is None or status.best_step is None:
        trained.error = trained.error or "it ended before its first snapshot"
        return
    file = task.out / f"{task.name}.safetensors"
    trained.fully_measured = folder.checkpoint.is_file() or fully
    if folder.checkpoint.is_file():
        with replacing(file) as part:
            shutil.copyfile(folder.checkpoint, part)
    else:
        best = checkpoints.load(snapshot_path(folder, status.best_step))
        of_snapshot = Measured(dict(best.card.metrics), {})
        measured = measure_fully(best, pack, reference_files.reference(pack)) if fully and pack else of_snapshot
        export(best, folder, file, measured)
    card = checkpoints.read_card(file)
    trained.file, trained.megabytes = file.name, round(file.stat().st_size / 1e6, 2)
    trained.best_step, trained.metrics, trained.state = card.step, dict(card.metrics), "done"


def time_it(recipe: Recipe, pack: Pack, device: torch.device, steps: int) -> Timing:
    """Seconds of a step and of a snapshot, beside whatever else runs on the machine."""
    run = start(recipe, pack.spec, device)
    stream = Stream(pack, batch_size=recipe.batch_size, seed=0, device=device, mirror=recipe.mirror)
    for _ in range(steps // 4):
        train_step(run, stream.batch(run.step))
    wait_for(device)
    began = time.perf_counter()
    for _ in range(steps):
        train_step(run, stream.batch(run.step))
    wait_for(device)
    step = (time.perf_counter() - began) / steps
    reference = reference_files.reference(pack)
    began = time.perf_counter()
    blank = torch.zeros(1, *pack.spec.shape, dtype=torch.uint8)
    measure(lambda u: blank.expand(len(u), -1, -1, -1), run.latent, pack.spec, SAMPLES_WHILE_TRAINING, 0, reference)
    snapshot = time.perf_counter() - began
    return Timing(step=step, snapshot=1.5 * snapshot)  # samples are drawn and files written, too


def _train(folder: RunFolder, task: Task, timing: Timing, trained: Trained, report: Path) -> None:
    """Train until the last step, or as long as there is time to save and to measure."""
    last = task.until - SAVE_SECONDS
    written = 0.0
    try:
        for progress in execute(folder, device=task.device):
            if time.time() > last - timing.snapshot:
                folder.stop.touch()
            if time.time() - written > 2:
                written = time.time()
                trained.trained_steps = progress.step
                files.write(trained, report)
    except ValueError as error:  # the run has it in its status; the best snapshot so far is still of use
        trained.error = str(error)


def _end_quickly(number: int, frame: FrameType | None) -> None:
    """Before and after the run itself, which saves when it gets the signal."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end_quickly)
    main(Task.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))
