"""A lock is held while its process lives; whoever looks at it disturbs neither its holder nor others who look."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import filelock
import pytest

from ganlab import jobs, locks, runs
from ganlab.cli import main
from ganlab.jobs.local import scheduler_lock
from ganlab.runs import RunFolder
from tests.tiny import TINY

LOOK = """
import sys, time
from pathlib import Path
from ganlab import locks
print("looking", flush=True)
end = time.monotonic() + float(sys.argv[2])
seen = set()
while time.monotonic() < end:
    seen.add(locks.is_held(Path(sys.argv[1])))
print(sorted(seen), flush=True)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock that was held once."""
    path = tmp_path / "lock"
    with locks.hold(path):
        pass
    return path


def test_a_lock_is_held_by_one_at_a_time(lock: Path) -> None:
    assert not locks.is_held(lock)
    with locks.hold(lock):
        assert locks.is_held(lock)
        with pytest.raises(locks.Held), locks.hold(lock):
            pass
    assert not locks.is_held(lock)


def test_looking_makes_no_file(tmp_path: Path) -> None:
    assert not locks.is_held(tmp_path / "runs" / "lock")
    assert list((tmp_path / "runs").iterdir()) == []


def test_the_lock_is_that_of_filelock(lock: Path) -> None:
    with filelock.FileLock(lock):
        assert locks.is_held(lock)
    with locks.hold(lock), pytest.raises(filelock.Timeout):
        filelock.FileLock(lock).acquire(blocking=False)


def test_a_holder_begins_at_once_however_many_look(lock: Path) -> None:
    """In other processes and threads: none of them sees a holder that is not there, and none keeps one out."""
    command = [sys.executable, "-c", LOOK, str(lock), "4"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as other, ThreadPoolExecutor(4) as pool:
        assert other.stdout is not None
        assert other.stdout.readline() == "looking\n"
        looks = [pool.submit(locks.is_held, lock) for _ in range(1000)]
        assert not any(look.result() for look in looks)
        assert other.stdout.readline() == "[False]\n"
    done = threading.Event()

    def keep_looking() -> None:
        while not done.is_set():
            locks.is_held(lock)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(keep_looking)
        for _ in range(50):
            with locks.hold(lock):
                assert locks.is_held(lock)
        done.set()


def test_a_lock_goes_with_its_process(lock: Path) -> None:
    code = "import sys, time; from pathlib import Path; from ganlab import locks\n"
    code += "with locks.hold(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert locks.is_held(lock)
        process.kill()
        process.wait()
        assert not locks.is_held(lock)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_who_may_only_read_can_look(lock: Path) -> None:
    for path in lock.parent.iterdir():
        path.chmod(0o444)
    lock.parent.chmod(0o555)
    assert not locks.is_held(lock)


def test_a_process_stopped_in_the_middle_of_a_look_is_named(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "GATE_SECONDS", 0.1)
    with filelock.FileLock(lock.with_name("lock.gate")), pytest.raises(ValueError, match=r"lock\.gate is held by"):
        locks.is_held(lock)


@pytest.fixture(params=[errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def share(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on a network share whose lock service cannot be reached: what the kernel answers there."""
    fcntl = pytest.importorskip("fcntl")
    if sys.platform != "linux":
        pytest.skip("needs /proc")

    flock, folder = fcntl.flock, tmp_path / "share"
    folder.mkdir()

    def answer(file: int, operation: int) -> None:
        if Path(f"/proc/self/fd/{file}").readlink().is_relative_to(folder):
            raise OSError(request.param, os.strerror(request.param))
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", answer)
    monkeypatch.setenv("GANLAB_RUNS", str(folder))
    return folder


REMEDY = r"is on a disk whose files cannot be locked .*; set GANLAB_RUNS to a folder on a local disk"


def test_where_nothing_can_be_locked_no_run_is_begun(share: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=REMEDY):
        runs.create(share / "a", TINY)
    with pytest.raises(ValueError, match=REMEDY):
        jobs.submit(TINY)
    assert main(["train", "digits-quick", "--steps", "1"]) == 1
    assert "set GANLAB_RUNS to a folder on a local disk" in capsys.readouterr().err
    assert list(share.iterdir()) == []


def test_where_nothing_can_be_locked_runs_that_ended_can_be_seen(
    share: Path, run_folder: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_folder.path.rename(share / "b")
    moved = RunFolder(share / "b")
    [job] = jobs.list_jobs()
    assert (job.status.state, job.problem) == ("done", "")
    runs.write_status(moved, job.status.model_copy(update={"state": "running"}))
    [job] = jobs.list_jobs()
    assert "set GANLAB_RUNS" in job.problem
    assert main(["list"]) == 0
    for path in (moved.lock, scheduler_lock(share)):
        path.touch()
        with pytest.raises(ValueError, match=REMEDY), locks.hold(path):
            pass
        with pytest.raises(ValueError, match=REMEDY):
            locks.is_held(path)
    assert main(["train", "tiny", "--resume", "--out", str(moved.path)]) == 1
    assert "set GANLAB_RUNS" in capsys.readouterr().err
    for path in moved.path.parent.glob("**/lock*"):
        path.unlink()
    runs.write_status(moved, job.status.model_copy(update={"state": "queued", "queued": 1.0}))
    [job] = jobs.list_jobs()
    assert "set GANLAB_RUNS" in job.status.error, "and no scheduler is started in vain"
    assert not scheduler_lock(share).with_suffix(".log").exists()
