"""Everything on the pages that changes something or keeps the server busy, each checked here before it happens.

A page may hide a button; that is a courtesy. What was drawn earlier, or sent by hand, is refused here.
ValueError gives the reason for a refusal.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganlab import hub, jobs
from ganlab.access import quotas, rights
from ganlab.access.rights import Changing, Making
from ganlab.access.visitor import Visitor
from ganlab.checkpoints import MAX_FILE_BYTES
from ganlab.data import catalogue
from ganlab.data.adding import Added
from ganlab.data.dataset import Progress
from ganlab.explore import beginnings, library
from ganlab.explore.comparison import Source
from ganlab.explore.library import Model
from ganlab.foreign import read_bytes
from ganlab.jobs import additions, classifying, datasets, estimate, examples, work
from ganlab.jobs.additions import Addition, Wish
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.estimate import Estimate
from ganlab.owners import Person, read_owner
from ganlab.runs import LOCAL, RunFolder

if TYPE_CHECKING:
    from ganlab.recipes import Recipe

Thing = RunFolder | Model | Addition | Added
"""What belongs to whoever made it."""

GAME_BYTES = 15_000_000
"""Room that the run of a game takes at most, whose size only its process knows."""

CANCELLING: dict[type, Callable[[Any], object]] = {RunFolder: jobs.cancel, Addition: work.cancel}
DELETING: dict[type, Callable[[Any], object]] = {
    RunFolder: jobs.delete,
    Model: library.delete_upload,
    Addition: work.remove,
    Added: datasets.delete,
}


def train(
    visitor: Visitor,
    recipes: list["Recipe"],
    *,
    device: str,
    on_collapse: str,
    tensorboard: bool = False,
    begin_with: str = "",
    where: str = LOCAL,
) -> list[RunFolder]:
    """See `jobs.submit_all`; the runs belong to the visitor. `begin_with` is the id of a model, if any."""
    with _making(visitor, "train", more_runs=len(recipes)):
        nets = beginnings.source(library.find(begin_with)) if begin_with else None
        how: dict[str, Any] = {"device": device, "on_collapse": on_collapse, "where": where}
        how |= {"tensorboard": tensorboard}
        return jobs.submit_all(recipes, owner=visitor.person, init_from=nets, **how)


def add_examples(visitor: Visitor) -> list[RunFolder]:
    """See `examples.add`; the runs belong to the visitor, and take room of theirs, but wait for nothing."""
    with _making(visitor, "train", more_bytes=sum(quotas.size_bytes(run.path) for run in examples.missing())):
        return examples.add(owner=visitor.person)


def make_run_of_game(visitor: Visitor, games: int = 1) -> Person | None:
    """Whom the run belongs to that a game becomes, which its process then writes.

    games: how many are becoming runs just now, whose files are not all there yet, with this one.
    """
    with _making(visitor, "train", more_bytes=games * GAME_BYTES):
        return visitor.person


def resume(visitor: Visitor, folder: RunFolder) -> None:
    """See `jobs.resume`."""
    with _going_on(visitor, "resume", folder, more_runs=1):
        jobs.resume(folder)


def cancel(visitor: Visitor, thing: RunFolder | Addition) -> None:
    """Ask for the end of what is going on: see `jobs.cancel` and `work.cancel`."""
    _may_change(visitor, "cancel", thing)
    CANCELLING[type(thing)](thing)


def delete(visitor: Visitor, thing: Thing) -> None:
    """Remove what was made here: see `jobs.delete`, `library.delete_upload`, `work.remove`, `datasets.delete`."""
    _may_change(visitor, "delete", thing)
    DELETING[type(thing)](thing)


def upload(visitor: Visitor, name: str, content: bytes) -> Model:
    """See `library.add_upload`; the file belongs to the visitor, unless it was there before."""
    with _making(visitor, "upload", more_bytes=len(content)):
        return library.add_upload(name, content, owner=visitor.person)


def take_from_hub(visitor: Visitor, address: str, *, serves_others: bool) -> tuple[Model, str]:
    """See `hub.take`, then as `upload`; also what is to be said of the model, if anything.

    Where others come in, nobody gets what only this machine's owner may read, and nothing stays in the owner's cache.
    """
    if reason := rights.against_using_the_hub(visitor, serves_others=serves_others):
        raise ValueError(reason)
    with _making(visitor, "upload"):  # whoever has no room is told before anything comes over the network
        pass
    with tempfile.TemporaryDirectory() as folder:
        taken = hub.take(address, apart=Path(folder) if serves_others or visitor.mode != "open" else None)
        return upload(visitor, taken.path.name, read_bytes(taken.path, MAX_FILE_BYTES + 1)), taken.note


def pack(visitor: Visitor, dataset: str, size: int | None, progress: Progress) -> None:
    """Make a dataset ready for training; see `catalogue.pack`."""
    _may_make(visitor, "pack")
    catalogue.pack(dataset, size, progress)


def add_pictures(visitor: Visitor, files: Sequence[Dropped]) -> Addition:
    """See `additions.begin`; the addition and its dataset belong to the visitor."""
    with _making(visitor, "add", more_bytes=sum(len(file.content) for file in files)):
        return additions.begin(files, owner=visitor.person)


def add_folder(visitor: Visitor, folder: str, *, serves_others: bool) -> Addition:
    """See `additions.begin_folder`; only where the app `serves_others` not."""
    if reason := rights.against_naming_folders(visitor, serves_others=serves_others):
        raise ValueError(reason)
    with _making(visitor, "add"):
        return additions.begin_folder(folder, owner=visitor.person)


def look_again(visitor: Visitor, addition: Addition) -> None:
    """See `additions.look_again`."""
    with _going_on(visitor, "resume", addition):
        additions.look_again(addition)


def pack_pictures(visitor: Visitor, addition: Addition, wish: Wish, pack_bytes: int) -> None:
    """See `additions.pack`; `pack_bytes` is the room that the dataset will take."""
    _may_make(visitor, "add")
    with _going_on(visitor, "resume", addition, more_bytes=pack_bytes):
        additions.pack(addition, wish.model_copy(update={"pack_bytes": pack_bytes}))


def train_classifier(visitor: Visitor, dataset: Added) -> None:
    """See `classifying.start`."""
    _may_make(visitor, "train")
    with _going_on(visitor, "change", dataset):
        classifying.start(dataset.name)


def cancel_classifier(visitor: Visitor, dataset: Added) -> None:
    """Ask for the end of the training of the dataset's classifier."""
    _may_change(visitor, "change", dataset)
    work.cancel(classifying.training_of(dataset.name))


