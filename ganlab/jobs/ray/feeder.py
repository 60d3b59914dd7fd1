"""The process that sends waiting runs to Ray as room comes up: `python -m ganlab.jobs.ray.feeder RUNS_FOLDER`.

One a runs folder, held by a lock. It ends when nothing waits or is being cancelled; trainings do not need it to live.
"""

import sys
import time
from pathlib import Path

from ganlab import runs
from ganlab.jobs.job import Job, is_waiting
from ganlab.jobs.processes import due_force, stay_alone
from ganlab.jobs.ray import head, looking, sending
from ganlab.jobs.ray.head import RayError, RayJob, RefusedError
from ganlab.jobs.ray.settings import Settings, settings
from ganlab.runs import RunFolder, State, Status, Where

POLL_SECONDS = 1.0
PATIENCE_SECONDS = 600.0  # with a head that does not answer; whoever looks at the runs starts another feeder then

OPEN: tuple[State, ...] = ("queued", "cancelling")
"""States of runs that there is something to do for."""

Asked = dict[str, float]
"""When this process first saw that a job is asked to stop, by its handle, as `time.monotonic()`."""


def main() -> int:
    root = Path(sys.argv[1])
    return stay_alone(
        sending.feeder_lock(root),
        lambda: feed(root),
        waits=lambda: any(is_waiting(job.status) for job in jobs_of(root)),
    )


def feed(root: Path) -> None:
    """Send what waits and end what is to stop, until there is neither. RayError when the head is away for long."""
    asked: Asked = {}
    answered = time.monotonic()
    while True:
        chosen = settings()
        try:
            open_jobs = jobs_of(root)
            if not open_jobs:
                return
            at_head = head.jobs(chosen.head)
            jobs = [looking.known(job, at_head) for job in open_jobs]
            for before, job in zip(open_jobs, jobs, strict=True):
                if before.status.state == "queued" and job.status.state == "interrupted":
                    _write(job.folder, job.status)  # no trainer of it has begun that could have written it
            if not any(job.status.state in OPEN for job in jobs):
                return
            _send(jobs, at_head, chosen)
            asked = _stop(jobs, at_head, chosen, asked)
            answered = time.monotonic()
        except RayError as error:
            if time.monotonic() - answered > PATIENCE_SECONDS:
                raise
            print(error)
        time.sleep(POLL_SECONDS)


def jobs_of(root: Path) -> list[Job]:
    """Every run of Ray's in the folder that waits or is to stop, and whose status can be read."""
    found = []
    for folder in runs.list_runs(root):
        try:
            if runs.read_where(folder).backend == sending.NAME:
                found.append(Job(folder, runs.read_status(folder), backend=sending.NAME))
        except (ValueError, OSError):
            continue  # damaged: the app shows it; the others are sent
    return [job for job in found if job.status.state in OPEN and not looking.never_begins(job)]


def _send(jobs: list[Job], at_head: dict[str, RayJob], chosen: Settings) -> None:
    """Send the oldest, until there are as many with Ray as fit."""
    line = sorted((job for job in jobs if looking.is_unsent(job, at_head)), key=lambda job: job.status.queued)
    if not line:
        return
    ours = sum(job.going for handle, job in at_head.items() if handle.startswith(sending.PREFIX_OF_HANDLES))
    for job in line[: max(0, sending.most_at_once(chosen) - ours)]:
        handle = runs.read_where(job.folder).handle
        if not handle or handle in at_head:  # else it was sent before, and may have arrived
            handle = sending.new_handle()
            runs.write_where(job.folder, Where(backend=sending.NAME, handle=handle))
        try:
            sending.start(job.folder, handle, chosen)
        except RefusedError as error:
            why = f"{error}; put that right, then resume the run"
            _write(job.folder, job.status.model_copy(update={"state": "failed", "error": why}))


def _stop(jobs: list[Job], at_head: dict[str, RayJob], chosen: Settings, asked: Asked) -> Asked:
    """End jobs whose trainers do not look at their `stop` files; returns what was asked so far."""
    handles = [runs.read_where(job.folder).handle for job in jobs if job.status.state == "cancelling"]
    asked = {handle: asked.get(handle, time.monotonic()) for handle in handles if handle in at_head}
    for handle, since in asked.items():
        if due_force(time.monotonic() - since):
            head.stop(chosen.head, handle)
            asked[handle] = time.monotonic()  # Ray kills it by itself, `STOP_WAIT_SECONDS` later
    return asked


def _write(folder: RunFolder, status: Status) -> None:
    """How a run ended that was queued, unless a trainer or somebody who resumes it has written since."""
    now = runs.read_status(folder)
    if (now.state, now.queued) == ("queued", status.queued):
        runs.write_status(folder, status)


if __name__ == "__main__":
    sys.exit(main())
