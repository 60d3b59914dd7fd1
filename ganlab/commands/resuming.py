"""`train --resume`: which run goes on, and what it keeps."""

from pathlib import Path
from typing import Any

from ganlab import jobs, runs
from ganlab.commands import names
from ganlab.runs import RunFolder


def resumed(name: str, out: Path | None, changes: dict[str, Any]) -> RunFolder:
    """The run to go on with, no longer asked to stop; says so when it has to start again."""
    if changes:
        raise ValueError("a resumed run keeps its settings; leave out --set, --steps and --seed, or start a new run")
    folder = _resumable(name, out)
    if not runs.is_free(folder):
        raise ValueError(f"another trainer is at work in {folder.path}; wait for it, or cancel it")
    if not runs.saved_states(folder):
        print("nothing was saved before it stopped; it starts again at step 0")
    return folder


def check_kept(folder: RunFolder, *, on_collapse: str, tensorboard: bool) -> None:
    """ValueError for what only a new run can be told, where the run that goes on was told otherwise."""
    status = runs.read_status(folder)
    if tensorboard and not status.tensorboard:
        raise ValueError("a run without event files goes on without them; leave out --tensorboard")
    if on_collapse == "stop" and status.on_collapse != "stop":
        raise ValueError("a run that goes on in spite of what the monitor finds keeps to that; leave out --on-collapse")


def bring_here(folder: RunFolder) -> None:
    """Have the run trained in this process, wherever it was before."""
    job = jobs.look_at(folder)
    if job.backend != runs.LOCAL:
        if job.active:
            raise ValueError(
                f"{folder.name} is {runs.told_state(job.status)} at {job.backend}; wait for it, or cancel it"
            )
        runs.write_where(folder, runs.Where(backend=runs.LOCAL))
    if job.status.state == "collapsed":  # as `jobs.resume` has it: else the same finding would end it again
        runs.write_status(folder, job.status.model_copy(update={"on_collapse": "continue"}))
    runs.withdraw_stop(folder)


def _resumable(name: str, out: Path | None) -> RunFolder:
    """The run to go on with. ValueError when it is done already, or when there is none."""
    found = [_run_of(name, out)] if out else list(filter(None, [names.find_run(name)]))
    if not found:
        wanted = names.recipe(name).name
        found = [
            job.folder
            for job in jobs.list_jobs()
            if job.recipe and job.status.state in runs.RESUMABLE and job.recipe.name == wanted
        ][:1]
    if not found:
        raise ValueError(f"no run of {name} is waiting to go on; leave out --resume to start one")
    folder = runs.open_run(found[0].path)
    status = jobs.look_at(folder).status
    if status.state == "done":
        raise ValueError(f"{folder.path} is done at step {status.step:,}; leave out --resume to start a new run")
    return folder


def _run_of(name: str, out: Path) -> RunFolder:
    """The run in a folder. ValueError where it is not the run of that name, and not of the recipe of that name."""
    folder = runs.open_run(out)
    trained, listed = runs.read_recipe(folder).name, names.find_run(name)
    called = {folder.path.resolve().name, trained, *([name] if listed and listed.path.samefile(out) else [])}
    if (names.recipe(name).name if name.endswith(".json") else name) not in called:
        raise ValueError(f"{out} holds a run of {trained}, not of {name}; write {trained}, or another folder")
    return folder
