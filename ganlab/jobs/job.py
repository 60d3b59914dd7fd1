"""A run and what it is doing now."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganlab import runs
from ganlab.runs import ACTIVE, LOCAL, RunFolder, Status
from ganlab.system_errors import in_words

if TYPE_CHECKING:  # it brings torch along, which the scheduler does not need
    from ganlab.recipes import Recipe


@dataclass(frozen=True, slots=True)
class Job:
    """A run and what it is doing now."""

    folder: RunFolder
    status: Status
    place: int = 0  # in the queue, from 1; 0: not waiting
    ahead: int = 0  # runs that train now or wait before it, when it waits
    problem: str = ""  # why the run's own files cannot be read
    backend: str = LOCAL  # where it was sent to
    said: str = ""  # what that says of it beside its state, in words
    recipe: "Recipe | None" = None  # None where there is a problem

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def active(self) -> bool:
        return self.status.state in ACTIVE


def read_job(folder: RunFolder) -> Job:
    """What the files of the run in `folder` say of it, however damaged they are; `look` also asks its backend."""
    try:
        backend = runs.read_where(folder).backend
        status = runs.read_status(folder)
    except (ValueError, OSError) as error:
        problem = in_words(error)
        return Job(folder, Status(state="failed", steps=0, error=problem), problem=problem)
    try:
        recipe = runs.read_recipe(folder)
    except ValueError as error:
        return Job(folder, status, problem=str(error), backend=backend)
    return Job(folder, status, backend=backend, recipe=recipe)


def is_waiting(status: Status) -> bool:
    """Whether a trainer is to be started for the run: queued by `submit` or `resume`, not just being created."""
    return status.state == "queued" and status.queued > 0
