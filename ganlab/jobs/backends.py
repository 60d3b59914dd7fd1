"""The places where trainings run, each behind the same few calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganlab.choices import instead
from ganlab.foreign import shortened
from ganlab.jobs import local, ray, slurm
from ganlab.jobs.job import Job
from ganlab.runs import LOCAL, RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A place where trainings run. What it is given are run directories; what it says goes into no file but these."""

    title: str  # as people read it
    offered: Callable[[], bool]
    """Whether a page offers it, where people have not said that they want it."""
    against: Callable[[], str]
    """Why nothing can be sent there now, with the remedy; empty when it can."""
    submit: Callable[[Sequence[RunFolder]], None]
    """Have queued runs of one folder trained, in this order; one that was saved goes on. ValueError when it refuses:
    then none of them will be trained."""
    cancel: Callable[[RunFolder], None]
    """See to the end of a waiting or running run, which has its `stop` file already."""
    look: Callable[[Path, Sequence[Job]], list[Job]]
    """The jobs in a folder of runs, with what the backend knows of them now; it is asked once for all."""


BACKENDS: dict[str, Backend] = {
    LOCAL: Backend(
        title="This machine",
        offered=lambda: True,
        against=local.against,
        submit=local.submit,
        cancel=local.cancel,
        look=local.look,
    ),
    slurm.NAME: Backend(
        title="Slurm",
        offered=slurm.offered,
        against=slurm.against,
        submit=slurm.submit,
        cancel=slurm.cancel,
        look=slurm.look,
    ),
    ray.NAME: Backend(
        title="Ray",
        offered=ray.offered,
        against=ray.against,
        submit=ray.submit,
        cancel=ray.cancel,
        look=ray.look,
    ),
}


def backend(name: str) -> Backend:
    """The backend of that name. ValueError lists the names that there are."""
    if name not in BACKENDS:
        raise ValueError(f"there is no place {shortened(name, 60)!r} to train at{instead(name, BACKENDS)}")
    return BACKENDS[name]
