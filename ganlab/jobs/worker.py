"""The process that trains one queued run: `python -m ganlab.jobs.worker FOLDER`, started by the scheduler."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path

from ganlab import runs
from ganlab.execute import execute
from ganlab.full_disk import DiskFullError
from ganlab.jobs.processes import NICENESS
from ganlab.loop import Report
from ganlab.system_errors import in_words

LOG_EVERY_SECONDS = 5.0


def main() -> int:
    """Train; what is printed goes to the run's log. Returns 1 when the run cannot go on."""
    if hasattr(os, "nice"):  # POSIX only
        os.nice(NICENESS)
    try:
        folder = runs.open_run(Path(sys.argv[1]))
        state = runs.read_status(folder).state
    except (ValueError, OSError) as error:  # deleted while this process was starting, or damaged
        print(f"{_clock()} {in_words(error)}")
        return 1
    if state != "queued":
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
        print(f"{_clock()} {in_words(error)}")
        return 1
    status = runs.read_status(folder)
    print(f"{_clock()} {status.state} at step {status.step:,} of {status.steps:,} {status.error}".rstrip())
    return 0


def _line(report: Report) -> str:
    return f"{_clock()} step {report.step:,}  " + "  ".join(f"{k} {v:.3g}" for k, v in report.values.items())


def _clock() -> str:
    return datetime.now().astimezone().isoformat(" ", timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
