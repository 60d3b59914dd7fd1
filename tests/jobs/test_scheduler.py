"""Signals reach the trainer that they are meant for, and nobody else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ganlab import runs
from ganlab.jobs import local, processes, scheduler, seen_cards
from ganlab.jobs.placing import Room
from ganlab.jobs.processes import due_force
from ganlab.jobs.trainers import Child, end_trainer
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder, Status
from tests.rights import bound_by_rights, changed


@pytest.fixture
def folder(recipe: Recipe) -> RunFolder:
    return runs.create(runs.runs_folder() / "run", recipe)


@pytest.fixture
def deaf(folder: RunFolder) -> Iterator[subprocess.Popen[bytes]]:
    """A trainer that holds the run's lock and does nothing else, not even when it is asked to end."""
    code = "import signal, sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]);"
    code += "lock.acquire(); signal.signal(signal.SIGTERM, signal.SIG_IGN); print('held', flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code, str(folder.lock)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def write_running(folder: RunFolder, pid: int, started: float) -> Status:
    status = runs.read_status(folder).model_copy(update={"state": "running", "pid": pid, "process_started": started})
    runs.write_status(folder, status)
    return status


def start_time(pid: int) -> float:
    return psutil.Process(pid).create_time()


def test_force_grows_with_waiting() -> None:
    ages = (0, 4.9, 5.1, 59.9, 60.1)
    assert [due_force(age) for age in ages] == [None, None, "ask", "ask", "kill"]


def test_where_a_trainer_could_not_save_it_is_not_asked_but_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, where asking is killing; the trainer looks for the stop file itself."""
    monkeypatch.setattr(processes, "ASKING_ENDS_AT_ONCE", True)
    assert [due_force(age) for age in (5.1, 59.9, 60.1)] == [None, None, "kill"]


@pytest.mark.parametrize("age", [0, 10**9, -(10**6)], ids=["now", "of 1994", "of the future"])
def test_a_deaf_trainer_is_killed_after_a_while_whatever_the_time_of_the_stop_file(
    folder: RunFolder, deaf: subprocess.Popen[bytes], age: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "TERM_AFTER_SECONDS", 0.5)
    monkeypatch.setattr(processes, "KILL_AFTER_SECONDS", 2.0)
    write_running(folder, deaf.pid, start_time(deaf.pid))
    folder.stop.touch()
    assert runs.read_status(folder).state == "cancelling"
    at = folder.stop.stat().st_mtime - age
    os.utime(folder.stop, (at, at))
    began = time.monotonic()
    scheduler.run_queue(folder.path.parent, slots=1)
    assert time.monotonic() - began > 2.0
    assert deaf.wait(timeout=10) == (1 if os.name == "nt" else -signal.SIGKILL)
    assert runs.read_status(folder).state == "cancelled"


def test_a_process_that_only_has_the_number_is_spared(folder: RunFolder, deaf: subprocess.Popen[bytes]) -> None:
    status = write_running(folder, deaf.pid, start_time(deaf.pid) - 100)  # the trainer's number, given to another later
    assert not end_trainer(folder, status, "kill")
    assert deaf.poll() is None
    assert runs.is_locked(folder)


def test_a_process_without_the_lock_is_spared(folder: RunFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        status = write_running(folder, process.pid, start_time(process.pid))
        assert not end_trainer(folder, status, "kill")
        assert process.poll() is None


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_slots_are_a_whole_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_SLOTS", text)
    with pytest.raises(ValueError, match="whole number from 1"):
        local.slots()


def test_an_empty_folder_ends_the_queue(tmp_path: Path) -> None:
    scheduler.run_queue(tmp_path / "nothing", slots=1)


def test_a_run_that_another_user_queued_holds_up_nobody(folder: RunFolder, recipe: Recipe) -> None:
    """It is first in line, and the scheduler may not write into its folder."""
    other = runs.create(runs.runs_folder() / "other", recipe)
    for place, run in enumerate((folder, other)):
        runs.write_status(run, runs.read_status(run).model_copy(update={"state": "queued", "queued": 1.0 + place}))
    begun: list[str] = []
    queue = scheduler.Queue(
        runs.runs_folder(), Room(slots=1, slots_a_card=1), lambda run, *_: begun.append(run.name) or "not here", list
    )
    with changed(folder.path, 0o555):
        assert scheduler.look(queue)
        told = seen_cards.read(runs.runs_folder()).held_back
        runs.write_status(other, runs.read_status(other).model_copy(update={"state": "done"}))
        assert not scheduler.look(scheduler.Queue(queue.root, queue.room, queue.start, queue.ask_cards))
    assert begun == ["other"]
    assert told == {"run": scheduler.FOREIGN}


@pytest.mark.parametrize("ends", [True, False], ids=["its trainer ends at once", "none can be started"])
def test_a_run_whose_end_cannot_be_written_holds_up_nobody(folder: RunFolder, recipe: Recipe, ends: bool) -> None:
    """Its folder was closed meanwhile: it stays out of the line, and its end is written once that can be done."""
    other = runs.create(runs.runs_folder() / "other", recipe)
    for place, run in enumerate((folder, other)):
        runs.write_status(run, runs.read_status(run).model_copy(update={"state": "queued", "queued": 1.0 + place}))
    begun: list[str] = []

    def start(run: RunFolder, status: Status, numbers: tuple[int, ...]) -> Child | str:
        begun.append(run.name)
        folder.path.chmod(0o555)
        if not ends:
            return "no processes are left"
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        return Child(process, run, status.queued, numbers)

    queue = scheduler.Queue(runs.runs_folder(), Room(slots=1, slots_a_card=1), start, list)
    with bound_by_rights():
        for _ in range(4):
            assert scheduler.look(queue)
        assert begun == ["run", "other"]
        assert runs.read_status(other).state == "failed"
        [(name, why)] = seen_cards.read(runs.runs_folder()).held_back.items()
        assert name == "run"
        assert why.startswith("the trainer ended before it began" if ends else "no processes are left")
        folder.path.chmod(0o755)
        assert not scheduler.look(queue)
    assert runs.read_status(folder).state == "failed"


def test_a_trainer_of_another_user_is_left_alone(
    folder: RunFolder, deaf: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(process: psutil.Process) -> None:
        raise psutil.AccessDenied(process.pid)

    status = write_running(folder, deaf.pid, start_time(deaf.pid))
    monkeypatch.setattr(psutil.Process, "kill", denied)
    assert not end_trainer(folder, status, "kill")
