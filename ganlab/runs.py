"""The run directory: the truth about a run, for the trainer that writes it and everyone who reads it."""

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import psutil
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict

from ganlab.foreign import shortened
from ganlab.full_disk import room_for
from ganlab.whole_files import check_name, replacing

if TYPE_CHECKING:  # it brings torch along (2 s, 250 MB), which a reader of states does not need
    from ganlab.recipes import Recipe

State = Literal["queued", "running", "cancelling", "cancelled", "done", "failed", "interrupted", "collapsed"]
ACTIVE: tuple[State, ...] = ("queued", "running", "cancelling")
RESUMABLE: tuple[State, ...] = ("cancelled", "failed", "interrupted", "collapsed")

SHEET_COLUMNS = 8  # of the sheets of samples
SHEET_GAP = 2  # pixels around each of their tiles


class Finding(BaseModel):
    """Something that the monitor saw going wrong, and what to try."""

    model_config = ConfigDict(frozen=True)
    kind: str
    step: int
    message: str
    suggestion: str
    fatal: bool = False


class Status(BaseModel):
    """What a run is doing. Written by its trainer, by `submit` and by `cancel`, always as a whole."""

    state: State
    step: int = 0
    steps: int
    images_per_second: float = 0.0
    eta_seconds: float | None = None
    pid: int | None = None
    process_started: float | None = None  # seconds since the epoch; with pid, names one process for good
    heartbeat: float = 0.0  # seconds since the epoch
    created: float = 0.0
    queued: float = 0.0  # when it was put into the scheduler's queue, seconds since the epoch; 0: never
    device: str = "auto"
    on_collapse: Literal["stop", "continue"] = "continue"
    best_step: int | None = None
    best_value: float | None = None  # of the metric that keep-best goes by; lower is better
    metric: str = ""  # its name
    doing: str = ""  # what a running trainer is busy with beside its steps: getting ready, the last measurement
    ended: str = ""  # what is to be said of the end: why it came before the last step, which snapshot was kept
    left_out: dict[str, str] = {}  # why something was not measured lately, by its name
    error: str = ""
    signal: int | None = None  # that cancelled the run, when one did
    findings: list[Finding] = []


