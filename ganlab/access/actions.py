"""Everything on the pages that changes something or keeps the server busy, each checked here before it happens.

A page may hide a button; that is a courtesy. What was drawn earlier, or sent by hand, is refused here.
ValueError gives the reason for a refusal.
"""

from typing import TYPE_CHECKING

from ganlab import jobs
from ganlab.access import quotas, rights
from ganlab.access.rights import Changing, Making
from ganlab.access.visitor import Visitor
from ganlab.data import catalogue
from ganlab.data.dataset import Progress
from ganlab.explore import library
from ganlab.explore.library import Model
from ganlab.jobs import estimate
from ganlab.jobs.estimate import Estimate
from ganlab.owners import Person, read_owner
from ganlab.runs import RunFolder

if TYPE_CHECKING:
    from ganlab.recipes import Recipe


def train(visitor: Visitor, recipes: list["Recipe"], *, device: str, on_collapse: str) -> list[RunFolder]:
    """See `jobs.submit_all`; the runs belong to the visitor."""
    _may_make(visitor, "train")
    with quotas.held(visitor, more_runs=len(recipes)):
        return jobs.submit_all(recipes, device=device, on_collapse=on_collapse, owner=visitor.person)


def resume(visitor: Visitor, folder: RunFolder) -> None:
    """See `jobs.resume`."""
    _may_change(visitor, "resume", folder)
    with quotas.held(visitor, more_runs=1):
        jobs.resume(folder)


def cancel(visitor: Visitor, folder: RunFolder) -> None:
    """See `jobs.cancel`."""
    _may_change(visitor, "cancel", folder)
    jobs.cancel(folder)


def delete_run(visitor: Visitor, folder: RunFolder) -> None:
    """See `jobs.delete`."""
    _may_change(visitor, "delete", folder)
    jobs.delete(folder)


def upload(visitor: Visitor, name: str, content: bytes) -> Model:
    """See `library.add_upload`; the file belongs to the visitor, unless it was there before."""
    _may_make(visitor, "upload")
    with quotas.held(visitor, more_bytes=len(content)):
        return library.add_upload(name, content, owner=visitor.person)


def delete_upload(visitor: Visitor, model: Model) -> None:
    """See `library.delete_upload`."""
    _may_change(visitor, "delete", model)
    library.delete_upload(model)


def pack(visitor: Visitor, dataset: str, size: int | None, progress: Progress) -> None:
    """Make a dataset ready for training; see `catalogue.pack`."""
    _may_make(visitor, "pack")
    catalogue.pack(dataset, size, progress)


def time_training(visitor: Visitor, recipe: "Recipe", device: str) -> Estimate:
    """See `estimate.from_timing`: some steps are trained for it."""
    _may_make(visitor, "train")
    return estimate.from_timing(recipe, device)


def owner(thing: RunFolder | Model) -> Person | None:
    """Whom a run, or a model that was uploaded, belongs to."""
    return read_owner(thing.owner if isinstance(thing, RunFolder) else library.owner_path(thing.path))


def against_changing(visitor: Visitor, action: Changing, thing: RunFolder | Model) -> str:
    """Why the visitor may not do this to a run or an upload; empty when they may."""
    name = thing.name if isinstance(thing, RunFolder) else thing.path.stem
    return rights.against_changing(visitor, action, name, owner(thing))


def _may_make(visitor: Visitor, action: Making) -> None:
    if reason := rights.against_making(visitor, action):
        raise ValueError(reason)


def _may_change(visitor: Visitor, action: Changing, thing: RunFolder | Model) -> None:
    if reason := against_changing(visitor, action, thing):
        raise ValueError(reason)
