"""Making, finding and opening run directories, and the recipe that each holds."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ganlab import listings, locks
from ganlab.owners import Person, write_owner
from ganlab.runs.paths import RunFolder
from ganlab.runs.recipe import write_recipe
from ganlab.runs.status import Status, write_status
from ganlab.whole_files import check_name

if TYPE_CHECKING:  # it brings torch along (2 s, 250 MB), which a reader of states does not need
    from ganlab.recipes import Recipe


def runs_folder() -> Path:
    """Where runs live: `GANLAB_RUNS`, or `runs` in the working directory."""
    return Path(os.environ.get("GANLAB_RUNS") or "runs")


def create(
    path: Path,
    recipe: "Recipe",
    *,
    device: str = "auto",
    on_collapse: str = "continue",
    queued: float = 0.0,
    sweep: str = "",
    owner: Person | None = None,
) -> RunFolder:
    """A new run directory in state `queued`; a scheduler takes it only when `queued` (a time) is given.

    `owner` is who made it, where people log in.
    ValueError when `path` holds a run or other files already, or lies where files cannot be locked.
    """
    check_name(path)
    if path.exists() and (not path.is_dir() or not listings.is_empty(path)):
        raise ValueError(f"{path} is not empty; choose another folder, or continue the run in it with --resume")
    path.mkdir(parents=True, exist_ok=True)
    try:
        locks.require(path)
    except ValueError:
        with suppress(OSError):  # a folder that was there before, with a desktop's files in it, stays
            path.rmdir()
        raise
    folder = RunFolder(path)
    status = {"state": "queued", "steps": recipe.steps, "created": time.time(), "queued": queued, "sweep": sweep}
    try:
        write_status(folder, Status.model_validate(status | {"device": device, "on_collapse": on_collapse}))
        if owner:
            write_owner(folder.owner, owner)
        write_recipe(folder, recipe)  # last: it is what makes the folder a run
    except OSError:
        for file in (folder.status, folder.status_copy, folder.owner, folder.recipe_copy):
            file.unlink(missing_ok=True)
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
    if not _is_run(folder):
        raise ValueError(f"{path} is not a run directory: it has no recipe.json")
    return folder


def list_runs(root: Path | None = None) -> list[RunFolder]:
    """Runs under `root`, the newest first."""
    found = []
    for path in listings.folders(root or runs_folder()):
        folder = RunFolder(path)
        with suppress(OSError):  # deleted since it was listed
            if _is_run(folder):
                recipe = folder.recipe if folder.recipe.exists() else folder.recipe_copy
                found.append((recipe.stat().st_mtime_ns, folder.name, folder))
    return [folder for _, _, folder in sorted(found, key=lambda item: item[:2], reverse=True)]


def _is_run(folder: RunFolder) -> bool:
    return folder.recipe.exists() or folder.recipe_copy.is_file()
