"""`bench`: runs the measurements in the project's `bench` folder and keeps what they print."""

import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import torch

from ganlab import folders
from ganlab.commands.names import known_name
from ganlab.foreign import parse_json, read_json
from ganlab.whole_files import replacing, require_room

FOLDER = folders.root() / "bench"
ROOM_BYTES = 2**16  # more than the file takes
MEASUREMENTS = ("app", "cold", "convolutions", "curves", "live", "packing", "playground", "step")
"""Scripts that print what they measured as JSON on their last line."""


def bench(*, only: str = "", out: Path = FOLDER / "results.json") -> int:
    """Measure speed: a training step, convolutions, the app's answers, first visits, live stage, curves, packing.

    And games of the Playground: frames and steps a second, with one person and with two.

    Args:
        only: one measurement by name (step, convolutions, app, cold, live, curves, packing, playground), the others
            stay as they are in the file; all of them when empty.
        out: the file to write.
    """
    scripts = {name: FOLDER / f"{name}.py" for name in MEASUREMENTS}
    if not all(path.is_file() for path in scripts.values()):
        raise ValueError(f"there are no measurements in {FOLDER}; run this from a checkout of the project")
    require_room(out, ROOM_BYTES)
    chosen = [known_name("measurement", only, scripts)] if only else list(scripts)
    results = _earlier(out) if only and out.is_file() else {}
    results |= {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "torch": torch.__version__},
    }
    environment = os.environ | {"PYTHONPATH": str(FOLDER.parent), "PYTHONUTF8": "1"}
    for name in chosen:
        print(f"{name} ...", flush=True)
        done = subprocess.run(
            [sys.executable, scripts[name]], env=environment, stdout=subprocess.PIPE, encoding="utf-8"
        )
        if done.returncode:
            raise ValueError(f"the measurement {name} failed with exit code {done.returncode}")
        results[name] = parse_json(done.stdout.splitlines()[-1])
        print(json.dumps(results[name], indent=2), flush=True)
    with replacing(out) as part:
        part.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(out)
    return 0


def _earlier(path: Path) -> dict[str, object]:
    try:
        return dict(read_json(path))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} holds no earlier results ({error}); move it away, or measure all") from error


def _processor() -> str:
    """Its name, and whether it multiplies bfloat16 natively, which decides the ratio."""
    flags = {"amx_bf16", "avx512_bf16"}
    lines = (
        Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        if Path("/proc/cpuinfo").is_file()
        else []
    )
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    found = sorted(flags & {flag for line in lines if line.startswith("flags") for flag in line.split()})
    return f"{model} ({', '.join(found) or 'no bfloat16'})"
