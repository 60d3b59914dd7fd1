"""The models that can be opened: shipped checkpoints, uploaded ones, and those of runs; each with a short id."""

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganlab import checkpoints, folders, listings, runs
from ganlab.checkpoints import MAX_FILE_BYTES, Card
from ganlab.choices import instead
from ganlab.data import catalogue
from ganlab.data.folder import data_folder
from ganlab.data.packs import packs_folder
from ganlab.explore import ids
from ganlab.explore.ids import Named
from ganlab.foreign import shortened
from ganlab.owners import Person, write_owner
from ganlab.runs import RunFolder
from ganlab.runs.paths import STEP
from ganlab.system_errors import in_words, printable
from ganlab.whole_files import replacing

Origin = Literal["shipped", "uploaded", "run"]
UPLOADS, RUNS = "uploads", "runs"
OWNER = ".owner.json"  # ends the name of the file that says whom an upload belongs to
CHECKPOINTS_VARIABLE = "GANLAB_CHECKPOINTS"
ORIGINS: dict[str, Origin] = {"": "shipped", UPLOADS: "uploaded", RUNS: "run"}
"""By the folder that an id may begin with."""


@dataclass(frozen=True, slots=True)
class Model:
    """A checkpoint file that may be opened. `id` is safe in an address: it is looked up, never used as a path."""

    id: str
    path: Path
    origin: Origin
    name: str  # of the file, or of the run


def checkpoints_folder() -> Path:
    """Where shipped checkpoints live: `GANLAB_CHECKPOINTS`, or those that came along; ValueError: a name not UTF-8."""
    return folders.chosen(CHECKPOINTS_VARIABLE) or folders.root() / "checkpoints"


def uploads_folder() -> Path:
    """Where uploaded checkpoints live: beside the shipped ones, or with an installed ganlab among the user's files."""
    if folders.is_installed() and not os.environ.get(CHECKPOINTS_VARIABLE):
        return folders.own(UPLOADS, CHECKPOINTS_VARIABLE)
    return checkpoints_folder() / UPLOADS


def models() -> list[Model]:
    """Every model file, whether it can be read or not: shipped, then uploaded, then those of runs."""
    found = []
    for named, model_id in named_ids().items():
        path = _result(RunFolder(runs.runs_folder() / named.name)) if named.folder == RUNS else _file(named)
        if path is not None:
            found.append(Model(model_id, path, ORIGINS[named.folder], named.name))
    return found


def named_ids() -> dict[Named, str]:
    """The id of every model, and of every run, also of one that has no model yet."""
    return ids.assign([*_named_files(), *(Named(RUNS, run.name) for run in runs.list_runs())])


def run_ids(some: Iterable[RunFolder]) -> list[str]:
    """What each run, and its model, is called in addresses; no other run has its name, so none is looked at."""
    named = [Named(RUNS, run.name) for run in some]
    known = ids.assign([*_named_files(), *named])
    return [known[one] for one in named]


def run_id(run: RunFolder) -> str:
    """What the run, and its model, is called in addresses."""
    return run_ids([run])[0]


def run_model(run: RunFolder) -> Model | None:
    """The run's result, or its newest snapshot while there is none; None before the training has got anywhere."""
    path = _result(run)
    return Model(run_id(run), path, "run", run.name) if path else None


def find(asked: str) -> Model:
    """The model that is asked for, by its id or in another spelling; ValueError lists the ids when there is none."""
    known = {model.id: model for model in models()}
    model_id = ids.spellings(named_ids()).get(asked, asked)
    if model_id not in known:
        raise ValueError(f"there is no model {asked!r}{instead(asked, known, none='none yet')}")
    return known[model_id]


def shown_names(model_ids: Collection[str]) -> dict[str, str]:
    """What people read for each id: its name, or the id itself where another name looks the same."""
    shown = {model_id: ids.shown(model_id) for model_id in model_ids}
    looks = Counter(unicodedata.normalize("NFC", name) for name in shown.values())
    return {one: name if looks[unicodedata.normalize("NFC", name)] == 1 else one for one, name in shown.items()}


def without_folders(text: str) -> str:
    """A message without the paths of the folders of models, runs and packs: where they are kept helps no reader."""
    additions = data_folder() / "additions"
    for folder in (runs.runs_folder(), uploads_folder(), checkpoints_folder(), packs_folder(), additions):
        for path in (os.path.realpath(folder), folder):  # `resolve` raises an error of a link that leads to itself
            text = re.sub(rf"(?<![\w./\\-]){re.escape(str(path))}[/\\]", "", text)
    return printable(text)


def without_pictures(card: Card) -> str:
    """Why the pictures that a model learnt from cannot be had here, in a clause; empty where they are or can be."""
    return without_folders(catalogue.strangeness(card.data, card.origin.fingerprint))


