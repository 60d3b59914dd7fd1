"""How runs of other machines stand, where their files say one thing and the place that they were sent to another."""

import time
from collections.abc import Callable
from dataclasses import replace

from ganlab import runs
from ganlab.counting import counted
from ganlab.jobs.job import Job
from ganlab.runs import ACTIVE, Status
from ganlab.system_errors import in_words
from ganlab.whole_files import unchanged_seconds

LONGEST_SECONDS = 2.0**33  # that times are told of
SILENT_SECONDS = 300.0  # a trainer says something every few seconds, but clocks differ and shared disks are slow


def silence(job: Job) -> str:
    """For how long nothing was heard of a run's trainer, when that is long; else empty.

    The trainer's clock may be set to anything. What it says is believed where it is a moment ago; else it counts when
    its file was written, by the clock of whoever keeps that.
    """
    seconds = time.time() - job.status.heartbeat
    if not 0 <= seconds <= SILENT_SECONDS:
        seconds = unchanged_seconds(job.folder.status)
    if seconds <= SILENT_SECONDS:
        return ""
    return counted(int(min(seconds, LONGEST_SECONDS) // 60), "minute")


def unanswered(job: Job, why: str) -> Job:
    """An active job whose place does not answer: it is what it said last."""
    return replace(job, status=job.status.model_copy(update={"error": f"{why}. This is what the run said last"}))


def running(job: Job, place: str) -> Job:
    """A job that `place`, as people read it, says is at work."""
    if job.status.state == "running" and (heard := silence(job)):
        return replace(job, said=f"{place} says that it runs, but nothing was heard of it for {heard}")
    return replace(job, said=f"{place} has started it") if job.status.state == "queued" else job


def ended(job: Job, why: Callable[[Status], str]) -> Job:
    """A job whose place trains it no more: it has said how it ended, or it could not, and `why` tells more."""
    try:
        now = runs.read_status(job.folder)  # again: it may have ended since the first look
    except (ValueError, OSError) as error:
        return replace(job, problem=in_words(error))
    if now.state not in ACTIVE:
        return replace(job, status=now)
    if now.state == "cancelling":
        return cancelled(replace(job, status=now))
    update = {"state": "interrupted", "error": f"{why(now)}. It can be resumed", "eta_seconds": None}
    return replace(job, status=now.model_copy(update=update))


def without_a_word(told: str) -> str:
    """Why a run is interrupted whose trainer could say nothing any more; `told` is what its place says of the job."""
    return f"the trainer ended without a word (killed, or its machine went down; {told})"


def cancelled(job: Job) -> Job:
    """A job that was to stop and that nothing trains any more."""
    return replace(job, status=job.status.model_copy(update={"state": "cancelled", "eta_seconds": None}))
