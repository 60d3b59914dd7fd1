"""How runs at Slurm stand: what their files say, and what `squeue` says of their jobs."""

import functools
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ganlab import listings, runs
from ganlab.jobs import elsewhere
from ganlab.jobs.job import Job
from ganlab.jobs.slurm import programs
from ganlab.runs import Status
from ganlab.whole_files import unchanged_seconds

ASKED_EVERY_SECONDS = 2.0  # whoever looks, and however often
ANSWER_SECONDS = 10.0
SENDING_SECONDS = 60.0  # from a run's folder to its number
MOST_NUMBERS = 2_000  # in one question; for more, all jobs are asked for

WAITING = ("PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT")
ENDED = (
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",
    "TIMEOUT",
)  # fmt: skip
"""States of a job that squeue still tells for some minutes, and that train no more."""

IN_WORDS = {
    "OUT_OF_MEMORY": "it needed more memory than the job had; raise GANLAB_SLURM_MEMORY",
    "TIMEOUT": "its time limit was over before it had saved; raise GANLAB_SLURM_WARNING_SECONDS or GANLAB_SLURM_TIME",
    "NODE_FAIL": "the machine that it ran on failed",
    "PREEMPTED": "another job took its place",
}

Answer = dict[str, tuple[str, str]]  # state and reason by handle


def look(root: Path, jobs: Sequence[Job]) -> list[Job]:
    """The jobs as Slurm knows them; where it does not answer, what they said last, and why no more is known."""
    handles = {job.name: runs.read_where(job.folder).handle for job in jobs if job.active}
    numbers = sorted({handle.partition("_")[0] for handle in handles.values() if handle})
    try:
        answer = _asked(tuple(numbers), int(time.monotonic() / ASKED_EVERY_SECONDS)) if numbers else {}
    except programs.SlurmError as error:
        return [elsewhere.unanswered(job, str(error)) if job.active else job for job in jobs]
    return [_known(job, handles[job.name], answer) if job.active else job for job in jobs]


@functools.lru_cache(maxsize=16)
def _asked(numbers: tuple[str, ...], moment: int) -> Answer:
    """What squeue says of the jobs with these numbers; jobs that it knows no more are left out."""
    which = [f"--jobs={','.join(numbers)}"] if len(numbers) <= MOST_NUMBERS else []
    options = ["--array", "--noheader", "--states=all", "--format=%i|%T|%r"]
    try:
        printed = programs.run("squeue", *options, *which, seconds=ANSWER_SECONDS)
    except programs.SlurmError as error:
        if "Invalid job id" in str(error):  # of a single job; of several it leaves out what it does not know
            return {}
        raise
    lines = [line.split("|", 2) for line in printed.splitlines()]
    return {line[0].strip(): (line[1].strip(), line[2].strip()) for line in lines if len(line) == 3}


def _known(job: Job, handle: str, answer: Answer) -> Job:
    if not handle and unchanged_seconds(job.folder.where) < SENDING_SECONDS:
        return job  # it is being sent just now
    state, reason = answer.get(handle, ("", ""))
    if state in WAITING:
        return _waiting(job, reason)
    if state and state not in ENDED:
        return elsewhere.running(job, "Slurm")
    return elsewhere.ended(job, lambda now: _why(now, state, handle))


def _waiting(job: Job, reason: str) -> Job:
    """It waits for Slurm, for the first time or again."""
    shown = "cancelling" if listings.is_file(job.folder.stop) else "queued"
    said = f"Waits for Slurm ({reason})" if reason and reason != "None" else "Waits for Slurm"
    return replace(job, status=job.status.model_copy(update={"state": shown, "eta_seconds": None}), said=said)


def _why(status: Status, state: str, handle: str) -> str:
    if not handle:
        return "it never reached Slurm"
    why = IN_WORDS.get(state, f"Slurm calls it {state}" if state else "Slurm knows it no more")
    if status.state == "queued":
        return (
            f"job {handle} ended before its trainer began ({why}); see its log, and whether the machines of the "
            "cluster see the folder of runs and this Python"
        )
    if state in IN_WORDS:
        return f"job {handle} ended without a word: {why}"
    return elsewhere.without_a_word(f"job {handle}: {why}")
