"""Python processes that run a module of ours, and how each operating system starts and ends them."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Protocol

import psutil

from ganlab import folders, locks
from ganlab.jobs.audience import Audience, shown_to
from ganlab.system_errors import in_words

Force = Literal["ask", "kill"]


class ChildProcess(Protocol):
    """What is asked of a process that was started here, as `subprocess.Popen` has it."""

    def poll(self) -> int | None: ...

    def kill(self) -> None: ...

    def terminate(self) -> None: ...


NICENESS = 5  # of what works for long: the app and whoever works at the machine come first
TERM_AFTER_SECONDS = 5.0  # the trainer looks for the stop file itself, every half second and between steps
KILL_AFTER_SECONDS = 60.0  # long enough for a slow step and for saving
ASKING_ENDS_AT_ONCE = os.name == "nt"
"""Whether a process that is asked to end has no chance to save: Windows has no signals between processes."""


def environment() -> dict[str, str]:
    """That of this process, with which another Python finds ganlab and writes UTF-8."""
    checkout = "" if folders.is_installed() else str(folders.root())  # what is installed is found without it
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, [checkout, os.environ.get("PYTHONPATH", "")])),
        "PYTHONUTF8": "1",  # and no letter ends a training
    }


def start_detached(
    module: str, *arguments: Path | str, log: Path, variables: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Run `python -m module arguments` so that it outlives this process, its terminal, and Ctrl-C there.

    What it prints is appended to `log`; `variables` are further ones of its environment.
    """
    unbuffered = environment() | {"PYTHONUNBUFFERED": "1"} | dict(variables or {})
    # Threads that wait for each other by spinning take the cores from those they wait for. Beside one busy process,
    # on 2 cores, 120 steps of digits-quick took 55 s (49 s of processor time) and take 9 s (13 s) with sleeping ones.
    unbuffered.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with log.open("ab") as out:  # a file, not a pipe: nobody has to read it
        return subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # POSIX only, as the next is Windows only: a console of its own that nobody sees
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
            | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            env=unbuffered,
        )


def ensure_one(module: str, root: Path, *, lock: Path, log: Path) -> None:
    """Start `python -m module root` unless one is at work. One too many is harmless: its lock lets one stay.

    ValueError where files cannot be locked.
    """
    if locks.is_held(lock):
        return
    locks.require(root)
    process = start_detached(module, root, log=log)
    threading.Thread(target=process.wait, daemon=True).start()  # or it stays a zombie for as long as the app lives


def stay_alone(lock: Path, work: Callable[[], object], *, waits: Callable[[], bool]) -> int:
    """The whole life of such a process: `work`, as the only one that holds the lock; returns its exit code."""
    while True:
        try:
            with shown_to(Audience()), locks.hold(lock):
                work()
        except locks.Held:
            return 0  # there is one already
        except (ValueError, OSError) as error:
            print(in_words(error), file=sys.stderr)
            return 1
        if not waits():
            return 0  # else: a run came after the last look, when its submitter still saw the lock held


def due_force(seconds: float) -> Force | None:
    """What a trainer gets that was asked to stop by its `stop` file so many seconds ago and is still there."""
    if seconds > KILL_AFTER_SECONDS:
        return "kill"
    return "ask" if seconds > TERM_AFTER_SECONDS and not ASKING_ENDS_AT_ONCE else None


def end(process: psutil.Process | ChildProcess, force: Force) -> None:
    """Ask a process to end, or end it."""
    if force == "kill":
        process.kill()
    else:
        process.terminate()
