"""Runs one part in a process of its own, for so many seconds and no longer."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GRACE_SECONDS = 8.0
"""Between the wish to end and the end: time to save and to export."""
TAIL = 1_500  # characters of the last words that are kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a process ended."""

    seconds: float
    code: int
    timed_out: bool
    tail: str  # of its output and errors


def run(
    command: list[str],
    *,
    seconds: float,
    log: Path,
    environment: dict[str, str],
    folder: Path,
    watch: Callable[[], object] = lambda: None,
    grace: float = GRACE_SECONDS,
) -> Ended:
    """Run `command` in `folder`; SIGTERM to it after `seconds`, SIGKILL to all its processes after the grace.

    `watch` is called about four times a second.
    """
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, cwd=folder, start_new_session=True
        )
        wished = timed_out = False
        try:
            while process.poll() is None:
                passed = time.monotonic() - began
                if passed > seconds and not wished:
                    process.terminate()
                    wished = timed_out = True
                if passed > seconds + grace:
                    break
                watch()
                time.sleep(0.25 if passed > 1 else 0.02)
        finally:
            _end_all(process)
    return Ended(seconds=time.monotonic() - began, code=process.wait(), timed_out=timed_out, tail=_tail(log))


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of the part: it and those that it started are one group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _tail(log: Path) -> str:
    return log.read_bytes()[-TAIL * 2 :].decode(errors="replace")[-TAIL:].strip()
