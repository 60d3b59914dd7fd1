"""The one loop that trains every family."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.data import Stream
from ganlab.step import train_step
from ganlab.training_state import Run


class Report(NamedTuple):
    """Means over the steps since the last report."""

    step: int
    images: int  # real images seen since the start
    seconds: float  # training time since the start, without pauses
    values: dict[str, float]


def train(
    run: Run, stream: Stream, *, report_every: int = 100, stop: Callable[[], bool] = lambda: False
) -> Iterator[Report]:
    """Train to the recipe's last step, yielding the mean log every `report_every` steps.

    The caller decides what a report is for: print it, draw samples or save. Between two steps, `stop` is asked
    whether to end here; the values since the last report then stay in the run, to be saved with it.
    """
    clock = time.perf_counter()
    while run.step < run.recipe.steps and not run.processes.any(stop()):
        for key, value in train_step(run, stream.batch(run.step)).items():
            run.pending.setdefault(key, []).append(value)
        if run.step % report_every == 0 or run.step == run.recipe.steps:
            means = {key: torch.stack(log).float().mean() for key, log in run.pending.items()}
            settle(run, means.values())
            values = {key: mean.item() for key, mean in means.items()}
            run.pending = {}  # reading the values was the only wait for the device in this loop
            run.seconds += time.perf_counter() - clock
            yield Report(run.step, run.images, run.seconds, values)
            clock = time.perf_counter()
    settle(run, (value for log in run.pending.values() for value in log))
    run.seconds += time.perf_counter() - clock


def settle(run: Run, logged: Iterable[Tensor]) -> None:
    """Make what each process has found by itself the mean of all: what was logged, and the nets' buffers.

    ValueError where their weights are no longer the same.
    """
    floats = [buffer for net in (run.nets, run.ema) for buffer in net.buffers() if buffer.is_floating_point()]
    run.processes.average([*logged, *floats])
    run.processes.check_alike([*run.nets.parameters()])
