"""Making, finding and opening run directories, and the recipe that each holds."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from ganlab import folders, listings, locks
from ganlab.beginning import Beginning
from ganlab.foreign import reasons
from ganlab.owners import Person, write_owner
from ganlab.runs.paths import RunFolder
from ganlab.runs.recipe import write_recipe
from ganlab.runs.status import Status, write_status
from ganlab.runs.where import LOCAL, Where, write_where
from ganlab.system_errors import text_path
from ganlab.whole_files import check_name

if TYPE_CHECKING:  # it brings torch along (2 s, 250 MB), which a reader of states does not need
    from ganlab.recipes import Recipe

VARIABLE = "GANLAB_RUNS"


class InitialNets(Protocol):
    """Nets of another model, as `warm_start` reads them."""

    @property
    def beginning(self) -> Beginning: ...

    def write(self, path: Path) -> None:
        """Into a file that the run's trainer reads."""
        ...


def runs_folder() -> Path:
    """Where runs live: `GANLAB_RUNS`, or `runs` in the working directory, or with an installed ganlab the user's own.

    ValueError when its name is no UTF-8, or there is none of these.
    """
    if chosen := folders.chosen(VARIABLE):
        return chosen
    return folders.own("runs", VARIABLE) if folders.is_installed() else Path("runs")


def create(
    path: Path,
    recipe: "Recipe",
    *,
    device: str = "auto",
    on_collapse: str = "continue",
    queued: float = 0.0,
    sweep: str = "",
    owner: Person | None = None,
    init: InitialNets | None = None,
    tensorboard: bool = False,
    snapshots: int = 0,
    processes: int = 1,
    backend: str = LOCAL,
    card_bytes: int | None = None,
) -> RunFolder:
    """A new run directory in state `queued`; a scheduler takes it only when `queued` (a time) is given.

    `backend` is where it will be trained, `processes` how many will share each batch, `snapshots` how many are drawn;
    0 stands for as many as most runs have.
    `card_bytes` is the memory that it is expected to take of a card there.

    `owner` is who made it, where people log in; `init` are nets of another model that it begins with. With
    `tensorboard` it writes event files.
    ValueError when `path` holds a run or other files already, or lies where files cannot be locked.
    """
    text_path(path.absolute())
    check_name(path)
    if os.path.lexists(path) and not listings.is_folder(path):
        raise ValueError(listings.unlisted(path))
    if listings.is_folder(path) and not listings.is_empty(path):
        raise ValueError(f"{path} is not empty; choose another folder, or continue the run in it with --resume")
    if not listings.is_folder(path) and listings.folded(path.name) in listings.taken_names(path.parent):
        raise ValueError(
            f"{path.parent} has something whose name differs from {path.name} in capitals or accents alone, which many "
            "disks take for the same; choose another name"
        )
    status: dict[str, Any] = {"state": "queued", "steps": recipe.steps, "created": time.time(), "queued": queued}
    status |= {"device": device, "on_collapse": on_collapse, "tensorboard": tensorboard, "snapshots": snapshots}
    status |= {"sweep": sweep, "card_bytes": card_bytes, "processes": processes}
    status |= {"began_from": str(init.beginning) if init else ""}
    try:
        said = Status.model_validate(status)
    except ValidationError as error:
        raise ValueError(f"such a run cannot be made: {reasons(error)}") from error
    path.mkdir(parents=True, exist_ok=True)
    try:
        if backend == LOCAL:
            locks.require(path)
    except ValueError:
        with suppress(OSError):  # a folder that was there before, with a desktop's files in it, stays
            path.rmdir()
        raise
    folder = RunFolder(path)
    try:
        if backend != LOCAL:
            write_where(folder, Where(backend=backend))
        write_status(folder, said)
        if init:
            init.write(folder.init)
        if owner:
            write_owner(folder.owner, owner)
        write_recipe(folder, recipe)  # last: it is what makes the folder a run
    except OSError:
        made = (folder.where, folder.where_copy, folder.status, folder.status_copy, folder.init, folder.owner)
        with suppress(OSError):  # as above
            for file in (*made, folder.recipe_copy):
                file.unlink(missing_ok=True)
            path.rmdir()
        raise
    return folder


def require_writable(path: Path | None = None) -> None:
    """ValueError, with the remedy, where no run can be made at `path`, or in the folder of runs.

    Neither need be there yet.
    """
    remedy = f"set {VARIABLE} to a folder of your own for trainings" if path is None else "choose another folder for it"
    root = path or runs_folder()
    text_path(root.absolute())
    around = next(place for place in (root.absolute(), *root.absolute().parents) if os.path.lexists(place))
    if not listings.is_folder(around) and (reason := listings.unlisted(around)):
        raise ValueError(f"{reason}; or {remedy}")
    if not os.access(around, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise ValueError(f"{around} cannot be written to; {remedy}")


def claim_path(recipe: "Recipe", root: Path) -> Path:
    """A new empty folder for a run; whoever wants the same name at the same moment gets the next."""
    for path in _free_paths(recipe, root):
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            if not listings.is_folder(root):  # a file, or a link to nowhere, has its place
                raise
        else:
            return path
    raise ValueError(f"{root} has all numbers of {recipe.name} already; give the recipe another name")


def _free_paths(recipe: "Recipe", root: Path) -> Iterator[Path]:
    taken = listings.taken_names(root)
    names = (f"{recipe.name}-{number:03}" for number in range(1, 10**6))
    return (root / name for name in names if name not in taken)


def open_run(path: Path) -> RunFolder:
    """The run at `path`. ValueError when there is none."""
    folder = RunFolder(path)
    if not is_run(folder):
        raise ValueError(f"{path} is not a run directory: it has no recipe.json")
    return folder


def list_runs(root: Path | None = None) -> list[RunFolder]:
    """Runs under `root`, the newest first."""
    found = []
    for path in listings.folders(root or runs_folder()):
        folder = RunFolder(path)
        if (made := made_ns(folder)) is not None:
            found.append((made, folder.name, folder))
    return [folder for _, _, folder in sorted(found, key=lambda item: item[:2], reverse=True)]


def made_ns(folder: RunFolder) -> int | None:
    """When a run was made, as a file tells it: lists are in this order. None where there is no run."""
    if not is_run(folder):
        return None
    for path in (folder.recipe, folder.recipe_copy, folder.path):
        with suppress(OSError):  # lost, deleted since it was listed, or not for this user to see
            return path.stat().st_mtime_ns
    return 0


def is_run(folder: RunFolder) -> bool:
    """Whether there is a run, also one that has lost its `recipe.json` and has the copy.

    A folder that this user may not look into counts as one, so that it is listed with the reason.
    """
    return listings.is_file(folder.recipe) or listings.is_file(folder.recipe_copy) or listings.is_closed(folder.path)
