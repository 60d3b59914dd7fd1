"""Times of files that a wrong clock has set: what is in use stays, and nothing stays for ever."""

import os
import time
from pathlib import Path

import pytest

from ganlab import caches, jobs, locks, runs
from ganlab.data.adding import packing
from ganlab.jobs import additions, elsewhere, work
from ganlab.jobs.additions import Addition
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.job import Job
from ganlab.jobs.local import scheduler_lock
from ganlab.jobs.ray import looking as ray_looking
from ganlab.jobs.slurm import looking as slurm_looking
from ganlab.jobs.work import Status, Work
from ganlab.runs import RunFolder, Where
from ganlab.whole_files import age_seconds, clock
from tests.marks import linux
from tests.tiny import TINY

YEAR = 365 * 24 * 3600.0


def dated(path: Path, seconds: float) -> Path:
    """The path, changed so many seconds from now."""
    os.utime(path, (time.time() + seconds, time.time() + seconds))
    return path


def test_a_file_from_the_future_begins_to_age(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    now = clock(tmp_path)
    assert age_seconds(dated(path, -YEAR), now) == pytest.approx(YEAR, abs=60)
    assert age_seconds(dated(path, YEAR), now) == 0.0
    assert age_seconds(path, now + 100) == pytest.approx(100, abs=1)


@pytest.mark.parametrize(("seconds", "stays"), [(-YEAR, False), (-3600.0, True), (YEAR, True)])
def test_additions_that_nobody_goes_on_with(own_data: Path, seconds: float, stays: bool) -> None:
    old, busy = (Addition(additions.additions_folder() / name) for name in ("old", "busy"))
    for one in (old, busy):
        one.path.mkdir(parents=True)
        (one.path / "picture").touch()
    with locks.hold(busy.lock):  # a process works on it
        dated(old.path, seconds)
        dated(busy.path, -YEAR)
        begun = additions.begin([Dropped("a.png", b"none")])
        assert (old.path.exists(), busy.path.exists()) == (stays, True)
    work.cancel(begun)
    assert abs(time.time() - old.path.stat().st_mtime) < YEAR / 2 if stays else True


@pytest.mark.parametrize(("seconds", "stays"), [(-YEAR, False), (-3600.0, True), (YEAR, True)])
def test_what_is_left_of_packings(tmp_path: Path, seconds: float, stays: bool) -> None:
    names = ("mine.part", "mine.json", "0a.findings", "0a.reasons", "busy.part", "busy.json", "note.txt")
    for name in names:
        (tmp_path / name).touch()
    with locks.hold(tmp_path / "busy.lock"):  # it is being packed
        for name in names:
            dated(tmp_path / name, seconds)
        packing._remove_stale(tmp_path)
    there = {path.name for path in tmp_path.iterdir() if path.name in names}
    assert there == ({*names} if stays else {"busy.part", "busy.json", "note.txt"})


@pytest.mark.parametrize(("seconds", "state"), [(-YEAR, "failed"), (0.0, "starting"), (YEAR, "starting")])
def test_a_process_that_never_comes(tmp_path: Path, seconds: float, state: str) -> None:
    one = Work(tmp_path)
    work.write_status(one, Status())
    dated(one.status, seconds)
    assert work.read_status(one).state == state
    assert one.status.stat().st_mtime < time.time() + 60, "it is waited for from now on, not for a year"


def test_of_cached_files_those_of_a_wrong_clock_go_first(tmp_path: Path) -> None:
    for name, seconds in (("future", YEAR), ("used", -10.0), ("old", -YEAR), ("new", 0.0)):
        (tmp_path / name).touch()
        dated(tmp_path / name, seconds)
    caches.forget_oldest(tmp_path / "new", "*", most=3)
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"used", "old", "new"}


@linux
def test_the_clock_of_a_folder_that_cannot_be_written_to_is_this_machines() -> None:
    for folder in (Path("/proc"), Path("/nowhere")):
        assert clock(folder) == pytest.approx(time.time(), abs=60)


@pytest.fixture
def sent(tmp_path: Path) -> RunFolder:
    """A run that was sent to another machine."""
    return runs.create(runs.runs_folder() / "sent", TINY, device="cpu", queued=time.time(), backend="ray")


def job_of(folder: RunFolder, **changes: object) -> Job:
    runs.write_status(folder, runs.read_status(folder).model_copy(update=changes))
    return Job(folder, runs.read_status(folder), backend="ray")


@pytest.mark.parametrize("off", [-YEAR, 0.0, YEAR], ids=["behind", "right", "ahead"])
def test_a_trainer_is_heard_of_whatever_its_clock_says(sent: RunFolder, off: float) -> None:
    job = job_of(sent, state="running", heartbeat=time.time() + off)
    assert elsewhere.silence(job) == ""
    assert "heard of a moment ago" in ray_looking.known(job, {}).said


@pytest.mark.parametrize("off", [-YEAR, YEAR], ids=["behind", "ahead"])
def test_a_trainer_that_is_gone_falls_silent_whatever_its_clock_said(sent: RunFolder, off: float) -> None:
    job = job_of(sent, state="running", heartbeat=time.time() + off)
    dated(sent.status, -3630)
    assert elsewhere.silence(job) == "60 minutes"
    assert ray_looking.known(job, {}).status.state == "interrupted"


def test_a_run_that_never_reached_slurm_says_so_whatever_the_clock_said(sent: RunFolder) -> None:
    runs.write_where(sent, Where(backend="slurm"))
    job = job_of(sent, queued=time.time() + YEAR)
    assert slurm_looking._known(job, "", {}).status.state == "queued"
    dated(sent.where, -3600)
    assert "never reached Slurm" in slurm_looking._known(job, "", {}).status.error


def test_a_resumed_run_that_is_cancelled_before_it_begins_is_over(sent: RunFolder) -> None:
    """The clock of the trainer before was ahead of the one by which the run was put into the queue again."""
    job_of(sent, state="interrupted", heartbeat=time.time() + YEAR, pid=4321)
    runs.write_where(sent, Where(backend="local"))
    with locks.hold(scheduler_lock(sent.path.parent)):  # so that none begins it
        jobs.resume(sent)
    sent.stop.touch()
    runs.write_where(sent, Where(backend="ray"))
    job = Job(sent, runs.read_status(sent), backend="ray")
    assert job.status.state == "cancelling"
    assert ray_looking.never_begins(job)


def test_a_turn_of_the_far_future_leaves_turns_to_others(sent: RunFolder) -> None:
    """Times of a status are bounded: one after the last would make the next run damaged."""
    last = runs.create(runs.runs_folder() / "last", TINY, device="cpu", queued=2.0**33)
    assert jobs.calls._next_turn(last.path.parent) < 2.0**33
    job_of(last, queued=jobs.calls._next_turn(last.path.parent))
    assert runs.read_status(last).state == "queued"
