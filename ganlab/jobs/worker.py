"""The process that trains one queued run: `python -m ganlab.jobs.worker FOLDER`, started by the scheduler.

Where something else starts trainers, they `train` the same way.
"""

import os
import sys
import time
from datetime import datetime
from pathlib import Path

from ganlab import runs
from ganlab.execute import execute
from ganlab.full_disk import DiskFullError
from ganlab.jobs.audience import Audience, shown_to
from ganlab.jobs.processes import NICENESS
from ganlab.loop import Report
from ganlab.system_errors import in_words

LOG_EVERY_SECONDS = 5.0


def main() -> int:
    """As `train`, and out of the way of whoever works at this machine."""
    if hasattr(os, "nice"):  # POSIX only
        os.nice(NICENESS)
    with shown_to(Audience()):
        return train(Path(sys.argv[1]))


def train(path: Path) -> int:
    """Train the run at `path`; what is printed goes to its log. Returns 1 when the run cannot go on."""
    try:
        folder = runs.open_run(path)
        state = runs.read_status(folder).state
        lost = state == "running" and not runs.is_here(folder)  # its machine failed, and it was given to this one
    except (ValueError, OSError) as error:  # deleted while this process was starting, or damaged
        return told(error)
    if state != "queued" and not lost:
        return 0  # cancelled while this process was starting
    again = bool(runs.saved_states(folder))
    print(f"{_clock()} {'going on' if again else 'starting'} with {folder.name}")
    logged = time.monotonic()
    try:
        for report in execute(folder, continue_run=again, tell=lambda text: print(f"{_clock()} {text}")):
            if time.monotonic() - logged > LOG_EVERY_SECONDS:
                logged = time.monotonic()
                print(_line(report))
    except (ValueError, DiskFullError) as error:
        return told(error)
    status = runs.read_status(folder)
    print(f"{_clock()} {runs.told_state(status)} at step {status.step:,} of {status.steps:,} {status.error}".rstrip())
    return 0


def told(problem: Exception | str) -> int:
    """Say why the run cannot go on; the exit code for it."""
    print(f"{_clock()} {problem if isinstance(problem, str) else in_words(problem)}")
    return 1


def _line(report: Report) -> str:
    return f"{_clock()} step {report.step:,}  " + "  ".join(f"{k} {v:.3g}" for k, v in report.values.items())


def _clock() -> str:
    return datetime.now().astimezone().isoformat(" ", timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
