"""Runs that come along as examples of what goes wrong; copied among the user's, where every page finds them."""

import shutil
import tempfile
from pathlib import Path

from ganlab import folders, listings, runs
from ganlab.full_disk import room_for
from ganlab.owners import Person, write_owner
from ganlab.runs import RunFolder
from ganlab.runs.status import write_status

SNAPSHOTS = 5  # of each example, the first and the last among them


def examples() -> list[RunFolder]:
    """Those that came along, by name; they are for reading only."""
    found = [RunFolder(path) for path in listings.folders(folders.root() / "failures")]
    return sorted((run for run in found if listings.is_file(run.recipe)), key=lambda run: run.name)


def missing() -> list[RunFolder]:
    """The examples that are not among the user's runs yet, and whose names are free there."""
    taken = listings.taken_names(runs.runs_folder())
    return [run for run in examples() if listings.folded(run.name) not in taken]


def add(*, owner: Person | None = None) -> list[RunFolder]:
    """Copy the missing ones among the runs of `owner`; each is there as a whole or not at all."""
    place = runs.runs_folder()
    added = []
    for run in missing():
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".example-", dir=place) as folder:
            copy = _copied(run, Path(folder) / run.name, shown=place / run.name)
            if owner:
                write_owner(copy.owner, owner)
            if _moved(copy.path, place / run.name):
                added.append(RunFolder(place / run.name))
    return added


def _moved(path: Path, to: Path) -> bool:
    """Whether the folder got its place; not, where somebody else has added the same meanwhile."""
    try:
        path.rename(to)
    except OSError:
        if listings.is_folder(to):
            return False
        raise
    return True


def _copied(run: RunFolder, into: Path, shown: Path) -> RunFolder:
    """A copy of all files; `shutil.copytree` would name every file that does not fit. Errors are about `shown`."""
    for path in sorted(path for path in run.path.rglob("*") if listings.is_file(path)):
        copy = into / path.relative_to(run.path)
        with room_for(shown):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return RunFolder(into)


def keep(run: RunFolder, into: Path) -> RunFolder:
    """A small copy of a run that ended: recipe, status, curves, and some snapshots with their sheets.

    The checkpoint is left out, so that the model is the last snapshot: the best one of a failure shows it least.
    """
    kept = RunFolder(into / run.name)
    for folder in (kept.samples, kept.snapshots):
        folder.mkdir(parents=True)
    shutil.copyfile(run.recipe, kept.recipe)
    shutil.copyfile(run.metrics, kept.metrics)
    drawn = runs.numbered(run.snapshots, ".safetensors")
    steps = sorted(drawn)
    for step in {steps[round(i * (len(steps) - 1) / (SNAPSHOTS - 1))] for i in range(SNAPSHOTS)}:
        shutil.copyfile(drawn[step], kept.snapshots / drawn[step].name)
        shutil.copyfile(run.samples / f"{step:08}.png", kept.samples / f"{step:08}.png")
    status = runs.read_status(run)
    nobody = {"pid": None, "process_started": None, "process_uptime": None, "heartbeat": 0.0, "ended": ""}
    write_status(kept, status.model_copy(update=nobody))
    return kept
