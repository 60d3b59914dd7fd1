"""From what people type to recipes, datasets, models and runs; a wrong name lists the right ones."""

import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import tyro

from ganlab import hub, listings, runs
from ganlab.choices import instead
from ganlab.data import catalogue
from ganlab.explore import ids, library
from ganlab.recipes import RECIPES, Recipe, read_recipe_file
from ganlab.runs import RunFolder
from ganlab.whole_files import check_name

Device = Annotated[str, tyro.conf.arg(metavar="auto|cpu|cuda|cuda:N|mps")]


def recipe(name: str) -> Recipe:
    """A shipped recipe, or the one in a JSON file."""
    if name.endswith(".json"):
        return read_recipe_file(Path(name))
    return RECIPES[known_name("recipe", name, RECIPES)]


def dataset(name: str) -> str:
    return known_name("dataset", name, catalogue.names())


def model_file(name: str) -> Path:
    """The checkpoint at a path, or of that name: a shipped or uploaded one, else a run's; `runs/NAME` is a run's.

    `hf://OWNER/NAME` is one of Hugging Face's hub, which is downloaded.
    """
    if name.startswith(hub.SCHEME):
        taken = hub.take(name)
        if taken.note:
            print(taken.note, file=sys.stderr)
        return taken.path
    if listings.is_file(Path(name)) or name.endswith(".safetensors"):
        return Path(name)
    files = {model.id: model.path for model in library.models()}
    if not files and (reason := listings.unlisted(library.checkpoints_folder())):
        raise ValueError(reason)
    name = ids.spellings(library.named_ids()).get(name, name)
    return files[known_name("checkpoint", name, files)]


def model_source(name: str) -> Path:
    """As `model_file`, but the folder of a run where it is one: its saved state has all of its nets."""
    if runs.is_run(RunFolder(Path(name))):
        return Path(name)
    folder = find_run(name)
    if folder and ids.spellings(library.named_ids()).get(name, name) not in _shipped_and_uploaded():
        return folder.path
    return model_file(name)


def _shipped_and_uploaded() -> set[str]:
    return {model.id for model in library.models() if model.origin != "run"}


def run(name: str) -> RunFolder:
    """The run in a folder, or of that name under GANLAB_RUNS."""
    if runs.is_run(RunFolder(Path(name))):
        return RunFolder(Path(name))
    folder = find_run(name)
    if folder is None:
        there = [ids.escaped(folder.name) for folder in runs.list_runs()]
        if not there and (reason := listings.unlisted(runs.runs_folder())):
            raise ValueError(reason)
        known_name("run", name, there)
    assert folder is not None
    return folder


def find_run(name: str) -> RunFolder | None:
    """The run of that name, as it is or as `list` shows it, under GANLAB_RUNS."""
    named = {ids.Named(library.RUNS, folder.name): folder for folder in runs.list_runs()}
    own = ids.assign(named)
    by_id = {own[thing]: folder for thing, folder in named.items()}
    return by_id.get(ids.spellings(own).get(name, ""))


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """`KEY=VALUE` texts as a dict. ValueError names the option and a text that is not one, or a key that is twice."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{option} takes KEY=VALUE, not {text!r}")
        if key in found:
            raise ValueError(f"{option} has {key} twice, as {found[key]!r} and {value!r}; leave out one of them")
        found[key] = value
    return found


def refuse_twice(some: Iterable[str], option: str, others: Iterable[str], other_option: str) -> None:
    """ValueError where two options give the same setting, also as `config.width` and `width`."""
    also = {key.removeprefix("config.") for key in others}
    if twice := sorted(key for key in some if key.removeprefix("config.") in also):
        raise ValueError(f"{twice[0]} is given twice, by {option} and by {other_option}; leave out one of them")


def suffix(path: Path, known: Collection[str]) -> str:
    """The suffix of a path to write, when it is one of those that can be written; ValueError also for a bad name."""
    check_name(path)
    if path.suffix not in known:
        raise ValueError(f"{path} ends in {path.suffix or 'no suffix'}; choose from {', '.join(known)}")
    return path.suffix


def known_name(kind: str, name: str, known: Collection[str]) -> str:
    """The name, when it is known. ValueError lists the known ones and suggests the closest."""
    if name in known:
        return name
    raise ValueError(f"there is no {kind} {name!r}{instead(name, known, none='none: there are none yet')}")
