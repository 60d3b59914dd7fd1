"""The process that trains a run as a job of Slurm's: `python -m ganlab.jobs.slurm.trainer FOLDER`.

When its time limit is near, Slurm sends it SIGUSR1: it saves, and has the job put back into the queue.
"""

import os
import signal
import sys
from pathlib import Path

from ganlab import listings, runs
from ganlab.jobs.slurm import programs
from ganlab.runs import RunFolder

TOO_SHORT = "its time limit leaves no time to train; raise GANLAB_SLURM_TIME"


def main() -> int:
    """Train; what is printed goes to the run's log. Returns 1 when the run cannot go on."""
    early: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, frame: early.append(number))  # it would end this process till then
    from ganlab.jobs import worker  # with torch, which takes seconds

    folder = RunFolder(Path(sys.argv[1]))
    if problem := _against(folder):
        return worker.told(problem)
    if os.environ.get("SLURM_RESTART_COUNT", "0") != "0":
        _go_on(folder)
    before = _step(folder)
    if early:
        return worker.told(_give_up(folder, TOO_SHORT))
    code = worker.train(folder.path)
    if code or runs.read_status(folder).state != "queued":
        return code
    why = _back_into_the_queue() if _step(folder) != before else TOO_SHORT
    return worker.told(_give_up(folder, why)) if why else 0


def _against(folder: RunFolder) -> str:
    """Why this job is not to train the run; empty when it is."""
    try:
        handle = runs.read_where(folder).handle
    except ValueError as error:
        return str(error)
    if handle and handle != this_job():  # empty: whoever sent it has not written it down yet
        return f"this is job {this_job()}, but the run was sent again as job {handle}"
    return ""


def this_job() -> str:
    """What `where.json` calls this job."""
    of = os.environ
    if "SLURM_ARRAY_TASK_ID" in of:
        return f"{of.get('SLURM_ARRAY_JOB_ID', '')}_{of['SLURM_ARRAY_TASK_ID']}"
    return of.get("SLURM_JOB_ID", "")


def _back_into_the_queue() -> str:
    """Have this job started again; Slurm ends this process when it has taken it back. Why not, where it does not."""
    try:
        programs.run("scontrol", "requeue", os.environ["SLURM_JOB_ID"])
    except ValueError as error:
        return f"its time limit was near, so it saved; {error}"
    return ""


def _go_on(folder: RunFolder) -> None:
    """A job that is started again was ended by the cluster (for a more urgent one, say), and not by anyone's wish.

    On a machine that was cut off its trainer may still be there.
    """
    runs.claim(folder)
    status = runs.read_status(folder)
    if status.state == "cancelled" and not listings.is_file(folder.stop):
        runs.write_status(folder, status.model_copy(update={"state": "queued", "signal": None}))


def _give_up(folder: RunFolder, why: str) -> str:
    """Have the run failed; returns the reason, with the remedy."""
    message = f"{why}; then resume it"
    runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "failed", "error": message}))
    return message


def _step(folder: RunFolder) -> int:
    """The step that it was at, as its status says; 0 where it says nothing."""
    try:
        return runs.read_status(folder).step
    except ValueError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
