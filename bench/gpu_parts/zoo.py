"""Trains as many of the entries as the minutes allow, several at once where one does not fill the card."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from bench.gpu_parts import files
from bench.gpu_parts.entries import ENTRIES, REHEARSED, Entry
from bench.gpu_parts.profiling import profile
from bench.gpu_parts.records import Order, Trained, Zoo
from bench.gpu_parts.training import Task, save_best
from ganlab import data, stopping

MOST_FILES = 7  # beside the JSON file: eight come back
LEAST_SECONDS = 100.0  # of a training that is worth it
LEAVE_SECONDS = 10.0  # before the part's own limit: what was cut off becomes a checkpoint in them
PATIENCE_SECONDS = 2.0  # with a training that should have ended
PROFILED_STEPS = 10
REHEARSED_SECONDS = 200.0  # no more than a busy machine needs
REHEARSED_STEPS = 40
TIMED_STEPS = 80


def measure(order: Order, record: Zoo, save: Callable[[], None]) -> None:
    entries = [entry for entry in (REHEARSED if order.rehearsal else ENTRIES) if entry.has_data][:MOST_FILES]
    if not entries:
        raise ValueError("no dataset of the zoo is here; see left_out")
    record.at_once, record.why = _at_once(entries[0], order)
    save()
    for wave in waves(entries, record.at_once, left=_left(order), rehearsal=order.rehearsal):
        _train_together(wave.entries, wave.seconds, order, record, save)
    if failed := [trained.recipe for trained in record.trained if not trained.file]:
        raise ValueError(f"no checkpoint came out of {', '.join(failed)}")


class Wave(NamedTuple):
    """Entries that are trained at the same time."""

    entries: list[Entry]
    seconds: float  # that they have


def waves(entries: list[Entry], at_once: int, *, left: float, rehearsal: bool = False) -> list[Wave]:
    """Share the time that is left between waves of `at_once` entries, so many that each is worth it; at least one."""
    groups = [entries[start : start + at_once] for start in range(0, len(entries), at_once)]
    worth = 1 if rehearsal else max(1, int(left // LEAST_SECONDS))
    chosen = groups[:worth]
    return [Wave(group, left / len(chosen)) for group in chosen]


def _left(order: Order) -> float:
    left = order.started + order.seconds - LEAVE_SECONDS - time.time()
    return min(left, REHEARSED_SECONDS) if order.rehearsal else left


def _at_once(entry: Entry, order: Order) -> tuple[int, str]:
    """How many trainings fill the card, by the share of a step in which kernels of the first entry run."""
    if order.rehearsal:
        return 2, "rehearsed"
    made = entry.made
    pack = data.load(made.dataset, made.image_size)
    gaps = profile(made, pack, torch.device("cuda"), PROFILED_STEPS).share_without_kernel or 0.0
    cores = os.cpu_count() or 1
    fitting = max(1, min(round(1 / max(0.15, 1 - gaps)), cores // 2, MOST_FILES))
    return fitting, f"kernels of {entry.recipe} run for {1 - gaps:.0%} of a step"


def _train_together(entries: list[Entry], seconds: float, order: Order, record: Zoo, save: Callable[[], None]) -> None:
    """One wave, each entry in a process of its own; what they write down is taken over as it comes."""
    until = time.time() + seconds
    cores = max(1, (os.cpu_count() or 1) // len(entries))
    environment = os.environ | {"OMP_NUM_THREADS": str(cores)}
    first = len(record.trained)
    at_work = [_start(entry, first + place, until, order, environment) for place, entry in enumerate(entries)]
    record.trained += [trainer.task.begun() for trainer in at_work]
    save()

    def end_all(number: int) -> None:
        for trainer in at_work:
            trainer.process.terminate()

    with stopping.on_signals(end_all):
        while any(trainer.process.poll() is None for trainer in at_work):
            time.sleep(0.5)
            _take_over(at_work, first, record, save)
            if time.time() > until + PATIENCE_SECONDS:
                for trainer in at_work:
                    trainer.process.kill()
        _take_over(at_work, first, record, save)
        for place, trainer in enumerate(at_work, first):
            trained = record.trained[place]
            if not trained.file:
                trained.error = trained.error or f"ended with exit code {trainer.process.returncode}"
                save_best(trainer.task, trained)
                save()


class Trainer(NamedTuple):
    """A training that has been started."""

    task: Task
    report: Path
    process: subprocess.Popen[bytes]


def _start(entry: Entry, place: int, until: float, order: Order, environment: dict[str, str]) -> Trainer:
    task = Task(
        recipe=entry.made,
        changed=entry.settings,
        name=f"{entry.recipe}-{place}" if order.rehearsal else f"{entry.recipe}-wide",
        folder=order.work / f"zoo-{place}",
        out=order.out,
        device=order.device,
        until=until,
        timed_steps=4 if order.rehearsal else TIMED_STEPS,
        most_steps=REHEARSED_STEPS if order.rehearsal else None,
    )
    request, report = order.work / f"zoo-{place}.task.json", order.work / f"zoo-{place}.json"
    files.write(task, request)
    command = [sys.executable, "-m", "bench.gpu_parts.training", str(request), str(report)]
    return Trainer(task, report, subprocess.Popen(command, env=environment))


def _take_over(at_work: list[Trainer], first: int, record: Zoo, save: Callable[[], None]) -> None:
    """Copy what the trainings have written down into the record."""
    before = list(record.trained)
    for place, trainer in enumerate(at_work, first):
        if trainer.report.is_file():
            record.trained[place] = Trained.model_validate_json(trainer.report.read_text(encoding="utf-8"))
    if record.trained != before:
        save()
