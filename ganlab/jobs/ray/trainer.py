"""The process that trains a run as a job of Ray's: `python -m ganlab.jobs.ray.trainer FOLDER HANDLE`."""

import sys
from pathlib import Path

from ganlab import runs
from ganlab.jobs import worker
from ganlab.runs import RunFolder
from ganlab.system_errors import in_words


def main() -> int:
    """Train; what is printed goes to the run's log. Returns 1 when the run cannot go on."""
    path, handle = Path(sys.argv[1]), sys.argv[2]
    try:
        sent = runs.read_where(RunFolder(path)).handle
        state = runs.read_status(RunFolder(path)).state
    except (ValueError, OSError) as error:
        return worker.told(in_words(error))
    if sent != handle:
        return worker.told(f"this is job {handle}, but the run was sent again as {sent or 'another'}; ended")
    if state != "queued":  # Ray starts no job twice: another one is at work, or the run was cancelled meanwhile
        return 0
    return worker.train(path)


if __name__ == "__main__":
    sys.exit(main())
