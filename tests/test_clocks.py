"""Times of files that a wrong clock has set: what is in use stays, and nothing stays for ever."""

import os
import time
from pathlib import Path

import pytest

from ganlab import caches, locks
from ganlab.data.adding import packing
from ganlab.jobs import additions, work
from ganlab.jobs.additions import Addition
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.work import Status, Work
from ganlab.ui import cache
from ganlab.whole_files import age_seconds, clock

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


@pytest.mark.parametrize("seconds", [-YEAR, 0.0, YEAR])
def test_another_file_of_the_same_time_is_another_version(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"a")
    before = dated(path, seconds).stat().st_mtime
    version = cache.changed_ns(path)
    deadline = time.monotonic() + 5
    while cache.changed_ns(path) == version:  # until the file system's clock has moved
        assert time.monotonic() < deadline
        path.write_bytes(b"b")
        os.utime(path, (before, before))
