"""How runs at Ray stand: what their files say, and what the head says of their jobs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ganlab import listings, runs
from ganlab.counting import counted
from ganlab.foreign import shortened
from ganlab.jobs import elsewhere
from ganlab.jobs.job import Job, is_waiting
from ganlab.jobs.ray import asking, sending
from ganlab.jobs.ray.head import RayJob
from ganlab.jobs.ray.settings import settings
from ganlab.runs import Status

EXIT_CODE = re.compile(r"exit code -?[0-9]{1,5}")  # in a message of Ray's; below 0 it is the number of a signal

Known = Mapping[str, RayJob]  # by handle


def look(root: Path, jobs: Sequence[Job]) -> list[Job]:
    """The jobs as Ray knows them; where its head does not answer, what they said last, and why no more is known.

    Starts the process that sends waiting runs, where it is gone.
    """
    if not any(job.active for job in jobs):
        return list(jobs)
    try:
        chosen = settings()
        at_head: Known = asking.jobs_lately(chosen.head)
        if any(_may_be_lost(job, at_head) for job in jobs):
            at_head = asking.jobs_lately(chosen.head, now=True)  # it may have been sent since
    except ValueError as error:
        return [_unanswered(job, str(error)) if job.active else job for job in jobs]
    seen = [known(job, at_head) if job.active else job for job in jobs]
    line = sorted((job for job in seen if is_unsent(job, at_head)), key=lambda job: (job.status.queued, job.name))
    places = {job.name: place for place, job in enumerate(line, 1)}
    if places or any(job.status.state == "cancelling" for job in seen):
        sending.ensure_feeder(root)
    busy = sum(job.going for job in at_head.values())
    return [_in_line(job, places[job.name], busy) if job.name in places else job for job in seen]


def known(job: Job, at_head: Known) -> Job:
    """An active job with what the head says of it."""
    told = at_head.get(_handle(job))
    if told is None or told.without_room:
        return _unknown(job)
    if told.status == "PENDING":
        return _waiting(job)
    if told.going:
        return elsewhere.running(job, "Ray")
    return elsewhere.ended(job, lambda now: _why(now, told))


def _in_line(job: Job, place: int, busy: int) -> Job:
    ahead = busy + place - 1
    after = f", after {counted(ahead, 'training')}" if ahead else ""
    return replace(job, place=place, ahead=ahead, said=f"{job.said}{after}")


def never_begins(job: Job) -> bool:
    """Whether a run was cancelled before its trainer began: one begins in no run with a `stop` file."""
    return not _has_begun(job) and listings.is_file(job.folder.stop)


def is_unsent(job: Job, at_head: Known) -> bool:
    """Whether a run waits to be sent, for the first time or again."""
    told = at_head.get(_handle(job))
    return is_waiting(job.status) and (told is None or told.without_room)


def _unknown(job: Job) -> Job:
    """The head has no job for it: it was not sent yet, or the head has forgotten all of its jobs."""
    if not _has_begun(job):
        return _waiting(job)
    if elsewhere.silence(job):
        return elsewhere.ended(job, lambda now: "Ray knows its job no more (it was started anew, or asked elsewhere)")
    return replace(job, said="Ray knows its job no more, but its trainer was heard of a moment ago")


def _waiting(job: Job) -> Job:
    """With Ray or here; only so many are sent as fit."""
    return elsewhere.cancelled(job) if never_begins(job) else replace(job, said="Waits for room on the Ray cluster")


def _unanswered(job: Job, why: str) -> Job:
    if never_begins(job):
        return elsewhere.cancelled(job)
    if silent := _has_begun(job) and elsewhere.silence(job):
        return elsewhere.ended(job, lambda now: f"{why}, and nothing was heard of its trainer for {silent}")
    return elsewhere.unanswered(job, why)


def _may_be_lost(job: Job, at_head: Known) -> bool:
    return job.active and _has_begun(job) and _handle(job) not in at_head


def _has_begun(job: Job) -> bool:
    """Whether a trainer was at work in it since it was queued."""
    hidden = job.status.state == "cancelling" and job.status.pid is not None  # what it was before
    return hidden or job.status.state == "running"


def _handle(job: Job) -> str:
    return runs.read_where(job.folder).handle


def _why(status: Status, told: RayJob) -> str:
    why = f"Ray calls its job {told.status}"
    if status.state != "queued" and (code := EXIT_CODE.search(told.message or "")):
        why += f", with {code[0]}"  # the rest of Ray's message is its own log, and the trainer has another
    elif told.message:
        why += f": {shortened(told.message.strip(), 300)}"
    if status.state == "queued":
        return (
            f"its job ended before its trainer began; see whether the machines of the cluster see the folder of runs "
            f"and this Python ({why})"
        )
    return elsewhere.without_a_word(why)
