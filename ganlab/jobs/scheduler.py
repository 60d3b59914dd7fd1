"""The process that starts queued runs, oldest first: `python -m ganlab.jobs.scheduler RUNS_FOLDER`.

One a runs folder, held by a lock. It ends when nothing waits or trains; the trainers do not need it to live.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from ganlab import listings, runs
from ganlab.foreign import read_bytes
from ganlab.jobs.job import is_waiting
from ganlab.jobs.local import scheduler_lock, slots
from ganlab.jobs.processes import Force, due_force, end, start_detached, stay_alone
from ganlab.runs import RunFolder, Status
from ganlab.system_errors import in_words

POLL_SECONDS = 0.5
UPTIME_TOLERANCE_SECONDS = 1.5  # the time of the machine's start is known to a second
LOG_TAIL_CHARACTERS = 2_000

States = list[tuple[RunFolder, Status]]


class Child(NamedTuple):
    """A trainer that this scheduler has started."""

    process: subprocess.Popen[bytes]
    folder: RunFolder
    queued: float  # when its run was put into the queue; a resumed run has another time


Children = dict[str, Child]  # by the run's name
Asked = dict[str, float]
"""When this scheduler first saw that a run is asked to stop, or that its folder is gone, by its name:
`time.monotonic()`, for the clock and the times of files may be set to anything."""


def main() -> int:
    root = Path(sys.argv[1])
    return stay_alone(
        scheduler_lock(root),
        lambda: run_queue(root, slots=slots()),
        waits=lambda: any(is_waiting(status) for _, status in read_states(root)),
    )


def run_queue(root: Path, *, slots: int) -> None:
    """Keep at most `slots` trainings going until none waits or trains, whoever started them."""
    children: Children = {}
    asked: Asked = {}
    while True:
        _reap(children, root)
        states = read_states(root)
        busy = set(children) | {folder.name for folder, status in states if status.state in ("running", "cancelling")}
        line = sorted((state for state in states if is_waiting(state[1])), key=lambda state: state[1].queued)
        for folder, status in line:
            if len(busy) < slots and folder.name not in busy and (child := _start(folder, status)):
                children[folder.name] = child
                busy.add(folder.name)
        gone = {name for name, child in children.items() if not listings.is_folder(child.folder.path)}
        stopping = gone | {folder.name for folder, _ in states if listings.is_file(folder.stop)}
        asked = {name: asked.get(name, time.monotonic()) for name in stopping}
        due = {name: force for name in asked if (force := due_force(time.monotonic() - asked[name]))}
        for name in gone & due.keys():
            end(children[name].process, due[name])
        for folder, status in states:
            if folder.name in due:
                end_trainer(folder, status, due[folder.name])
        if not busy and not line:
            return
        time.sleep(POLL_SECONDS)


def _start(folder: RunFolder, status: Status) -> Child | None:
    """Start the trainer of a run. One that cannot be started is failed, and the queue goes on."""
    try:
        return Child(start_detached("ganlab.jobs.worker", folder.path, log=folder.log), folder, status.queued)
    except OSError as error:
        if listings.is_folder(folder.path):
            message = f"the trainer cannot be started ({in_words(error)}); put that right, then resume the run"
            runs.write_status(folder, status.model_copy(update={"state": "failed", "error": message}))
        return None


def read_states(root: Path) -> States:
    """Every run of this machine whose status can be read."""
    found: States = []
    for folder in runs.list_runs(root):
        try:
            if runs.is_here(folder):
                found.append((folder, runs.read_status(folder)))
        except (ValueError, OSError):
            continue  # damaged: the app shows it; the queue goes on
    return found


def end_trainer(folder: RunFolder, status: Status, force: Force) -> bool:
    """End a run's trainer if it is certainly the trainer: it holds the lock, and pid and start time agree."""
    if status.pid is None or not runs.is_locked(folder):
        return False
    try:
        process = psutil.Process(status.pid)
        if not _is_trainer(process, status):
            return False  # the number has gone to another process
        end(process, force)
    except psutil.NoSuchProcess:
        return False
    return True


def _is_trainer(process: psutil.Process, status: Status) -> bool:
    if status.process_uptime is None:  # a trainer of an earlier version
        return abs(process.create_time() - (status.process_started or 0)) < 0.1
    return abs(runs.uptime_at_start(process) - status.process_uptime) < UPTIME_TOLERANCE_SECONDS


def _reap(children: Children, root: Path) -> None:
    """Collect trainers that have ended; a run whose trainer never began is failed, or it would wait for ever."""
    ended = {name: children.pop(name) for name, child in list(children.items()) if child.process.poll() is not None}
    for folder, status in read_states(root) if ended else []:
        child = ended.get(folder.name)
        if child and status.state == "queued" and status.queued == child.queued and not runs.is_locked(folder):
            runs.write_status(folder, status.model_copy(update={"state": "failed", "error": _last_words(folder)}))


def _last_words(folder: RunFolder) -> str:
    try:
        text = read_bytes(folder.log).decode("utf-8", "replace")[-LOG_TAIL_CHARACTERS:].strip()
    except OSError:
        text = ""
    return f"the trainer ended before it began; the end of {folder.log.name}: {text or 'nothing'}"


if __name__ == "__main__":
    sys.exit(main())
