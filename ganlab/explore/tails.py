"""The ends of the files that a run writes, however long they are."""

import json
from pathlib import Path

from ganlab.runs import RunFolder

LOG_LINES = 30
TAIL_BYTES = 16_384


def log_tail(path: Path) -> str:
    """The last lines of a log."""
    return "\n".join(_last_lines(path)[-LOG_LINES:])


def seconds_trained(run: RunFolder) -> float | None:
    """How long the training took up to its last report, without waiting and pauses; None when there is no report."""
    for line in reversed(_last_lines(run.metrics)):
        try:
            return float(json.loads(line)["seconds"])
        except (ValueError, TypeError, KeyError):  # cut short, or written by hand
            continue
    return None


def _last_lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return file.read().decode(errors="replace").splitlines()
