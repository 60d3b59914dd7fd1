"""Measures ganlab on a GPU: checks, speed, and trainings that a CPU cannot do; one JSON file and the checkpoints."""

import argparse
import datetime
import os
import sys
import tempfile
import time
from pathlib import Path

from pydantic import TypeAdapter

from bench.gpu_parts import files, running
from bench.gpu_parts.plan import CHOICES, PARTS, chosen, seconds_for
from bench.gpu_parts.records import AnyPart, Order, Results
from bench.gpu_parts.table import rows
from bench.parcels import LeftOut, Unpacked, unpack

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "gpu.json"
FILE = "gpu.json"
LARGE = ("iclevr", "mnist")  # which a rehearsal leaves packed


def main() -> int:
    options = _options()
    if options.collect:
        return collect(options.collect)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ganlab-gpu-") as work:
        results = measure(options, Path(work))
    if results.card and not results.rehearsal:
        files.write(results, RESULTS)
    for part in results.parts:
        why = part.error.splitlines()[-1] if part.error else ""
        print(f"{part.state:>9}  {part.seconds:6.1f} s  {part.name}  {why}")
    print(options.out / FILE)
    return 0 if all(part.state == "done" for part in results.parts) else 1


def collect(folder: Path) -> int:
    """Take over the results that a GPU machine sent back; ValueError for those of a rehearsal."""
    results = Results.model_validate_json((folder / FILE).read_text(encoding="utf-8"))
    if results.rehearsal or not results.card:
        raise ValueError(f"{folder / FILE} was not measured on a GPU; only such results belong in {RESULTS}")
    files.write(results, RESULTS)
    print(f"{RESULTS}; and for README's table of speed:", *rows(results), sep="\n")
    return 0


def measure(options: argparse.Namespace, work: Path) -> Results:
    """Run the parts in their order; the results so far are in the output folder at any time."""
    began, total = time.monotonic(), 60 * options.minutes
    names = chosen(options.only)
    unpacked = _unpacked(options.travel, work, rehearsal=options.rehearse)
    results = Results(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        rehearsal=options.rehearse,
        minutes=options.minutes,
        left_out=unpacked.left_out,
        parts=[PARTS[name].empty() for name in names],
    )
    for position, name in enumerate(names):
        passed = time.monotonic() - began
        order = Order(
            rehearsal=options.rehearse,
            seconds=seconds_for(name, names, total=total, passed=passed, rehearsal=options.rehearse),
            started=time.time(),
            work=work,
            out=options.out.resolve(),
            left_out=unpacked.left_out,
        )
        print(f"{name}: at most {order.seconds:.0f} s", flush=True)
        _run_part(results, position, order, unpacked, options.out / FILE)
    return results


def _run_part(results: Results, position: int, order: Order, unpacked: Unpacked, out: Path) -> None:
    """Run one part and keep in `results`, and in the file, whatever it wrote down before it ended."""
    name = results.parts[position].name
    record = order.work / f"{name}.json"
    seen = 0

    def watch() -> None:
        nonlocal seen
        if record.is_file() and (changed := record.stat().st_mtime_ns) != seen:
            seen = changed
            results.parts[position] = _read(record)
            results.parts[position].state = "running"
            files.write(results, out)

    request = order.work / f"{name}.order.json"
    files.write(order, request)
    ended = running.run(
        [sys.executable, "-m", "bench.gpu_parts.part", name, str(request), str(record)],
        seconds=order.seconds,
        log=order.work / f"{name}.log",
        environment=_environment(unpacked) | ({"OMP_NUM_THREADS": "1"} if order.rehearsal else {}),
        folder=ROOT,
        watch=watch,
    )
    watch()
    part = results.parts[position]
    part.limit_seconds, part.seconds = round(order.seconds, 1), round(ended.seconds, 1)
    if ended.timed_out:
        part.state, part.error = "timed out", part.error or ended.tail
    elif ended.code:
        part.state, part.error = "failed", ended.tail or f"ended with exit code {ended.code}"
    else:
        part.state = "done"
    files.write(results, out)


def _read(record: Path) -> AnyPart:
    parts: TypeAdapter[AnyPart] = TypeAdapter(AnyPart)
    return parts.validate_json(record.read_text(encoding="utf-8"))


def _unpacked(travel: Path, work: Path, *, rehearsal: bool) -> Unpacked:
    """What came along; without it, the packages and data of this machine are used as they are."""
    if travel.is_dir():
        return unpack(travel, work, only_verified=LARGE if rehearsal else ())
    (work / "packages").mkdir()
    own = Path(os.environ.get("GANLAB_DATA", work / "data"))
    missing = LeftOut(name="travel", why=f"{travel} is not there: packages and data of this machine")
    return Unpacked(packages=work / "packages", data=own, left_out=(missing,))


def _environment(unpacked: Unpacked) -> dict[str, str]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", ""), str(unpacked.packages)]
    own = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "GANLAB_DATA": str(unpacked.data)}
    return os.environ | own | {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/gpu.py", description=__doc__)
    parser.add_argument("--minutes", type=float, help="for everything (8, or 5 for a rehearsal)")
    parser.add_argument("--only", nargs="+", choices=CHOICES, default=[], metavar="PART", help=", ".join(CHOICES))
    parser.add_argument("--out", type=Path, help="folder for the JSON file and at most seven checkpoints")
    parser.add_argument("--travel", type=Path, default=ROOT / "travel", help="folder that `make travel` made")
    parser.add_argument("--rehearse", action="store_true", help="tiny sizes, on the CPU in place of the GPU")
    parser.add_argument("--collect", type=Path, metavar="FOLDER", help="put results that came back into bench/gpu.json")
    options = parser.parse_args()
    options.minutes = options.minutes or (5.0 if options.rehearse else 8.0)
    options.out = options.out or ROOT / "runs" / ("gpu-rehearsal" if options.rehearse else "gpu")
    return options


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ValueError as error:
        sys.exit(f"error: {error}")
