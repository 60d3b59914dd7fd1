"""Starting, ending, resuming, removing and listing trainings, wherever they run. Nothing here waits for a training."""

import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganlab import listings, locks, runs
from ganlab.jobs.backends import BACKENDS, backend
from ganlab.jobs.job import Job, is_waiting, read_job
from ganlab.owners import Person
from ganlab.runs import ACTIVE, LOCAL, RESUMABLE, RunFolder, Status, Where
from ganlab.runs.looks import READ_AGAIN_SECONDS, Looks

if TYPE_CHECKING:
    from ganlab import warm_start
    from ganlab.recipes import Recipe

LAST_TURN = 2.0**32  # seconds since the epoch; all later ones take their turns by name
LATER_SECONDS = 1e-3  # that a run is queued after the one before it


FILES = ("recipe.json", "status.json", "where.json")  # what people change by hand is seen at once
ELSEWHERE_SECONDS = 3.0  # a file system that another machine writes to may be late


def _lasting(job: Job) -> float:
    """Seconds for which a job may be believed; whether a trainer lives is no matter of files."""
    if not job.active:
        return READ_AGAIN_SECONDS
    if job.backend != LOCAL:
        return ELSEWHERE_SECONDS
    return READ_AGAIN_SECONDS if is_waiting(job.status) else 0.0


_LOOKS = Looks(read_job, _lasting, FILES)
"""Of this process: pages list all runs three times a second."""


def submit(
    recipe: "Recipe",
    *,
    device: str = "auto",
    on_collapse: str = "continue",
    init_from: Path | None = None,
    where: str = LOCAL,
) -> RunFolder:
    """Queue a training of `recipe` and make sure that it will be started. Returns at once."""
    return submit_all([recipe], device=device, on_collapse=on_collapse, init_from=init_from, where=where)[0]


def submit_all(
    recipes: list["Recipe"],
    *,
    device: str = "auto",
    on_collapse: str = "continue",
    owner: Person | None = None,
    init_from: Path | None = None,
    tensorboard: bool = False,
    snapshots: int = 0,
    processes: int = 1,
    paths: Sequence[Path] = (),
    where: str = LOCAL,
) -> list[RunFolder]:
    """Queue trainings of `owner` at the backend `where`; they start in this order, several are noted as one sweep.

    They lie at `paths`, or at new ones in the folder of runs. They begin with the nets of the checkpoint file, or of
    the run in the folder, `init_from`. ValueError, and no run is left, when nothing can be sent there or it refuses,
    when something is in the way of one (see `obstacle`), and where nothing of that model fits.
    """
    chosen = backend(where)
    for place, recipe in enumerate(recipes):
        _require_no_obstacle(recipe, device, where, paths[place] if paths else None)
    init = _nets_of(init_from, recipes) if init_from else None
    root = runs.runs_folder()
    how: dict[str, Any] = {"device": device, "on_collapse": on_collapse, "owner": owner, "init": init, "backend": where}
    how |= {"tensorboard": tensorboard, "snapshots": snapshots, "processes": processes}
    turn = _next_turn(root)
    folders: list[RunFolder] = []
    try:
        for place, recipe in enumerate(recipes):
            path = paths[place] if paths else runs.claim_path(recipe, root)
            sweep = (folders[0].name if folders else path.name) if len(recipes) > 1 else ""
            how |= {"queued": turn + place * LATER_SECONDS, "card_bytes": _card_bytes(recipe, device, where, processes)}
            folders.append(runs.create(path, recipe, sweep=sweep, **how))
        chosen.submit(folders)
    except (ValueError, OSError):  # a disk that is full, for instance
        for folder in folders:
            shutil.rmtree(folder.path)
        raise
    return folders


def against_sending(where: str) -> str:
    """Why nothing can be sent to the backend now, with the remedy; empty when it can. ValueError for an unknown one."""
    return backend(where).against()


def against_training(recipe: "Recipe", device: str, where: str, path: Path | None = None) -> str:
    """Why a training of `recipe` cannot be sent to the backend `where` now, with the remedy; empty when it can.

    It would lie at `path`, or among the other runs.
    """
    from ganlab.obstacles import obstacle  # here, not above: the scheduler does without torch

    if reason := against_sending(where):
        return reason
    return obstacle(recipe, device if where == LOCAL else "auto", path)  # which devices others have is not known here


def cancel(folder: RunFolder) -> None:
    """Ask for the end of a run: a waiting one is cancelled at once, a running one saves its state first.

    The `stop` file is all that is written, so that nothing can overwrite the wish. The trainer looks for it between
    steps; the backend ends a trainer that does not react. ValueError when there is nothing to cancel.
    """
    job = look_at(folder)
    if job.status.state not in ACTIVE:
        raise ValueError(f"{folder.name} is {runs.told_state(job.status)}: there is nothing to cancel")
    folder.stop.touch()
    backend(job.backend).cancel(folder)


