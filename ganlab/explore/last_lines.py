"""The ends of the files that a run writes, however long they are."""

import math
from pathlib import Path
from typing import NamedTuple

from ganlab import listings
from ganlab.foreign import parse_json, read_end
from ganlab.runs import RunFolder
from ganlab.system_errors import in_words

LOG_LINES = 30
TAIL_BYTES = 16_384


def log_tail(path: Path) -> str:
    """The last lines of a log, or why it cannot be read."""
    try:
        return "\n".join(_last_lines(path)[-LOG_LINES:])
    except OSError as error:
        return in_words(error, path)


class Trained(NamedTuple):
    """How far a training came up to its last report."""

    images: int
    seconds: float  # of steps alone: without pauses, samples and measuring

    @property
    def images_per_second(self) -> float:
        return self.images / self.seconds


def trained(run: RunFolder) -> Trained | None:
    """From the last report that makes sense; None when there is none."""
    try:
        lines = _last_lines(run.metrics)
    except OSError:  # the curves say so
        return None
    for line in reversed(lines):
        try:
            report = parse_json(line)
            found = Trained(int(report["images"]), float(report["seconds"]))
        except (ValueError, TypeError, KeyError, OverflowError):  # cut short, or written by hand
            continue
        if math.isfinite(found.seconds) and found.seconds > 0:
            return found
    return None


def _last_lines(path: Path) -> list[str]:
    if not listings.is_file(path):
        return []
    return read_end(path, TAIL_BYTES).decode(errors="replace").splitlines()
