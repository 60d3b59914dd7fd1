"""The processes that train the runs of the queue: how they are started, found again and ended."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

from ganlab import cards, runs
from ganlab.foreign import read_end
from ganlab.jobs.processes import ChildProcess, Force, end, start_detached
from ganlab.jobs.states import State, read_state
from ganlab.runs import RunFolder, Status
from ganlab.system_errors import in_words

WORKER = "ganlab.jobs.worker"
UPTIME_TOLERANCE_SECONDS = 1.5  # the time of the machine's start is known to a second
LOG_TAIL_CHARACTERS = 2_000


class Child(NamedTuple):
    """A trainer that this scheduler has started."""

    process: ChildProcess
    folder: RunFolder
    queued: float  # when its run was put into the queue; a resumed run has another time
    cards: tuple[int, ...] = ()  # the numbers of the cards that it was given


def may_train(folder: RunFolder) -> bool:
    """Whether a trainer of this process's user could write into the run's folder."""
    effective = os.access in os.supports_effective_ids
    return os.access(folder.path, os.R_OK | os.W_OK | os.X_OK, effective_ids=effective)


def start_trainer(folder: RunFolder, status: Status, numbers: tuple[int, ...]) -> Child | str:
    """Start the trainer of a run on cards of those numbers, or on none; else say why not."""
    variables = cards.environment(numbers) if numbers else {}
    try:
        process = start_detached(WORKER, folder.path, log=folder.log, variables=variables)
    except OSError as error:
        return f"the trainer cannot be started ({in_words(error)}); put that right, then resume the run"
    return Child(process, folder, status.queued, numbers)


def living_trainers(root: Path) -> dict[str, Child]:
    """Trainers that another scheduler has started before it died, by their runs; those that are just beginning, too.

    Such a run is still `queued` by its files: it would be started once more, on another card.
    """
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = process.cmdline()
            if len(words) < 2 or words[-2] != WORKER or Path(words[-1]).parent != root:
                continue
            folder, given = RunFolder(Path(words[-1])), cards.given(process.environ())
            state = read_state(folder)
            if isinstance(state, State):
                found[folder.name] = Child(_Orphan(process), folder, state.status.queued, given)
    return found


def end_trainer(folder: RunFolder, status: Status, force: Force) -> bool:
    """End a run's trainer if it is certainly the trainer: it holds the lock, and pid and start time agree.

    False where it is none, or another user's, which may not be ended.
    """
    if status.pid is None or not runs.is_locked(folder):
        return False
    try:
        process = psutil.Process(status.pid)
        if not _is_trainer(process, status):
            return False  # the number has gone to another process
        end(process, force)
    except psutil.Error:
        return False
    return True


def _is_trainer(process: psutil.Process, status: Status) -> bool:
    if status.process_uptime is None:  # a trainer of an earlier version
        return abs(process.create_time() - (status.process_started or 0)) < 0.1
    return abs(runs.uptime_at_start(process) - status.process_uptime) < UPTIME_TOLERANCE_SECONDS


def last_words(folder: RunFolder) -> str:
    """Why a trainer ended before it began, as far as its log tells."""
    try:
        text = read_end(folder.log, 4 * LOG_TAIL_CHARACTERS).decode("utf-8", "replace")[-LOG_TAIL_CHARACTERS:].strip()
    except OSError:
        text = ""
    return f"the trainer ended before it began; the end of {folder.log.name}: {text or 'nothing'}"


@dataclass(frozen=True)
class _Orphan:
    """The process of a trainer that is no child of this one."""

    process: psutil.Process

    def poll(self) -> int | None:
        try:
            return None if self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE else 0
        except psutil.NoSuchProcess:
            return 0

    def kill(self) -> None:
        with suppress(psutil.Error):  # it has gone, or is another user's
            self.process.kill()

    def terminate(self) -> None:
        with suppress(psutil.Error):
            self.process.terminate()
