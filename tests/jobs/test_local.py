"""Real trainings in real processes: started, stopped, killed, resumed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from ganlab import checkpoints, jobs, locks, runs
from ganlab.execute import execute
from ganlab.jobs import local
from ganlab.jobs.local import ensure_scheduler, scheduler_lock
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from tests.jobs.processes import state, step, wait_until
from tests.marks import posix

LONG = {"steps": 100_000}


def curve_steps(folder: RunFolder) -> list[float]:
    return [line["step"] for line in runs.read_metrics(folder)]


def starts(folder: RunFolder) -> int:
    """How often a trainer has begun with the run."""
    return folder.log.read_text(encoding="utf-8").count(f"with {folder.name}") if folder.log.is_file() else 0


def schedulers() -> list[psutil.Process]:
    """Living schedulers of the test's runs folder."""
    root = str(runs.runs_folder().resolve())
    found = psutil.process_iter(["cmdline", "status"])
    return [
        process
        for process in found
        if "ganlab.jobs.scheduler" in (words := process.info["cmdline"] or [])
        and words[-1] == root
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def kill(process: psutil.Process | int) -> None:
    psutil.Process(process if isinstance(process, int) else process.pid).kill()


def test_a_submitted_run_that_is_cancelled_goes_on_to_its_end(recipe: Recipe) -> None:
    folder = jobs.submit(recipe, device="cpu")
    assert state(folder) == "queued"
    wait_until(lambda: step(folder) > 20)
    jobs.cancel(folder)
    assert state(folder) in ("cancelling", "cancelled")
    wait_until(lambda: state(folder) == "cancelled")
    assert 20 < step(folder) < 120
    jobs.resume(folder)
    wait_until(lambda: state(folder) == "done")
    assert checkpoints.read_card(folder.checkpoint).recipe == recipe
    assert curve_steps(folder) == list(range(1, 121))
    assert "done at step 120 of 120" in folder.log.read_text(encoding="utf-8")
    wait_until(lambda: not schedulers())
    wait_until(lambda: not [p for p in psutil.Process().children() if p.status() == psutil.STATUS_ZOMBIE], seconds=5)
    with pytest.raises(ValueError, match="is done; only runs that are cancelled, failed"):
        jobs.resume(folder)
    with pytest.raises(ValueError, match="nothing to cancel"):
        jobs.cancel(folder)


def test_a_killed_trainer_is_interrupted_and_resumable(recipe: Recipe) -> None:
    folder = jobs.submit(recipe, device="cpu")
    wait_until(lambda: step(folder) > 20)
    kill(runs.read_status(folder).pid or 0)
    wait_until(lambda: state(folder) == "interrupted", seconds=10)
    assert "can be resumed" in runs.read_status(folder).error
    assert json.loads(folder.status.read_text(encoding="utf-8"))["state"] == "running"  # nobody lived to write the end
    jobs.resume(folder)
    wait_until(lambda: state(folder) == "done")
    assert curve_steps(folder) == list(range(1, 121))


def test_while_one_trains_others_wait_and_are_cancelled_at_once(recipe: Recipe) -> None:
    """One that was queued before the clock was set back keeps its turn; and no second trainer begins with the first."""
    first, second = jobs.submit_all([recipe.with_settings(LONG), recipe], device="cpu")
    wait_until(lambda: state(first) == "running")
    assert {job.name: (job.place, job.ahead) for job in jobs.list_jobs()} == {first.name: (0, 0), second.name: (1, 1)}
    with pytest.raises(ValueError, match=f"another trainer is at work in {first.path}; wait for it, cancel it"):
        next(execute(first))
    with pytest.raises(ValueError, match="is running; only runs that are"):
        jobs.resume(first)
    with pytest.raises(ValueError, match="cancel it first"):
        jobs.delete(first)
    assert state(first) == "running"
    ahead = runs.read_status(second).queued + 3600
    runs.write_status(second, runs.read_status(second).model_copy(update={"queued": ahead}))
    late = jobs.submit(recipe, device="cpu")
    assert runs.read_status(late).queued > ahead
    assert [job.name for job in sorted(jobs.list_jobs(), key=lambda job: job.place)][1:] == [second.name, late.name]
    for waiting in (second, late):
        jobs.cancel(waiting)
        assert state(waiting) == "cancelled"
    jobs.cancel(first)
    wait_until(lambda: not schedulers())
    assert (state(first), starts(second), starts(late)) == ("cancelled", 0, 0)


def test_a_wish_to_stop_while_the_trainer_starts_is_kept(recipe: Recipe) -> None:
    folder = jobs.submit(recipe.with_settings(LONG), device="cpu")
    wait_until(folder.log.is_file)  # its process exists, and is busy importing
    jobs.cancel(folder)
    wait_until(lambda: not schedulers())
    assert state(folder) == "cancelled"
    jobs.resume(folder)
    wait_until(lambda: step(folder) > 0)


def test_one_at_a_time_in_the_order_of_submission(recipe: Recipe) -> None:
    """Also when they are submitted by two at the same moment, who then want the same name and a scheduler each."""
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: jobs.submit(recipe.with_settings({"steps": 6}), device="cpu"), range(2)))
    assert {folder.name for folder in folders} == {"tiny-001", "tiny-002"}
    folders.sort(key=lambda folder: runs.read_status(folder).queued)
    seen: set[tuple[str, ...]] = set()
    wait_until(
        lambda: all(state(folder) == "done" for folder in folders),
        each=lambda: seen.add(tuple(f.name for f in folders if runs.is_locked(f))),
    )
    assert seen <= {(), (folders[0].name,), (folders[1].name,)}
    began = [runs.read_status(folder).process_started or 0 for folder in folders]
    # A process's start is told from the machine's, which is known to a second.
    assert began[0] < folders[0].checkpoint.stat().st_mtime <= began[1] + 1
    assert [starts(folder) for folder in folders] == [1, 1]


