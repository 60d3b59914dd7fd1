"""A training on the GPU that is killed, and one that changes its device on the way."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from bench.gpu_parts.curves import ROUNDINGS, THREADS, Begun, agree, begin, deviations, recipe
from bench.gpu_parts.records import Crossing, Killed, Order, Recovery
from ganlab import data, resume, runs
from ganlab.data import Pack
from ganlab.loop import Report
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder


def measure(order: Order, record: Recovery, save: Callable[[], None]) -> None:
    torch.set_num_threads(1 if order.rehearsal else THREADS)
    record.crossing = _cross(order)
    save()
    record.killed = _kill(order)
    save()
    if not (record.crossing.agrees and record.killed.finished):
        raise ValueError("a run did not go on as if it had never stopped; see crossing and killed")


def _cross(order: Order) -> Crossing:
    """A third of the steps on each device, beside all of them on the CPU."""
    pack, steps = data.load("digits"), 10 if order.rehearsal else 50
    made = recipe("gan", width=8 if order.rehearsal else 16)
    alone = begin(made, pack, "cpu").go(3 * steps)
    rounding = deviations(alone, begin(made, pack, "cpu", roundings=ROUNDINGS).go(3 * steps))
    travelling, reports = begin(made, pack, order.device), list[Report]()
    for position, device in enumerate((order.device, "cpu", order.device)):
        if position:
            travelling = _moved(travelling, pack, device, order.work / f"crossing-{position}.safetensors")
        reports += travelling.go(steps)
    found = deviations(alone, reports)
    return Crossing(deviations=found, rounding=rounding, agrees=agree(found, rounding))


def _moved(begun: Begun, pack: Pack, device: str, state: Path) -> Begun:
    """The run on another device, by way of its state file."""
    resume.save_state(begun.run, state)
    there = begin(begun.run.recipe, pack, device)
    resume.restore_state(there.run, state)
    return there


def _kill(order: Order) -> Killed:
    """SIGKILL once a state is there, and go on to the end; another run of the recipe is left alone."""
    steps = 4 if order.rehearsal else 600
    made = recipe("gan", width=8 if order.rehearsal else 32, steps=steps)
    left_alone, killed = (_new_run(order, name, made) for name in ("left-alone", "killed"))
    train(left_alone, order)
    with subprocess.Popen(command(killed, order)) as process:
        while not killed.resume.is_file() and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    after = int(max((line["step"] for line in runs.read_metrics(killed)), default=0))
    train(killed, order)
    one, other = runs.read_metrics(left_alone), runs.read_metrics(killed)
    return Killed(
        killed_after_step=after,
        finished=runs.read_status(killed).state == "done",
        identical=[_losses(line) for line in one] == [_losses(line) for line in other],
    )


def train(folder: RunFolder, order: Order, *more: str) -> None:
    """Train to the end in a process of its own. ValueError with its last words when it fails."""
    done = subprocess.run([*command(folder, order), *more], capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise ValueError((done.stderr.strip().splitlines() or ["the trainer ended without a word"])[-1])


def command(folder: RunFolder, order: Order) -> list[str]:
    return [sys.executable, "-m", "bench.gpu_parts.trainer", str(folder.path), order.device]


def _new_run(order: Order, name: str, made: Recipe) -> RunFolder:
    return runs.create(order.work / name, made, device=order.device)


def _losses(line: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in line.items() if key != "seconds"}
