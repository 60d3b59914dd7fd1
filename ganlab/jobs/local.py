"""Trainings on this machine: a queue on disk, and a scheduler process that outlives whoever asked.

The run directories are the queue. Nothing here waits for a training.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ganlab import locks
from ganlab.counting import is_whole
from ganlab.foreign import shortened
from ganlab.jobs import seen_cards
from ganlab.jobs.job import Job, is_waiting
from ganlab.jobs.processes import ensure_one
from ganlab.jobs.seen_cards import Sitting
from ganlab.runs import LOCAL, RunFolder
from ganlab.system_errors import in_words


def against() -> str:
    """Why no training can wait for this machine; empty when it can."""
    try:
        slots()
        slots_a_card()
    except ValueError as error:
        return str(error)
    return ""


def submit(folders: Sequence[RunFolder]) -> None:
    """Make sure that queued runs will be started. ValueError where files cannot be locked."""
    ensure_scheduler(folders[0].path.parent)


def cancel(folder: RunFolder) -> None:
    """Make sure that a scheduler sends signals to a trainer that does not look at the `stop` file."""
    ensure_scheduler(folder.path.parent)


def look(root: Path, jobs: Sequence[Job]) -> list[Job]:
    """The jobs with their places in the queue; starts a scheduler when runs wait and none is there (it died, or the
    machine did). Where none can be started, what waits says why, as its `error`.
    """
    line = sorted((job for job in jobs if is_waiting(job.status)), key=lambda job: (job.status.queued, job.name))
    trouble = _bring_back_scheduler(root) if line else ""
    places = {job.name: place for place, job in enumerate(line, 1)}
    busy = sum(job.active and job.name not in places for job in jobs)
    held_back = seen_cards.read(root).held_back if line else {}
    return [
        _waiting(job, places[job.name], busy, trouble, held_back.get(job.name, "")) if job.name in places else job
        for job in jobs
    ]


def cards_and_runs(root: Path, jobs: Sequence[Job]) -> list[Sitting]:
    """The cards of this machine with their memory and the runs that train on each; empty where none is in use."""
    try:
        if not locks.is_held(scheduler_lock(root)):
            return []  # what a scheduler saw that has gone is no news
    except ValueError:  # not for this user to see, as the runs themselves say
        return []
    training = [job for job in jobs if job.status.state in ("running", "cancelling") and job.backend == LOCAL]
    return [
        Sitting(number, card, [job.name for job in training if number in job.status.cards])
        for number, card in enumerate(seen_cards.read(root).cards)
    ]


def slots() -> int:
    """Trainings at a time that sit on no card: `GANLAB_SLOTS`, or 1. ValueError when it is not a number above 0."""
    return _number_of("GANLAB_SLOTS")


def slots_a_card() -> int:
    """Trainings at a time on each card: `GANLAB_SLOTS_A_CARD`, or 1. ValueError as above."""
    return _number_of("GANLAB_SLOTS_A_CARD")


def scheduler_lock(root: Path) -> Path:
    """The file whose lock makes a scheduler the only one of the runs folder `root`."""
    return root / ".scheduler.lock"


def ensure_scheduler(root: Path) -> None:
    """Start a scheduler unless one is at work. Starting one too many is harmless: the lock lets one stay.

    ValueError where files cannot be locked.
    """
    root = Path(os.path.realpath(root))
    ensure_one("ganlab.jobs.scheduler", root, lock=scheduler_lock(root), log=root / ".scheduler.log")


def _number_of(variable: str) -> int:
    text = os.environ.get(variable) or "1"
    if not is_whole(text) or int(text) < 1:
        raise ValueError(f"{variable} is {shortened(text, 100)!r}; set it to a whole number from 1")
    return int(text)


def _waiting(job: Job, place: int, busy: int, trouble: str, held_back: str) -> Job:
    status = job.status.model_copy(update={"error": trouble}) if trouble else job.status
    return replace(job, status=status, place=place, ahead=busy + place - 1, said=held_back)


def _bring_back_scheduler(root: Path) -> str:
    """Why no scheduler can live here; empty when one was there or was started."""
    try:
        slots()
        slots_a_card()
        ensure_scheduler(root)
    except (ValueError, OSError) as error:
        return in_words(error)
    return ""
