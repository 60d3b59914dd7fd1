"""What runs write into the folder they share, and what a gallery of many models reads.

    python -m bench.many_files run --recipe mnist-dcgan-32 --steps 300      files and bytes that a training writes
    python -m bench.many_files gallery --models 3000                        seconds of a look at a gallery

`run` counts by Python's own events what a real training opens below its folder. `gallery` makes hard links of a shipped
checkpoint. Figures go to standard output as JSON.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from ganlab import folders, runs
from ganlab.execute import execute
from ganlab.explore import library
from ganlab.explore.model_index import ModelIndex
from ganlab.recipes import RECIPES


def of_a_run(name: str, steps: int) -> dict[str, Any]:
    """Files that a training opens, replaces and asks for below its folder, and the bytes that it writes there."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as root:
        made = RECIPES[name].with_settings({"steps": steps})
        folder = runs.create(Path(root) / "run", made, device="cpu")
        place, is_counted = str(folder.path), [True]

        def note(event: str, details: tuple[Any, ...]) -> None:
            if event not in ("open", "os.rename") or not is_counted[0] or not isinstance(details[0], str | Path):
                return
            if not str(details[0]).startswith(place):
                return
            if event == "os.rename":
                counts["replaced"] += 1
                counts["bytes"] += os.path.getsize(details[0]) if Path(details[0]).suffix == ".part" else 0
                counts[f"replaced {Path(details[1]).name}"] += 1
            else:
                flags = details[2] or 0
                counts["opened to write" if flags & (os.O_WRONLY | os.O_RDWR) else "opened to read"] += 1

        sys.addaudithook(note)  # for good: there is no way to take it off
        began, cpu = time.perf_counter(), time.process_time()
        reports = list(execute(folder))
        seconds = time.perf_counter() - began
        is_counted[0] = False
        lines = folder.metrics.stat().st_size
        files = [path for path in folder.path.rglob("*") if path.is_file()]
        return {
            "recipe": name,
            "steps": steps,
            "seconds": round(seconds, 1),
            "processor_seconds": round(time.process_time() - cpu, 1),
            "seconds_of_steps": round(reports[-1].seconds, 1),
            "reports": len(reports),
            **dict(sorted(counts.items())),
            "metrics_bytes": lines,
            "files_left": len(files),
            "bytes_left": sum(path.stat().st_size for path in files),
        }


def of_a_gallery(count: int) -> dict[str, Any]:
    """Seconds in which the gallery looks at so many models: for the first time, again, and after a new start."""
    source = folders.root() / "checkpoints" / "mnist-cgan-28.safetensors"
    with tempfile.TemporaryDirectory(dir=source.parent.parent) as root:  # hard links stay on one disk
        for number in range(count):
            os.link(source, Path(root) / f"model-{number:06}.safetensors")
        with mock.patch.dict(os.environ, {library.CHECKPOINTS_VARIABLE: root, runs.folder.VARIABLE: f"{root}/none"}):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            kept = Path(root) / "index.sqlite"
            index = ModelIndex(kept)
            models, listing = _timed(library.models)
            _, first = _timed(lambda: index.of(models))
            _, again = _timed(lambda: index.of(library.models()))
            _, restarted = _timed(lambda: ModelIndex(kept).of(library.models()))
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            index_bytes = kept.stat().st_size
    return {
        "models": len(models),
        "list": listing,
        "first_look": first,
        "look": again,
        "first_look_after_a_start": restarted,
        "index_bytes": index_bytes,
        "memory_grown_megabytes": round(grown / 1024),
        "header_bytes": 8 + int.from_bytes(source.read_bytes()[:8], "little"),
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    began, cpu = time.perf_counter(), time.process_time()
    found = work()
    seconds, processor = time.perf_counter() - began, time.process_time() - cpu
    return found, {"seconds": round(seconds, 3), "processor_seconds": round(processor, 3)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["run", "gallery"])
    parser.add_argument("--recipe", default="mnist-dcgan-32")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--models", type=int, default=3_000)
    options = parser.parse_args()
    found = of_a_run(options.recipe, options.steps) if options.what == "run" else of_a_gallery(options.models)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
