"""The models that can be opened: shipped checkpoints, uploaded ones, and those of runs; each with a short id."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganlab import checkpoints, runs
from ganlab.checkpoints import MAX_FILE_BYTES, Card
from ganlab.data.packs import pack_path
from ganlab.foreign import shortened
from ganlab.owners import Person, write_owner
from ganlab.runs import RunFolder
from ganlab.whole_files import replacing

Origin = Literal["shipped", "uploaded", "run"]


@dataclass(frozen=True, slots=True)
class Model:
    """A checkpoint file that may be opened. `id` is safe in an address: it is looked up, never used as a path."""

    id: str
    path: Path
    origin: Origin


def checkpoints_folder() -> Path:
    """Where shipped checkpoints live: `GANLAB_CHECKPOINTS`, or the project's own folder."""
    return Path(os.environ.get("GANLAB_CHECKPOINTS") or Path(__file__).parents[2] / "checkpoints")


def models() -> list[Model]:
    """Every model file, whether it can be read or not: shipped, then uploaded, then those of runs."""
    folder = checkpoints_folder()
    shipped = [Model(path.stem, path, "shipped") for path in checkpoints.list_files(folder)]
    uploaded = [Model(f"upload-{path.stem}", path, "uploaded") for path in checkpoints.list_files(folder / "uploads")]
    of_runs = [model for run in runs.list_runs() if (model := run_model(run))]
    return shipped + uploaded + of_runs


def run_model(run: RunFolder) -> Model | None:
    """The run's result, or its newest snapshot while there is none; None before the training has got anywhere."""
    path = run.checkpoint
    if not path.is_file():
        step, path = max(_snapshots(run).items(), default=(0, path))
        if not step:
            return None
    return Model(f"run-{run.name}", path, "run")


def find(model_id: str) -> Model:
    """The model with that id; ValueError lists the ids when there is none."""
    known = {model.id: model for model in models()}
    if model_id not in known:
        raise ValueError(f"there is no model {model_id!r}; choose from {', '.join(known) or 'none yet'}")
    return known[model_id]


def shown_names(ids: Collection[str]) -> dict[str, str]:
    """What people read for each id: without the word for the origin, where that leaves each name another one."""
    short = {model_id: re.sub(r"^(run|upload)-", "", model_id) for model_id in ids}
    count = Counter(short.values())
    return {model_id: name if count[name] == 1 else model_id for model_id, name in short.items()}


def run_name(model: Model) -> str:
    """The name of the run that a model of origin `run` is the result of."""
    return model.id.removeprefix("run-")


def without_folders(text: str) -> str:
    """A message without the paths of the folders of models, runs and packs: where they are kept helps no reader."""
    for folder in (runs.runs_folder(), checkpoints_folder() / "uploads", checkpoints_folder(), pack_path("").parent):
        for path in (folder.resolve(), folder):
            text = re.sub(rf"(?<![\w./-]){re.escape(str(path))}/", "", text)
    return text


def snapshots(run_name: str) -> list[Path]:
    """The snapshot files of a run, in order of steps; empty when there is no such run."""
    found = {run.name: run for run in runs.list_runs()}
    return list(_snapshots(found[run_name]).values()) if run_name in found else []


def owner_path(upload: Path) -> Path:
    """The file that says whom an uploaded checkpoint belongs to, whether it is there or not."""
    return upload.with_suffix(".owner.json")


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
    folder = checkpoints_folder() / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{stem}-{digest[:8]}.safetensors"
    if path.is_file() and path.read_bytes() != content:  # made to meet another's name, or damaged since
        path = folder / f"{stem}-{digest}.safetensors"
    if path.is_file():
        return Model(f"upload-{path.stem}", path, "uploaded")
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
    return Model(f"upload-{path.stem}", path, "uploaded")


def delete_upload(model: Model) -> None:
    """Forget an uploaded checkpoint. ValueError for models that were not uploaded."""
    if model.origin != "uploaded":
        raise ValueError(f"{model.id} was not uploaded; only uploaded checkpoints can be deleted here")
    model.path.unlink(missing_ok=True)
    owner_path(model.path).unlink(missing_ok=True)


def try_card(model: Model) -> Card | str:
    """The model's card, or the reason why it cannot be read."""
    try:
        return checkpoints.read_card(model.path)
    except ValueError as error:
        return str(error)


def _snapshots(run: RunFolder) -> dict[int, Path]:
    return runs.numbered(run.snapshots, ".safetensors")
