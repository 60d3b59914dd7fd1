"""Text for people in a terminal: aligned columns, metrics, times."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence

from ganlab.counting import number
from ganlab.metrics import FLOOR, METRICS, title
from ganlab.metrics.outcome import by_reason, in_full


def table(rows: Sequence[Sequence[str]], *, indent: int = 2) -> str:
    """Rows with their columns aligned; every row has as many cells as the first."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(" " * indent + line.rstrip() for line in lines)


def metrics_table(values: Mapping[str, float], left_out: Mapping[str, str]) -> str:
    """One line a metric: its title, its value, that of real test images when it is there, and what it means.

    Below them, why others were not measured.
    """
    beside = any(key.startswith(FLOOR) for key in values)
    rows = [["", "model", *(["real data"] if beside else []), ""]]
    for key, metric in METRICS.items():
        if key in values:
            real = [in_full(values, FLOOR + key, number)] if beside else []
            rows.append([metric.title, in_full(values, key, number), *real, metric.text])
    missing = [f"  not measured: {', '.join(map(title, names))} ({why})" for why, names in by_reason(left_out).items()]
    return "\n".join([table(rows), *missing])


def duration(seconds: float) -> str:
    """Hours, minutes and seconds: `1:02:03` or `2:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def quoted(value: object) -> str:
    """A path or name as it is typed into a shell: that of POSIX systems, or cmd.exe and PowerShell."""
    return subprocess.list2cmdline([str(value)]) if os.name == "nt" else shlex.quote(str(value))
