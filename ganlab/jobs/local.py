"""Trainings on this machine: a queue on disk, and a scheduler process that outlives whoever asked.

The run directories are the queue. Nothing here waits for a training.
"""

import os
import shutil
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganlab import listings, locks, runs
from ganlab.jobs.processes import start_detached
from ganlab.owners import Person
from ganlab.runs import ACTIVE, RESUMABLE, RunFolder, Status
from ganlab.system_errors import in_words

if TYPE_CHECKING:
    from ganlab import warm_start
    from ganlab.recipes import Recipe


@dataclass(frozen=True, slots=True)
class Job:
    """A run and what it is doing now."""

    folder: RunFolder
    status: Status
    place: int = 0  # in the queue, from 1; 0: not waiting
    ahead: int = 0  # runs that train now or wait before it, when it waits
    problem: str = ""  # why the run's own files cannot be read

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def active(self) -> bool:
        return self.status.state in ACTIVE


def submit(
    recipe: "Recipe", *, device: str = "auto", on_collapse: str = "continue", init_from: Path | None = None
) -> RunFolder:
    """Queue a training of `recipe` and make sure that it will be started. Returns at once."""
    return submit_all([recipe], device=device, on_collapse=on_collapse, init_from=init_from)[0]


def submit_all(
    recipes: list["Recipe"],
    *,
    device: str = "auto",
    on_collapse: str = "continue",
    owner: Person | None = None,
    init_from: Path | None = None,
) -> list[RunFolder]:
    """Queue trainings of `owner`, which start in this order; several are noted as one sweep.

    They begin with the nets of the checkpoint file, or of the run in the folder, `init_from`. ValueError, before any is
    queued, when `slots` raises it, when something is in the way of one (see `obstacle`), and where nothing of that
    model fits.
    """
    slots()
    for recipe in recipes:
        _require_no_obstacle(recipe, device)
    init = _nets_of(init_from, recipes) if init_from else None
    root = runs.runs_folder()
    how: dict[str, Any] = {"device": device, "on_collapse": on_collapse, "owner": owner, "init": init}
    folders: list[RunFolder] = []
    for recipe in recipes:
        path = _claim_path(recipe, root)
        sweep = (folders[0].name if folders else path.name) if len(recipes) > 1 else ""
        folders.append(runs.create(path, recipe, queued=_next_turn(root), sweep=sweep, **how))
    ensure_scheduler(root)
    return folders


def _nets_of(source: Path, recipes: list["Recipe"]) -> "warm_start.Start":
    from ganlab import warm_start  # brings torch along, which the scheduler does not need

    return warm_start.fitting(source, recipes)


def cancel(folder: RunFolder) -> None:
    """Ask for the end of a run: a waiting one is cancelled at once, a running one saves its state first.

    The `stop` file is all that is written, so that nothing can overwrite the wish. The trainer looks for it between
    steps; the scheduler sends signals to a trainer that does not react. ValueError when there is nothing to cancel.
    """
    status = runs.read_status(folder)
    if status.state not in ACTIVE:
        raise ValueError(f"{folder.name} is {status.state}: there is nothing to cancel")
    folder.stop.touch()
    ensure_scheduler(folder.path.parent)


def resume(folder: RunFolder) -> None:
    """Put a run that ended early back into the queue; it goes on from its last saved state.

    A collapsed run then goes on whatever the monitor finds. ValueError when it is active or done, when `slots` raises
    it, or when something is in the way; see `obstacle`.
    """
    status = runs.read_status(folder)
    if status.state not in RESUMABLE or not runs.is_free(folder):
        raise ValueError(f"{folder.name} is {status.state}; only runs that are {', '.join(RESUMABLE)} can be resumed")
    _require_no_obstacle(runs.read_recipe(folder), status.device)  # told now, not by the trainer
    slots()
    turn = _next_turn(folder.path.parent)
    changes: dict[str, Any] = {"state": "queued", "queued": turn, "error": "", "eta_seconds": None}
    if status.state == "collapsed":
        changes["on_collapse"] = "continue"
    runs.write_status(folder, status.model_copy(update=changes))
    folder.stop.unlink(missing_ok=True)
    ensure_scheduler(folder.path.parent)


