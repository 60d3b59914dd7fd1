"""Work that a process of its own does: its progress is in a folder, so that pages may come and go."""

import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ganlab import listings, locks
from ganlab.data.adding import Stopped
from ganlab.foreign import CutText, TrueIsNoNumber, read_json
from ganlab.full_disk import DiskFullError
from ganlab.jobs.audience import Audience, shown_to
from ganlab.jobs.processes import NICENESS, start_detached
from ganlab.system_errors import in_words
from ganlab.whole_files import age_seconds, replacing

State = Literal["starting", "looking", "looked", "packing", "packed", "training", "trained", "stopped", "failed"]
WORKING: tuple[State, ...] = ("looking", "packing", "training")  # what a process says that is there
ACTIVE: tuple[State, ...] = ("starting", *WORKING)

TOLD_EVERY_SECONDS = 0.3
PATIENCE_SECONDS = 10.0  # for the process before, which may still be ending
STARTING_SECONDS = 300.0  # within which a process has said something, on the busiest machine


class Status(TrueIsNoNumber):
    """What becomes of the work."""

    model_config = ConfigDict(frozen=True)

    state: State = "starting"
    share: float = 0.0  # of the work, in [0, 1]
    text: CutText = ""  # what is being done
    error: CutText = ""  # why it failed
    start: CutText = ""  # which start of a process is due, until that says something itself

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Work:
    """The folder of some work."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    @property
    def stop(self) -> Path:
        return self.path / "stop"

    @property
    def lock(self) -> Path:
        return self.path / "lock"


def start(work: Work, module: str) -> None:
    """Have a process do it: `python -m module FOLDER START`, which calls `carry_out`."""
    work.stop.unlink(missing_ok=True)
    status = Status(start=secrets.token_hex(8))
    write_status(work, status)
    process = start_detached(module, work.path, status.start, log=work.path / "log.txt")

    def watch() -> None:
        process.wait()
        with suppress(OSError):  # it may have been discarded
            if listings.is_folder(work.path) and _said(work) == status:
                error = "no process could be started; the server's disk or memory may be full"
                write_status(work, Status(state="failed", error=error))

    threading.Thread(target=watch, daemon=True).start()


def cancel(work: Work) -> None:
    """Ask for its end."""
    work.stop.touch()
    if not locks.is_held(work.lock) and read_status(work).active:  # no process has come yet, or it has died
        write_status(work, Status(state="stopped"))


def remove(work: Work) -> None:
    """Remove its folder, or the link to it. ValueError while a process works on it."""
    with suppress(FileNotFoundError):
        with locks.hold(work.lock, patience_seconds=5.0):
            if work.path.is_symlink():
                work.path.unlink()
                return
            for path in work.path.iterdir():
                if path not in locks.files(work.lock):
                    shutil.rmtree(path) if listings.is_folder(path) and not path.is_symlink() else path.unlink()
        shutil.rmtree(work.path)


def read_status(work: Work) -> Status:
    """What the process has said last; that it died, where it said so little."""
    status = _said(work)
    if status.state == "starting" and _is_old(work) and not locks.is_held(work.lock) and _said(work) == status:
        return Status(state="failed", error="no process came to do it; begin again")
    if status.state in WORKING and not locks.is_held(work.lock):
        status = _said(work)  # it may have ended well in between
        if status.state in WORKING:
            return Status(state="failed", error="the process that did it has ended; go on where it was")
    return status


def _is_old(work: Work) -> bool:
    with suppress(OSError):
        return age_seconds(work.status, time.time()) > STARTING_SECONDS
    return False


def write_status(work: Work, status: Status) -> None:
    write_values(work.status, status)


def write_values(path: Path, values: BaseModel) -> None:
    """A small file of the folder, as JSON."""
    with replacing(path) as part:
        part.write_text(json.dumps(values.model_dump(mode="json")), encoding="utf-8")


def carry_out(work: Work, start: str, do: Callable[[], State], in_plain_words: Callable[[str], str] = str) -> int:
    """The life of the process: `do` what is due, and write down how it ended.

    A process may take seconds to come. Where its `start` was cancelled meanwhile, or another one followed, it does
    nothing. Returns 1 when it cannot be done; the status says why, `in_plain_words`.
    """
    if hasattr(os, "nice"):  # POSIX only
        os.nice(NICENESS)
    try:
        with shown_to(Audience()), locks.hold(work.lock, patience_seconds=PATIENCE_SECONDS):
            if _said(work).start != start:
                return 0
            status = _done(do, in_plain_words)
            write_status(work, status)
            return int(status.state == "failed")
    except (ValueError, OSError) as error:  # discarded while this process was starting
        print(in_words(error))
        return 1


class Teller:
    """Writes progress down, not more often than people can read it."""

    def __init__(self, work: Work, state: State) -> None:
        self._work, self._state, self._told = work, state, 0.0
        self(0.0, "")

    def __call__(self, share: float, text: str) -> None:
        if time.monotonic() - self._told > TOLD_EVERY_SECONDS:
            self._told = time.monotonic()
            write_status(self._work, Status(state=self._state, share=share, text=text))


def _done(do: Callable[[], State], in_plain_words: Callable[[str], str]) -> Status:
    try:
        return Status(state=do(), share=1.0)
    except Stopped:
        return Status(state="stopped")
    except (ValueError, DiskFullError, OSError) as error:
        told = in_plain_words(in_words(error))
        print(told)
        return Status(state="failed", error=told)


def _said(work: Work) -> Status:
    try:
        return Status.model_validate(read_json(work.status))
    except (OSError, ValueError) as error:
        return Status(state="failed", error=in_words(error))