class RunFolder:
    """Paths inside one run directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recipe = path / "recipe.json"
        self.status = path / "status.json"
        self.metrics = path / "metrics.jsonl"
        self.log = path / "log.txt"
        self.samples = path / "samples"
        self.snapshots = path / "snapshots"
        self.resume = path / "resume" / "state.safetensors"
        self.checkpoint = path / "checkpoint.safetensors"
        self.stop = path / "stop"
        self.lock = path / "lock"

    @property
    def name(self) -> str:
        return self.path.name


def runs_folder() -> Path:
    """Where runs live: `GANLAB_RUNS`, or `runs` in the working directory."""
    return Path(os.environ.get("GANLAB_RUNS") or "runs")


def create(
    path: Path, recipe: "Recipe", *, device: str = "auto", on_collapse: str = "continue", queued: float = 0.0
) -> RunFolder:
    """A new run directory in state `queued`; a scheduler takes it only when `queued` (a time) is given.

    ValueError when `path` holds a run or other files already.
    """
    check_name(path)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ValueError(f"{path} is not empty; choose another folder, or continue the run in it with --resume")
    path.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(path)
    status = {"state": "queued", "steps": recipe.steps, "created": time.time(), "queued": queued}
    try:
        write_status(folder, Status.model_validate(status | {"device": device, "on_collapse": on_collapse}))
        _replace(folder.recipe, recipe.model_dump_json(indent=2))  # last: it is what makes the folder a run
    except OSError:
        folder.status.unlink(missing_ok=True)
        path.rmdir()
        raise
    return folder


def new_path(recipe: "Recipe", root: Path | None = None) -> Path:
    """A free path for a run of `recipe`: its name and a number."""
    root = root or runs_folder()
    taken = {path.name for path in root.glob(f"{recipe.name}-*")} if root.is_dir() else set()
    return root / next(name for i in range(1, 10**6) if (name := f"{recipe.name}-{i:03}") not in taken)


def open_run(path: Path) -> RunFolder:
    """The run at `path`. ValueError when there is none."""
    folder = RunFolder(path)
    if not folder.recipe.is_file():
        raise ValueError(f"{path} is not a run directory: it has no recipe.json")
    return folder


def list_runs(root: Path | None = None) -> list[RunFolder]:
    """Runs under `root`, the newest first."""
    root = root or runs_folder()
    found = []
    for path in root.glob("*/recipe.json") if root.is_dir() else []:
        with suppress(FileNotFoundError):  # deleted since it was listed
            found.append((path.stat().st_mtime_ns, path.parent.name, RunFolder(path.parent)))
    return [folder for _, _, folder in sorted(found, key=lambda item: item[:2], reverse=True)]


def read_recipe(folder: RunFolder) -> "Recipe":
    """ValueError names the file and each field that is wrong."""
    from ganlab.recipes import read_recipe_file

    try:
        return read_recipe_file(folder.recipe)
    except (OSError, ValueError) as error:
        raise ValueError(f"{folder.recipe} cannot be used ({error})") from error


def read_status(folder: RunFolder) -> Status:
    """What the run is doing now, whatever its file says.

    A run whose trainer has died is `interrupted`; one with a `stop` file is `cancelling` until its trainer is gone.
    """
    status = _load_status(folder)
    if status.state not in ACTIVE:
        return status
    stopping, alive = folder.stop.exists(), is_locked(folder)
    if alive:
        return status.model_copy(update={"state": "cancelling"}) if stopping else status
    now = _load_status(folder)
    if now.state not in ACTIVE:
        return now  # it ended between the first look at its file and the look at its lock
    if stopping:
        return status.model_copy(update={"state": "cancelled", "eta_seconds": None})
    if status.state == "queued":
        return status
    message = "the trainer ended without a word (killed, or the machine went down); it can be resumed"
    return status.model_copy(update={"state": "interrupted", "error": message, "eta_seconds": None})


def write_status(folder: RunFolder, status: Status) -> None:
    _replace(folder.status, status.model_dump_json(indent=2))


def this_process() -> dict[str, Any]:
    """The fields of a status that name the current process."""
    return {"pid": os.getpid(), "process_started": psutil.Process().create_time()}


def is_locked(folder: RunFolder) -> bool:
    """Whether a trainer is at work; the lock goes when its process does, however it ends."""
    return is_held(folder.lock)


def is_held(path: Path) -> bool:
    """Whether some process holds the lock file `path`."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:  # closing it gives the lock back
        try:
            fcntl.flock(
                file, fcntl.LOCK_SH | fcntl.LOCK_NB
            )  # shared, or two who look would take each other for a trainer
        except BlockingIOError:
            return True
    return False


@contextmanager
def hold(folder: RunFolder) -> Iterator[None]:
    """Be the run's only trainer. ValueError when there is one already."""
    lock = FileLock(folder.lock)
    try:
        lock.acquire(timeout=2)  # long enough for a reader's probe to pass
    except Timeout:
        raise ValueError(
            f"another trainer is at work in {folder.path}; wait for it, cancel it, or choose another folder"
        ) from None
    try:
        yield
    finally:
        lock.release()


def append_metrics(folder: RunFolder, line: dict[str, float]) -> None:
    """Add a line as a whole: on a full disk, which raises DiskFullError, nothing of it is left."""
    content = f"{json.dumps(line)}\n".encode()
    with room_for(folder.metrics), folder.metrics.open("ab", buffering=0) as file:
        start = file.tell()
        if file.write(content) < len(content):
            file.truncate(start)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def numbered(folder: Path, suffix: str) -> dict[int, Path]:
    """The files of a folder that are named by a step, in order; what else people leave there is left out."""
    files = {int(path.stem): path for path in folder.glob(f"*{suffix}") if path.stem.isdecimal()}
    return dict(sorted(files.items()))


def read_metrics(folder: RunFolder) -> list[dict[str, float]]:
    """Report lines in order; a torn or damaged line is left out."""
    lines = []
    if folder.metrics.is_file():
        for text in folder.metrics.read_text(encoding="utf-8-sig", errors="replace").splitlines():
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                continue
            if isinstance(line, dict) and "step" in line:
                lines.append(line)
    return lines


def forget_metrics_after(folder: RunFolder, step: int) -> None:
    """Drop the lines that a resumed run will write again."""
    kept = [json.dumps(line) + "\n" for line in read_metrics(folder) if line["step"] <= step]
    _replace(folder.metrics, "".join(kept))


def _load_status(folder: RunFolder) -> Status:
    try:
        return Status.model_validate_json(folder.status.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        steps = read_recipe(folder).steps
        return Status(
            state="interrupted", steps=steps, error=f"{folder.status} cannot be read ({shortened(str(error), 300)})"
        )


def _replace(path: Path, text: str) -> None:
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")