def delete(folder: RunFolder) -> None:
    """Remove a run and everything in it. ValueError while it waits or trains."""
    if read_job(folder).active:
        raise ValueError(f"{folder.name} is active; cancel it first")
    with runs.hold(folder):  # no trainer can begin while it goes, nor afterwards, when it is no run any more
        for path in folder.path.iterdir():
            if path not in locks.files(folder.lock):  # Windows removes no file that is open
                shutil.rmtree(path) if listings.is_folder(path) and not path.is_symlink() else path.unlink()
    shutil.rmtree(folder.path)


def list_jobs(root: Path | None = None) -> list[Job]:
    """All runs, the newest first; starts a scheduler when runs wait and none is there (it died, or the machine did).

    Where none can be started, what waits says why, as its `error`.
    """
    root = root or runs.runs_folder()
    jobs = [read_job(folder) for folder in runs.list_runs(root)]
    line = sorted((job for job in jobs if is_waiting(job.status)), key=lambda job: (job.status.queued, job.name))
    trouble = _bring_back_scheduler(root) if line else ""
    places = {job.name: place for place, job in enumerate(line, 1)}
    busy = sum(job.active and job.name not in places for job in jobs)
    return [_waiting(job, places[job.name], busy, trouble) if job.name in places else job for job in jobs]


def read_job(folder: RunFolder) -> Job:
    """What can be said of the run in `folder`, however damaged its files are."""
    try:
        status = runs.read_status(folder)
    except (ValueError, OSError) as error:
        problem = in_words(error)
        return Job(folder, Status(state="failed", steps=0, error=problem), problem=problem)
    try:
        runs.read_recipe(folder)
    except ValueError as error:
        return Job(folder, status, problem=str(error))
    return Job(folder, status)


def is_waiting(status: Status) -> bool:
    """Whether a scheduler is to start the run: queued by `submit` or `resume`, not just being created."""
    return status.state == "queued" and status.queued > 0


def slots() -> int:
    """Trainings at a time: `GANLAB_SLOTS`, or 1. ValueError when it is not a number above 0."""
    text = os.environ.get("GANLAB_SLOTS") or "1"
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"GANLAB_SLOTS is {text!r}; set it to a whole number from 1")
    return int(text)


def scheduler_lock(root: Path) -> Path:
    """The file whose lock makes a scheduler the only one of the runs folder `root`."""
    return root / ".scheduler.lock"


def ensure_scheduler(root: Path) -> None:
    """Start a scheduler unless one is at work. Starting one too many is harmless: the lock lets one stay.

    ValueError where files cannot be locked.
    """
    root = Path(os.path.realpath(root))
    if locks.is_held(scheduler_lock(root)):
        return
    locks.require(root)
    process = start_detached("ganlab.jobs.scheduler", root, log=root / ".scheduler.log")
    threading.Thread(target=process.wait, daemon=True).start()  # or it stays a zombie for as long as the app lives


def _waiting(job: Job, place: int, busy: int, trouble: str) -> Job:
    status = job.status.model_copy(update={"error": trouble or job.status.error})
    return replace(job, status=status, place=place, ahead=busy + place - 1)


def _require_no_obstacle(recipe: "Recipe", device: str) -> None:
    from ganlab.obstacles import obstacle  # here, not above: the scheduler does without torch

    if in_the_way := obstacle(recipe, device):
        raise ValueError(f"{recipe.name} cannot be trained here: {in_the_way}")


def _bring_back_scheduler(root: Path) -> str:
    """Why no scheduler can live here; empty when one was there or was started."""
    try:
        slots()
        ensure_scheduler(root)
    except (ValueError, OSError) as error:
        return in_words(error)
    return ""


def _next_turn(root: Path) -> float:
    """The time now, or a later one where runs wait that were queued before the clock was set back."""
    waiting = [job.status.queued for job in map(read_job, runs.list_runs(root)) if is_waiting(job.status)]
    return max([time.time(), *(queued + 1e-3 for queued in waiting)])


def _claim_path(recipe: "Recipe", root: Path) -> Path:
    """A new empty folder for a run; whoever wants the same name at the same moment gets the next."""
    while True:
        path = runs.new_path(recipe, root)
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            if not listings.is_folder(root):  # a file, or a link to nowhere, has its place
                raise
            continue
        return path
