"""How long it takes to open the curves of many long runs: parsed for the first time, and from what was kept.

Prints one JSON object. `python bench/curves.py --runs 100 --lines 50000` needs about 1.5 GB of disk.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import tyro

from ganlab.explore import curves
from ganlab.runs import RunFolder
from ganlab.ui.charts import curve_figure

T = TypeVar("T")
QUANTITIES = ("discriminator/loss", "discriminator/real", "discriminator/fake", "generator/loss", "generator/fake")


def measure(runs: int = 100, lines: int = 50_000) -> dict[str, object]:
    """Make `runs` synthetic runs of `lines` report lines, read them cold and again, and make the figure."""
    with tempfile.TemporaryDirectory() as temporary:
        folders = _make(Path(temporary), runs, lines)
        cold, _ = _timed(lambda: [curves.of_run(folder) for folder in folders])
        cached, read = _timed(lambda: [curves.of_run(folder) for folder in folders])
        named = {folder.name: run for folder, run in zip(folders, read, strict=True)}
        drawn, figure = _timed(lambda: curve_figure(named, smoothing=0.02))
        sent, text = _timed(figure.to_json)
        with folders[0].metrics.open("a", encoding="utf-8") as file:
            file.writelines(_lines(range(lines, lines + 100)))
        appended, longer = _timed(lambda: curves.of_run(folders[0]))
    if any(len(run) != lines for run in read) or len(longer) != lines + 100:
        raise ValueError("the curves that were read are not those that were written")
    return {
        "runs": runs,
        "lines_a_run": lines,
        "cold_parse": cold,
        "cached_read": cached,
        "one_run_with_100_new_lines": appended,
        "figure": drawn,
        "figure_as_json": sent,
        "figure_megabytes": round(len(text) / 1e6, 2),
        "points_a_line": max(len(trace.x) for trace in figure.data),
    }


def _make(root: Path, runs: int, lines: int) -> list[RunFolder]:
    folders = [RunFolder(root / f"run-{i:03}") for i in range(runs)]
    for i, folder in enumerate(folders):
        folder.path.mkdir()
        if i == 0:
            folder.metrics.write_text("".join(_lines(range(lines))), encoding="utf-8")
        else:  # what is in the file does not matter to the reader, only that it is another file
            shutil.copyfile(folders[0].metrics, folder.metrics)
    return folders


def _lines(steps: range) -> list[str]:
    values = np.random.default_rng(steps.start).normal(size=(len(steps), len(QUANTITIES)))
    return [
        json.dumps(
            {"step": 50 * (step + 1), "images": 3200 * (step + 1), "seconds": round(0.4 * step, 3)}
            | {name: float(f"{value:.6g}") for name, value in zip(QUANTITIES, row, strict=True)}
        )
        + "\n"
        for step, row in zip(steps, values.tolist(), strict=True)
    ]


def _timed(work: Callable[[], T]) -> tuple[dict[str, float], T]:
    """Seconds on the clock and of this process's work; on a busy machine only the second compares."""
    start, worked = time.perf_counter(), time.process_time()
    result = work()
    seconds = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - worked}
    return {name: round(value, 4) for name, value in seconds.items()}, result


if __name__ == "__main__":
    print(json.dumps(tyro.cli(measure)))
