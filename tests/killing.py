"""Trains runs in children that die, or stop, where they are told to: `python -m tests.killing`, driven by tests.

Each child is a fork of this process, which has imported everything and computed nothing: 50 ms instead of 5 s.
"""

import hashlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image

from ganlab import data, execute, locks, runs, session, snapshots, take_snapshot
from ganlab.cli import main as main_of_cli
from ganlab.jobs.ray import trainer as ray
from ganlab.jobs.slurm import trainer as slurm
from ganlab.metrics import frechet, intervals
from ganlab.runs import RunFolder, Where
from ganlab.training_state import start
from tests.tiny import TINY

RECIPE = TINY.with_settings(
    {"steps": 4, "width": 4, "batch_size": 16, "latent_size": 8, "architecture": "mlp-funnel", "augment": "none"}
)
WATCHED = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.chmod"}
TAKEN_OVER = 3
"""Exit code of a trainer whose run was given to another."""


class Ended(NamedTuple):
    """How the trainers of a run have ended; codes below 0 are signals."""

    code: int
    second: int | None = None  # of the one that took the run over while the first one was stopped
    changed: tuple[str, ...] = ()  # files that the first one has changed after that


Train = Callable[..., Ended]


@contextmanager
def trainers() -> Iterator[Train]:
    """A function that trains a run in a child, with the options of an order."""
    command = [sys.executable, "-m", "tests.killing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        asked, told = parent.stdin, parent.stdout

        def order(folder: RunFolder, **options: object) -> Ended:
            print(json.dumps({"run": str(folder.path), **options}), file=asked, flush=True)
            code, second, changed = json.loads(told.readline())
            return Ended(code, second, tuple(changed))

        yield order
        asked.close()


def contents(run: Path) -> dict[str, str]:
    """A digest of each file, by its name."""
    files = [path for path in run.rglob("*") if path.is_file()]
    return {str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    """Reads one order a line, `{"run": FOLDER, ...}`, and answers each with an `Ended`."""
    torch.set_num_threads(1)
    Image.init()
    start(TINY, data.describe(TINY.dataset).spec, torch.device("cpu"))  # imports half of torch
    execute.SAVE_EVERY_SECONDS = 0
    session.SNAPSHOTS = 2
    take_snapshot.SAMPLES_WHILE_TRAINING = 100
    snapshots.measure_fully.__defaults__ = (100, None)
    frechet.RESAMPLES = intervals.bootstrap.__kwdefaults__["resamples"] = 4
    for line in sys.stdin:
        order = json.loads(line)
        stops = order.pop("stops", False)
        ended = _taken_over(order) if stops else Ended(_code(_begun(**order)))
        print(json.dumps(ended), flush=True)
    os._exit(0)  # there is nothing to save, and torch takes seconds to go


def _taken_over(order: dict[str, object]) -> Ended:
    """Have a trainer stop at an event, another take its run over to the end, and the first one go on."""
    run = Path(str(order["run"]))
    first = _begun(**order, number=signal.SIGSTOP)
    if not os.WIFSTOPPED(os.waitpid(first, os.WUNTRACED)[1]):
        raise RuntimeError(f"the trainer ended before {order}")
    second = _code(_begun(run, place=str(order.get("place", "")), again=True))
    before = contents(run)
    os.kill(first, signal.SIGCONT)
    code, after = _code(first), contents(run)
    return Ended(code, second, tuple(name for name in before | after if before.get(name) != after.get(name)))


def _begun(run: Path | str, **options: object) -> int:
    """The process that trains the run."""
    child = os.fork()
    if not child:
        _train_and_leave(run, **options)  # type: ignore[arg-type]
    return child


def _code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _train_and_leave(
    run: Path | str,
    event: str = "",
    at: int = 1,
    most_bytes: int = 0,
    note: str = "",
    number: int = signal.SIGKILL,
    place: str = "",
    again: bool = False,
) -> None:
    """Train; get signal `number` at the `at`-th `event`, or die when a file grows beyond `most_bytes`; write the events
    down in `note`. As a job of `place` does, sent or started `again`, where one is named.
    """
    folder = runs.open_run(Path(run))
    if event or note:
        _watch(folder.path.resolve(), event, at, note, number)
    if most_bytes:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it; by default the kernel ends the process
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    if place == "terminal":
        os._exit(_in_a_terminal(folder, again))
    if place:
        os._exit(_as_a_job(folder, place, again))
    try:
        for _ in execute.execute(folder, continue_run=bool(runs.saved_states(folder))):
            pass
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(TAKEN_OVER if isinstance(error, runs.TakenOverError) else 1)
    os._exit(0)


def _in_a_terminal(folder: RunFolder, again: bool) -> int:
    """The exit code of `train --resume --processes 2`, begun `again` on a share that has lost its locks."""
    if again:
        for file in locks.files(folder.lock):
            file.unlink()
    log = folder.path.with_suffix(".txt")
    with log.open("a", encoding="utf-8") as said, redirect_stdout(said), redirect_stderr(said):
        return main_of_cli(["train", RECIPE.name, "--resume", "--out", str(folder.path), "--processes", "2"])


def _as_a_job(folder: RunFolder, place: str, again: bool) -> int:
    """The exit code of the cluster's own trainer."""
    with folder.log.open("a", encoding="utf-8") as log, redirect_stdout(log):
        if place == "slurm":  # starts the same job again, elsewhere
            os.environ |= {"SLURM_JOB_ID": runs.read_where(folder).handle, "SLURM_RESTART_COUNT": str(int(again))}
            sys.argv = [place, str(folder.path)]
            return slurm.main()
        handle = f"ganlab-{int(again)}"  # Ray gets another job, when the run is resumed
        runs.write_where(folder, Where(backend=place, handle=handle))
        runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "queued"}))
        sys.argv = [place, str(folder.path), handle]
        return ray.main()


def _watch(root: Path, fatal: str, at: int, note: str, number: int) -> None:
    """Count what happens to the file system below `root`: Python tells its audit hooks before it does it."""
    seen: list[str] = []

    def happens(event: str, path: object) -> None:
        name = os.path.relpath(os.fsdecode(path), root) if isinstance(path, str | bytes | os.PathLike) else ".."
        if name.startswith(".."):
            return
        seen.append(f"{event} {_kind(name)}")
        if note:
            Path(note).write_text("\n".join(seen), encoding="utf-8")
        if seen[-1] == fatal and seen.count(fatal) == at:
            os.kill(os.getpid(), number)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in WATCHED:
            happens(event, arguments[1] if event in ("os.rename", "os.link") else arguments[0])

    def watched_sync(sync: Callable[[int], None]) -> Callable[[int], None]:
        def call(file: int) -> None:
            happens("fsync", os.readlink(f"/proc/self/fd/{file}"))
            sync(file)

        return call

    os.fsync = watched_sync(os.fsync)  # there is no audit event for it
    sys.addaudithook(hook)


def _kind(name: str) -> str:
    """The name without what differs from run to run."""
    return re.sub(r"[0-9]{8,}", "STEP", re.sub(r"\.[0-9a-f]{8}\.part$", ".part", name))


if __name__ == "__main__":
    main()