def snapshots(run_name: str) -> list[Path]:
    """The snapshot files of a run, in order of steps; empty when there is no such run."""
    found = {run.name: run for run in runs.list_runs()}
    return list(_snapshots(found[run_name]).values()) if run_name in found else []


def snapshot_id(path: Path) -> str:
    """What a snapshot of a run is called, RUN@STEP; empty for other files."""
    run = RunFolder(path.parent.parent)
    listed = os.path.realpath(run.path.parent) == os.path.realpath(runs.runs_folder()) and runs.is_run(run)
    return f"{run_id(run)}@{int(path.stem)}" if listed and path in _snapshots(run).values() else ""


def find_snapshot(asked: str) -> Path | None:
    """The file of the snapshot that is asked for as RUN@STEP; None where that is no name of one.

    ValueError lists the steps of a run that has no such snapshot.
    """
    name, _, step = asked.rpartition("@")
    known = named_ids()
    names = ids.spellings(known)
    run = {own: thing.name for thing, own in known.items() if thing.folder == RUNS}.get(names.get(name, name))
    if asked in names or run is None or not STEP.fullmatch(step):
        return None
    found = _snapshots(RunFolder(runs.runs_folder() / run))
    if int(step) not in found:
        steps = [f"{name}@{one}" for one in found]
        raise ValueError(f"there is no snapshot {asked!r}{instead(asked, steps, none='none yet')}")
    return found[int(step)]


def owner_path(upload: Path) -> Path:
    """The file that says whom an uploaded checkpoint belongs to, whether it is there or not."""
    return upload.with_suffix(OWNER)


def add_upload(name: str, content: bytes, *, owner: Person | None = None) -> Model:
    """Keep an uploaded checkpoint after checking it as a whole; one that is here already stays whose it was.

    ValueError gives the reason for a refusal.
    """
    name = shortened(name, 100)
    if not name.lower().endswith(".safetensors"):
        raise ValueError(
            f"{name} is not a .safetensors file. Models trained here can be downloaded as such files on Train, "
            "and those that come along lie in checkpoints/; other formats can run code when opened, and are not taken"
        )
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"{name} has {len(content):,} bytes; checkpoints have at most {MAX_FILE_BYTES:,}")
    stem = re.sub(r"[^a-z0-9-]+", "-", Path(name).stem.lower()).strip("-")[:40] or "model"
    folder = uploads_folder()
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{stem}-{digest[:8]}.safetensors"
    if listings.is_file(path) and path.read_bytes() != content:  # made to meet another's name, or damaged since
        path = folder / f"{stem}-{digest}.safetensors"
    if listings.is_file(path):
        return find(f"{UPLOADS}/{path.stem}")
    with replacing(path) as part:
        part.write_bytes(content)
        try:
            checkpoints.check(part)
        except ValueError as error:
            raise ValueError(str(error).replace(str(part), name)) from error
        if owner:
            write_owner(owner_path(path), owner)
        else:
            owner_path(path).unlink(missing_ok=True)
    return find(f"{UPLOADS}/{path.stem}")


def delete_upload(model: Model) -> None:
    """Forget an uploaded checkpoint. ValueError for models that were not uploaded."""
    if model.origin != "uploaded":
        raise ValueError(f"{model.id} was not uploaded; only uploaded checkpoints can be deleted here")
    model.path.unlink(missing_ok=True)
    owner_path(model.path).unlink(missing_ok=True)


def lone_owners() -> list[str]:
    """A sentence for each owner's file whose upload is not there under that name, which then belongs to nobody."""
    return [
        f"{path} says whom an upload belongs to that is not there; rename it as the upload, or remove it"
        for path in listings.entries(uploads_folder(), f"*{OWNER}")
        if not listings.is_there(path.with_name(f"{path.name.removesuffix(OWNER)}.safetensors"))
    ]


def try_card(model: Model) -> Card | str:
    """The model's card, or the reason why it cannot be read."""
    try:
        return checkpoints.read_card(model.path)
    except (ValueError, OSError) as error:
        return in_words(error)


def _file(named: Named) -> Path:
    folder = uploads_folder() if named.folder == UPLOADS else checkpoints_folder()
    return folder / f"{named.name}.safetensors"


def _named_files() -> list[Named]:
    """The models that are no runs."""
    shipped = [Named("", path.stem) for path in checkpoints.list_files(checkpoints_folder())]
    return [*shipped, *(Named(UPLOADS, path.stem) for path in checkpoints.list_files(uploads_folder()))]


def _result(run: RunFolder) -> Path | None:
    if listings.is_file(run.checkpoint):
        return run.checkpoint
    step, path = max(_snapshots(run).items(), default=(0, run.checkpoint))
    return path if step else None


def _snapshots(run: RunFolder) -> dict[int, Path]:
    return runs.numbered(run.snapshots, ".safetensors")
