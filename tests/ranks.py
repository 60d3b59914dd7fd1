"""Trains with several processes and notes what each finds: `python -m tests.ranks FOLDER`, driven by test_distributed.

The processes are forks of this one, which has imported everything and computed nothing. All numbers are float64: else
a net that divides by a small variance shows rounding, and little else. `cases.json` in FOLDER names settings of a
recipe, data, a number of steps, and the largest number of processes.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from safetensors.torch import save_file
from torch import Tensor

from ganlab import resume
from ganlab.data import DataSpec, Pack, Stream
from ganlab.distributed import Processes, ProcessLost
from ganlab.latents import Latent
from ganlab.loop import train
from ganlab.optimizers import PhaseOptimizer
from ganlab.recipes import Recipe, parse_recipe
from ganlab.step import train_step
from ganlab.training_state import Run, share, start
from tests.variants import SPEC, SPECS

CPU = torch.device("cpu")
BATCH = 8
COUNTS = (1, 2, 4)
LIMIT = timedelta(seconds=100)
SHORT_LIMIT = timedelta(seconds=5)
RELAY = {"family": "infogan", "config": {"architecture": "mlp-funnel", "width": 4, "latent_size": 6}, "steps": 20}
LEGS = ((2, 3), (4, 5), (1, 7), (2, 9))
"""A run that is handed on: how many processes train it, and to which step."""


def main() -> None:
    """Leaves, for each number of processes, a file a process with gradients or states; and the states of the relay."""
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    Tensor.float = Tensor.double  # type: ignore[method-assign]
    start(_recipe(RELAY), SPEC, CPU)  # imports half of torch
    folder = Path(sys.argv[1])
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    for count in COUNTS:
        _together(folder, count, lambda processes: _note(folder, cases, processes))
    _together(folder, 1, lambda processes: _hand_on(None, folder / "straight", 9, processes))
    for (_, before), (count, until) in zip(((0, 0), *LEGS), LEGS, strict=False):
        source = folder / f"leg-{before}" if before else None
        _together(folder, count, lambda processes, s=source, u=until: _hand_on(s, folder / f"leg-{u}", u, processes))
    _together(folder, 2, lambda processes: _drift(folder, processes))
    _together(folder, 2, lambda processes: _fall_silent(folder, processes), SHORT_LIMIT)


def _together(folder: Path, count: int, work: Callable[[Processes], None], limit: timedelta = LIMIT) -> None:
    meeting = folder / "meeting"
    meeting.unlink(missing_ok=True)
    children = [_forked(meeting, Processes(rank, count), work, limit) for rank in range(count)]
    ended = [os.waitpid(child, 0)[1] for child in children]
    if any(ended):
        sys.exit(1)


def _forked(meeting: Path, processes: Processes, work: Callable[[Processes], None], limit: timedelta) -> int:
    if child := os.fork():
        return child
    code = 1
    try:
        rank, count = processes.rank, processes.count
        if count > 1:
            store = dist.FileStore(str(meeting), count)
            dist.init_process_group("gloo", store=store, rank=rank, world_size=count, timeout=limit)
        work(processes)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _note(folder: Path, cases: dict[str, Any], processes: Processes) -> None:
    found: dict[str, Tensor] = {}
    for name, (settings, data, steps, most) in cases.items():
        if processes.count <= most:
            noted = _trained(_recipe(settings), SPECS[data], steps, processes)
            found |= {f"{name}: {key}": value for key, value in noted.items()}
    save_file(found, folder / f"{processes.count}-{processes.rank}")


def _trained(recipe: Recipe, spec: DataSpec, steps: int, processes: Processes) -> dict[str, Tensor]:
    """What was logged last; of one step the gradients of each turn, of more the nets and averages afterwards."""
    run, stream = _begun(recipe, spec, processes)
    found: dict[str, Tensor] = {}
    with pytest.MonkeyPatch.context() as patch:
        if steps == 1:
            patch.setattr(PhaseOptimizer, "step", _noting(run, found))
        for step in range(steps):
            log = train_step(run, stream.batch(step))
    processes.average(log.values())
    found |= {f"log {key}": value.clone() for key, value in log.items()}
    if steps > 1:
        states = {"net": run.nets.state_dict(), "average": run.ema.state_dict()}
        found |= {f"{kind} {key}": _copy(value) for kind, state in states.items() for key, value in state.items()}
    return found


def _noting(run: Run, found: dict[str, Tensor]) -> Callable[[PhaseOptimizer], None]:
    """A step of an optimiser that first notes the gradients of its turn."""
    names = {id(optimizer): name for name, optimizer in run.optimizers.items()}
    plain = PhaseOptimizer.step

    def step(optimizer: PhaseOptimizer) -> None:
        found.update(_gradients(run, names[id(optimizer)]))
        plain(optimizer)

    return step


def _hand_on(source: Path | None, target: Path, until: int, processes: Processes) -> None:
    """Go on from a state, end in the middle of a report, and leave a state."""
    run, stream = _begun(_recipe(RELAY), SPEC, processes, source)
    for _ in train(run, stream, report_every=10, stop=lambda: processes.first and run.step >= until):
        pass
    if processes.first:
        resume.save_state(run, target)


def _drift(folder: Path, processes: Processes) -> None:
    said = []
    for weights in (torch.tensor([1.0, torch.nan, torch.inf]), torch.tensor([1.0, 2.0 + 0.1 * processes.rank])):
        try:
            processes.check_alike([weights])
            said.append("")
        except ValueError as error:
            said.append("no longer have the same weights" if "no longer have the same weights" in str(error) else "")
    (folder / f"drift-{processes.rank}").write_text(json.dumps(said), encoding="utf-8")


def _fall_silent(folder: Path, processes: Processes) -> None:
    """The second process says nothing until the first has given up."""
    done = folder / "given up"
    if not processes.first:
        while not done.exists():
            time.sleep(0.05)
        return
    began, said = time.monotonic(), ""
    try:
        processes.any(True)
    except ProcessLost as error:
        said = str(error)
    done.write_text(json.dumps({"seconds": time.monotonic() - began, "said": said}), encoding="utf-8")


def _begun(recipe: Recipe, spec: DataSpec, processes: Processes, source: Path | None = None) -> tuple[Run, Stream]:
    asked = getattr(recipe.config, "augment", "none")
    run = start(recipe, spec, CPU, augmentation=tuple(asked.split(",")) if asked not in ("auto", "none") else ())
    if source:
        resume.restore_state(run, source)
    if "clusters" in run.nets:
        _sort(run)
    if processes.rank:
        with torch.no_grad():
            for weight in run.nets.parameters():
                weight.add_(1)  # the first one's are those that count
    share(run, processes)
    stream = Stream(_pack(spec), batch_size=BATCH, seed=3, device=CPU, mirror=True, part=processes.part)
    return run, stream


def _recipe(settings: dict[str, Any]) -> Recipe:
    return parse_recipe({"dataset": "digits", "batch_size": BATCH, "precision": "float32", **settings})


def _gradients(run: Run, phase: str) -> dict[str, Tensor]:
    moved = {id(weight) for weight in run.optimizers[phase].weights}
    return {
        f"{phase} {key}": _copy(weight.grad)
        for key, weight in run.nets.named_parameters()
        if id(weight) in moved and weight.grad is not None
    }


def _copy(values: Tensor) -> Tensor:
    return values.clone(memory_format=torch.contiguous_format)


def _sort(run: Run) -> None:
    """Clusters of which images have more than one."""
    rng = torch.Generator().manual_seed(1)
    for buffer in run.nets["clusters"].buffers():
        values = torch.randn(buffer.shape, generator=rng)
        buffer.copy_(values if buffer.is_floating_point() else torch.arange(len(buffer)) % 5)


def _pack(spec: DataSpec) -> Pack:
    rng = torch.Generator().manual_seed(5)
    images = torch.randint(256, (3 * BATCH, *spec.shape), generator=rng, dtype=torch.uint8)
    conditions = Latent(factors=spec.conditions).sample(len(images), rng).to(torch.uint8)
    return Pack(spec=spec, licence="", images=images, conditions=conditions, train=len(images))


if __name__ == "__main__":
    main()
