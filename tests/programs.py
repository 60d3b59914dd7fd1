"""Other programs that run while a test does."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ENDING_SECONDS = 10


@contextmanager
def running(
    command: Sequence[Any], log: Path, environment: Mapping[str, str] | None = None, *, folder: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The program in `folder`, with further environment variables; what it says is added to `log`."""
    with log.open("ab") as out:  # a pipe would fill up and block it
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | dict(environment or {}), stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