def test_two_slots_train_two_at_a_time(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_SLOTS", "2")
    folders = jobs.submit_all([recipe.with_settings(LONG)] * 3, device="cpu")
    wait_until(lambda: [state(folder) for folder in folders] == ["running", "running", "queued"])


def test_of_a_linked_run_the_link_is_deleted(recipe: Recipe, tmp_path: Path) -> None:
    folder = jobs.submit(recipe, device="cpu")
    jobs.cancel(folder)
    wait_until(lambda: state(folder) == "cancelled")
    far = tmp_path / "far"
    shutil.move(folder.path, far)
    folder.path.symlink_to(far)
    before = {path.name for path in far.iterdir()}
    jobs.delete(folder)
    assert not os.path.lexists(folder.path)
    assert {path.name for path in far.iterdir()} >= before - {"lock", "lock.gate"}


def test_a_run_that_somebody_else_has_deleted_is_deleted(recipe: Recipe) -> None:
    folder = runs.create(runs.runs_folder() / "gone", recipe, device="cpu")
    runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "cancelled"}))
    for _ in range(2):
        jobs.delete(folder)
        assert not folder.path.exists()


def test_a_wrong_number_of_slots_is_told_to_whoever_wants_a_training(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = runs.create(runs.runs_folder() / "stopped", recipe, device="cpu")
    runs.write_status(stopped, runs.read_status(stopped).model_copy(update={"state": "cancelled"}))
    runs.create(runs.runs_folder() / "waiting", recipe, device="cpu", queued=time.time())
    monkeypatch.setenv("GANLAB_SLOTS", "two")
    with pytest.raises(ValueError, match="GANLAB_SLOTS is 'two'; set it to a whole number from 1"):
        jobs.submit(recipe, device="cpu")
    with monkeypatch.context() as patch:
        patch.setenv("GANLAB_SLOTS", "9" * 5_000)  # more digits than Python reads
        with pytest.raises(ValueError, match=r"GANLAB_SLOTS is '9.* \.\.\. 9.*'; set it to a whole number from 1"):
            local.slots()
    with pytest.raises(ValueError, match="GANLAB_SLOTS is 'two'"):
        jobs.resume(stopped)
    told = {job.name: (job.status.state, job.status.error) for job in jobs.list_jobs()}
    assert told.keys() == {"stopped", "waiting"}, "nothing was queued"
    assert told["stopped"] == ("cancelled", "")
    assert told["waiting"] == ("queued", "GANLAB_SLOTS is 'two'; set it to a whole number from 1")
    assert not schedulers(), "each would die at once"
    monkeypatch.setenv("GANLAB_SLOTS", "1")
    assert [job.status.error for job in jobs.list_jobs()] == ["", ""]


def test_a_killed_scheduler_is_replaced_and_nothing_runs_twice(recipe: Recipe) -> None:
    first = jobs.submit(recipe, device="cpu")
    wait_until(lambda: step(first) > 0)
    pid = runs.read_status(first).pid
    [scheduler] = schedulers()
    kill(scheduler)
    wait_until(lambda: not locks.is_held(scheduler_lock(runs.runs_folder())))
    assert state(first) == "running"  # the trainer does not need it
    second = jobs.submit(recipe.with_settings({"steps": 3}), device="cpu")
    wait_until(lambda: state(second) == "done")
    assert (state(first), runs.read_status(first).pid) == ("done", pid)
    assert (starts(first), starts(second)) == (1, 1)


def test_listing_brings_a_scheduler_back(recipe: Recipe) -> None:
    """As after a restart of the machine: a run waits, and nobody is there."""
    path = runs.runs_folder() / "left-over"
    folder = runs.create(path, recipe.with_settings({"steps": 3}), device="cpu", queued=time.time())
    assert not schedulers()
    [job] = jobs.list_jobs()
    assert (job.name, job.place, job.ahead) == ("left-over", 1, 0)
    wait_until(lambda: state(folder) == "done")


def test_a_trainer_that_cannot_begin_fails_with_its_last_words(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "torch.py").write_text("raise ImportError('libtorch.so is damaged')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    folder = jobs.submit(recipe, device="cpu")
    wait_until(lambda: state(folder) == "failed", seconds=30)
    assert "before it began" in runs.read_status(folder).error
    assert "libtorch.so is damaged" in runs.read_status(folder).error


def test_missing_data_fails_the_run_with_the_way_out(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dataset file that is cut short; no network is asked."""
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + b"\0\0\0\x09" * 3)
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    folder = jobs.submit(recipe.with_settings({"dataset": "mnist"}), device="cpu")
    wait_until(lambda: state(folder) == "failed")
    assert "but not train-labels-idx1-ubyte" in runs.read_status(folder).error
    wait_until(lambda: "copy what is missing there" in folder.log.read_text(encoding="utf-8"), seconds=30)


def test_what_cannot_be_trained_does_not_hold_up_the_others(recipe: Recipe) -> None:
    """Damaged runs; one whose log cannot be written; one that the command line has made and trains itself."""
    root = runs.runs_folder()
    mine, blocked = (runs.create(root / name, recipe, device="cpu") for name in ("mine", "blocked"))
    blocked.log.mkdir()
    runs.write_status(blocked, runs.read_status(blocked).model_copy(update={"queued": 1.0}))
    no_status, no_recipe, nothing = (runs.create(root / name, recipe) for name in ("a", "b", "c"))
    no_status.status.write_text('{"state": "runn', encoding="utf-8")
    for file in (no_recipe.recipe, no_recipe.recipe_copy):
        file.write_text("not json", encoding="utf-8")
    for file in (nothing.recipe, nothing.recipe_copy):
        file.write_text("{}{", encoding="utf-8")
    for file in (nothing.status, nothing.status_copy, no_status.status_copy):
        file.unlink()
    ensure_scheduler(root)
    folder = jobs.submit(recipe.with_settings({"steps": 3}), device="cpu")
    wait_until(lambda: state(folder) == "done")
    wait_until(lambda: not schedulers())
    assert (state(mine), starts(mine), state(blocked)) == ("queued", 0, "failed")
    assert "log.txt" in runs.read_status(blocked).error
    found = {job.name: job for job in jobs.list_jobs()}
    assert found["a"].status.state == "interrupted"
    assert "status.json cannot be read" in found["a"].status.error
    assert "recipe.json cannot be used" in found["b"].problem
    assert "recipe.json cannot be used" in found["c"].problem
    for job in found.values():
        if job.name not in ("b", "mine"):  # they are readable as far as their state goes, and wait for their maker
            jobs.delete(job.folder)
    assert sorted(job.name for job in jobs.list_jobs()) == ["b", "mine"]


@posix
def test_a_run_outlives_the_process_that_submitted_it(recipe: Recipe) -> None:
    """As when the app is stopped with Ctrl-C or killed: the whole process group goes."""
    code = "import sys, time; from ganlab import jobs, recipes; jobs.submit(recipes.parse_recipe(__import__('json')"
    code += ".loads(sys.argv[1])), device='cpu'); print('submitted', flush=True); time.sleep(600)"
    app = subprocess.Popen(
        [sys.executable, "-c", code, recipe.with_settings({"steps": 3}).model_dump_json()],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    with app:
        assert app.stdout is not None
        assert app.stdout.readline() == b"submitted\n"
        os.killpg(app.pid, signal.SIGKILL)
    [job] = jobs.list_jobs()
    wait_until(lambda: state(job.folder) == "done")


@pytest.mark.parametrize("age", [10**9, -(10**6)], ids=["of 1994", "of the future"])
def test_a_wish_to_stop_with_any_time_lets_the_trainer_save(recipe: Recipe, age: int) -> None:
    """As after the clock was set, or on a share whose server has another."""
    folder = jobs.submit(recipe.with_settings(LONG), device="cpu")
    wait_until(lambda: step(folder) > 1)
    folder.stop.touch()
    at = time.time() - age
    os.utime(folder.stop, (at, at))
    wait_until(lambda: state(folder) not in ("running", "cancelling"))
    assert (state(folder), runs.read_status(folder).signal) == ("cancelled", None)
    assert runs.saved_states(folder)


def test_a_folder_removed_under_its_trainer_frees_the_place_and_stays_away(recipe: Recipe) -> None:
    folder = jobs.submit(recipe.with_settings(LONG), device="cpu")
    wait_until(lambda: step(folder) > 1)
    shutil.rmtree(folder.path, ignore_errors=True)
    shutil.rmtree(folder.path, ignore_errors=True)  # the trainer may have written between
    following = jobs.submit(recipe.with_settings({"steps": 3, "name": "following"}), device="cpu")
    wait_until(lambda: state(following) == "done")
    assert not folder.path.exists()


@posix
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_trainer_of_the_queue_saves_before_a_signal_ends_it(recipe: Recipe, name: str) -> None:
    number = getattr(signal, name)
    folder = jobs.submit(recipe.with_settings(LONG), device="cpu")
    wait_until(lambda: step(folder) > 1)
    os.kill(runs.read_status(folder).pid or 0, number)
    wait_until(lambda: state(folder) == "cancelled")
    assert runs.read_status(folder).signal == number
    assert runs.saved_states(folder)
