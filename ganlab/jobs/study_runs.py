"""The runs of a study, sent to a place to train at and waited for."""

import time
from collections.abc import Iterator
from pathlib import Path

from ganlab import runs
from ganlab.jobs.calls import look, look_at, resume, submit_all
from ganlab.runs import RunFolder
from ganlab.studies import Study, run_folder, unfinished

LOOK_EVERY_SECONDS = 2.0


def send(study: Study, out: Path, *, where: str, device: str = "auto") -> list[RunFolder]:
    """Have all runs trained that the results at `out` lack: new ones together, those that ended early again.

    Returns those that were sent. ValueError as `submit_all`, and where a run directory holds other settings.
    """
    todo = [(recipe, run_folder(recipe)) for recipe in unfinished(study, out)]
    stopped = [folder for _, folder in todo if runs.is_run(folder) and not look_at(folder).active]
    new = [(recipe, folder) for recipe, folder in todo if not runs.is_run(folder)]
    if new:
        paths = [folder.path for _, folder in new]
        submit_all([recipe for recipe, _ in new], device=device, snapshots=study.snapshots, paths=paths, where=where)
    for folder in stopped:
        resume(folder, where=where)
    return [folder for _, folder in new] + stopped


def follow(folder: RunFolder) -> Iterator[None]:
    """Wait until the run is trained no more, wherever that is."""
    while look(folder.path.parent, [folder])[0].active:
        yield
        time.sleep(LOOK_EVERY_SECONDS)