def time_training(visitor: Visitor, recipe: "Recipe", device: str) -> Estimate:
    """See `estimate.from_timing`: some steps are trained for it."""
    _may_make(visitor, "train")
    return estimate.from_timing(recipe, device)


def make_report(
    visitor: Visitor, sources: Sequence[Source], template: str, tell: Callable[[float, str], object]
) -> bytes:
    """A report as a ZIP; see `reports.composing` and `reports.writing`. Nothing of it stays on the server."""
    _may_make(visitor, "report")
    # Here, not above: what draws figures takes seconds to import, and no page waits for it.
    from ganlab.reports.composing import compose
    from ganlab.reports.subject import gather
    from ganlab.reports.writing import archive

    return archive(compose(gather(sources, tell), template, tell), tell)


def owner(thing: Thing) -> Person | None:
    """Whom something that was made here belongs to."""
    return read_owner(library.owner_path(thing.path) if isinstance(thing, Model) else thing.owner)


def against_changing(visitor: Visitor, action: Changing, thing: Thing) -> str:
    """Why the visitor may not do this to something that was made here; empty when they may."""
    return rights.against_changing(visitor, action, _called(thing), owner(thing))


def _called(thing: Thing) -> str:
    if isinstance(thing, Addition):
        return "these pictures"
    return thing.path.stem if isinstance(thing, Model) else thing.name


@contextmanager
def _making(visitor: Visitor, action: Making, *, more_runs: int = 0, more_bytes: int = 0) -> Iterator[None]:
    """Around what makes something new that belongs to the visitor, and takes room of theirs."""
    _may_make(visitor, action)
    with quotas.held(visitor, more_runs=more_runs, more_bytes=more_bytes):
        yield


@contextmanager
def _going_on(
    visitor: Visitor, action: Changing, thing: Thing, *, more_runs: int = 0, more_bytes: int = 0
) -> Iterator[None]:
    """Around what makes more of something that is there: whoever has no room left goes on with nothing."""
    _may_change(visitor, action, thing)
    with quotas.held(visitor, more_runs=more_runs, more_bytes=more_bytes):
        yield


def _may_make(visitor: Visitor, action: Making) -> None:
    if reason := rights.against_making(visitor, action):
        raise ValueError(reason)


def _may_change(visitor: Visitor, action: Changing, thing: Thing) -> None:
    if reason := against_changing(visitor, action, thing):
        raise ValueError(reason)
