"""The report lines of a run, in `metrics.jsonl`: one JSON object a line, with a `step`."""

import codecs
import errno
import json
import os
from typing import Any

from ganlab import listings
from ganlab.foreign import parse_json, read_bytes
from ganlab.full_disk import room_for
from ganlab.runs.paths import RunFolder
from ganlab.whole_files import replacing, sync

MOST_STEPS = 2**53  # whole numbers up to here are exact as float64, too


def append_metrics(folder: RunFolder, line: dict[str, float]) -> None:
    """Add a line as a whole: on a full disk, which raises DiskFullError, nothing of it is left.

    A trainer that takes the run over begins with a new file (`forget_metrics_after`), so that a file that was opened
    before is not the one that counts.
    """
    content = f"{json.dumps(line)}\n".encode()
    with room_for(folder.metrics), folder.metrics.open("ab", buffering=0) as file:
        folder.check()
        start = file.tell()
        if file.write(content) < len(content):
            file.truncate(start)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_metrics(folder: RunFolder) -> list[dict[str, float]]:
    """Report lines in order; a torn or damaged line is left out."""
    if not listings.is_file(folder.metrics):
        return []
    found = filter(None, map(parse_report, read_bytes(folder.metrics).removeprefix(codecs.BOM_UTF8).splitlines()))
    return [line for line in found if all(map(is_number, line.values()))]


def forget_metrics_after(folder: RunFolder, step: int) -> None:
    """Drop the lines that a resumed run will write again."""
    lines = [json.dumps(line) + "\n" for line in read_metrics(folder) if line["step"] <= step]
    with replacing(folder.metrics, check=folder.check) as part:
        part.write_text("".join(lines), encoding="utf-8")


def missing_reports(folder: RunFolder, step: int, every: int) -> int:
    """How many of the reports up to `step`, one each `every` steps, the file has lost."""
    there = {line["step"] for line in read_metrics(folder)}
    return len(set(range(every, step + 1, every)) - there)


def sync_metrics(folder: RunFolder) -> None:
    """Have the lines on the disk: a state that is saved next counts on those up to its step."""
    if listings.is_file(folder.metrics):
        sync(folder.metrics)


def parse_report(line: bytes) -> dict[str, Any] | None:
    """The report in a line; None when it is damaged."""
    try:
        found = parse_json(line)
    except ValueError:  # no UTF-8, no JSON, numbers of 5,000 digits, lists in lists in lists
        return None
    return found if is_report(found) else None


def is_report(found: Any) -> bool:
    """Whether a line's value is an object with a step."""
    if not isinstance(found, dict):
        return False
    step = found.get("step")
    return isinstance(step, int | float) and not isinstance(step, bool) and 0 <= step <= MOST_STEPS and step % 1 == 0


def is_number(cell: Any) -> bool:
    """Whether a value can stand in a curve; one that is not finite can."""
    return type(cell) is float or (type(cell) is int and abs(cell) <= MOST_STEPS)