def resume(folder: RunFolder, *, where: str | None = None) -> None:
    """Put a run that ended early back into a queue; it goes on from its last saved state.

    It goes on where it was before, or at the backend `where`. A collapsed run then goes on whatever the monitor finds.
    A trainer that was cut off and comes back later is told that the run is another's.
    ValueError when it is active or done, when nothing can be sent there or it refuses, or when something is in the
    way; see `obstacle`.
    """
    job = look_at(folder)
    status, where = job.status, where or job.backend
    if status.state not in RESUMABLE or not runs.is_free(folder):
        valid = ", ".join(map(runs.state_in_words, RESUMABLE))
        raise ValueError(f"{folder.name} is {runs.told_state(status)}; only runs that are {valid} can be resumed")
    recipe = runs.read_recipe(folder)
    _require_no_obstacle(recipe, status.device, where, folder.path)  # told now, not by the trainer
    turn = _next_turn(folder.path.parent)
    changes: dict[str, Any] = {"state": "queued", "queued": turn, "error": "", "eta_seconds": None, "cards": []}
    changes["pid"] = None  # no trainer has begun since
    changes["card_bytes"] = _card_bytes(recipe, status.device, where, status.processes)
    if status.state == "collapsed":
        changes["on_collapse"] = "continue"
    before = runs.read_where(folder)
    try:
        runs.claim(folder)
        if where != LOCAL or before.backend != LOCAL:
            runs.write_where(folder, Where(backend=where))
        runs.withdraw_stop(folder)  # before it may begin: a wish after that is one to its trainer
        runs.write_status(folder, status.model_copy(update=changes))
        backend(where).submit([folder])
    except (ValueError, OSError):
        with suppress(OSError):  # where nothing can be written, nothing was
            runs.write_status(folder, status)
            if runs.read_where(folder) != before:
                runs.write_where(folder, before)
        raise


def delete(folder: RunFolder) -> None:
    """Remove a run and everything in it, unless somebody else has. ValueError while it waits or trains.

    Of a link to a folder elsewhere the link goes, and nothing of that folder.
    """
    if look_at(folder).active:
        raise ValueError(f"{folder.name} is active; cancel it first")
    with suppress(FileNotFoundError):
        with runs.hold(folder):  # no trainer can begin while it goes, nor afterwards, when it is no run any more
            if folder.path.is_symlink():
                folder.path.unlink()
                return
            for path in folder.path.iterdir():
                if path not in locks.files(folder.lock):  # Windows removes no file that is open
                    shutil.rmtree(path) if listings.is_folder(path) and not path.is_symlink() else path.unlink()
        shutil.rmtree(folder.path)


def list_jobs(root: Path | None = None) -> list[Job]:
    """All runs, the newest first; where their queue needs a process to go on, a lost one is started again.

    Where none can be started, what waits says why, as its `error`.
    """
    root = root or runs.runs_folder()
    return _as_known(root, _LOOKS.over(root))


def look(root: Path, folders: Sequence[RunFolder]) -> list[Job]:
    """What runs of the folder `root` are doing, as their files say and their backends know; each is asked once."""
    return _as_known(root, [read_job(folder) for folder in folders])


def _as_known(root: Path, jobs: Sequence[Job]) -> list[Job]:
    jobs = [_known(job) for job in jobs]
    found: dict[str, Job] = {}
    for name in BACKENDS:
        if theirs := [job for job in jobs if job.backend == name]:
            found |= {job.name: job for job in BACKENDS[name].look(root, theirs)}
    return [found.get(job.name, job) for job in jobs]


def look_at(folder: RunFolder) -> Job:
    """What one run is doing; its place in a queue is not told."""
    job = _known(read_job(folder))
    if job.backend == LOCAL or job.problem:
        return job  # its files and its lock say it all
    return backend(job.backend).look(folder.path.parent, [job])[0]


def _known(job: Job) -> Job:
    """Damaged where it was sent to a place that this version does not know."""
    try:
        backend(job.backend)
    except ValueError as error:
        problem = f"{job.folder.where}: {error}"
        return Job(job.folder, Status(state="failed", steps=job.status.steps, error=problem), problem=problem)
    return job


def _nets_of(source: Path, recipes: list["Recipe"]) -> "warm_start.Start":
    from ganlab import warm_start  # brings torch along, which the scheduler does not need

    return warm_start.fitting(source, recipes)


def _require_no_obstacle(recipe: "Recipe", device: str, where: str, path: Path | None) -> None:
    if reason := against_sending(where):
        raise ValueError(reason)
    if reason := against_training(recipe, device, where, path):
        raise ValueError(f"{recipe.name} cannot be trained here: {reason}")


def _card_bytes(recipe: "Recipe", device: str, where: str, processes: int) -> int | None:
    """Of each card's memory, where the queue of this machine will give it one, or one for each of its processes."""
    from ganlab.jobs import memory

    return memory.on_card(memory.share_of(recipe, processes), device) if where == LOCAL else None


def _next_turn(root: Path) -> float:
    """The time now, or a later one where runs wait that were queued before the clock was set back."""
    waiting = [job.status.queued for job in _LOOKS.over(root) if is_waiting(job.status)]
    return min(LAST_TURN, max([time.time(), *(queued + LATER_SECONDS for queued in waiting)]))
