"""The tests that need a GPU, by pytest."""

import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec

from bench.gpu_parts.records import Order, Tests

FOLDER = "tests/gpu"
TAIL = 3_000  # characters


def measure(order: Order, record: Tests, save: Callable[[], None]) -> None:
    if find_spec("pytest") is None or find_spec("pytest_timeout") is None:
        raise ValueError("pytest and pytest-timeout are neither installed nor among what travelled")
    command = [sys.executable, "-m", "pytest", "-m", "gpu", FOLDER, "-p", "no:cacheprovider", "--timeout=60"]
    command += ["-W", "default"]  # a warning of another version of torch is no answer of the GPU
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    counts = dict.fromkeys(("passed", "failed", "skipped", "error"), 0)
    for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", done.stdout.strip().rpartition("\n")[2]):
        counts[word] += int(number)
    record.passed, record.skipped = counts["passed"], counts["skipped"]
    record.failed = counts["failed"] + counts["error"]
    record.tail = done.stdout[-TAIL:]
    save()
    if done.returncode:
        raise ValueError(f"{record.failed} of the tests failed; see tail")
    if not order.rehearsal and not record.passed:
        raise ValueError("no test ran although there is a GPU; see tail")
