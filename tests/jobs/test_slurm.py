"""Trainings on a real Slurm of one machine: started, watched, cancelled, resumed, out of time, put back, refused."""

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganlab import jobs, runs
from ganlab.execute import execute
from ganlab.jobs import Job
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from tests.jobs import slurm_node
from tests.jobs.processes import SHORT, wait_until

pytestmark = pytest.mark.skipif(bool(slurm_node.missing()), reason=slurm_node.missing() or "there is one")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with slurm_node.running(tmp_path_factory.mktemp("slurm")) as environment:
        yield environment


@pytest.fixture(autouse=True)
def _in_the_cluster(cluster: dict[str, str], _processes_end: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in cluster.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GANLAB_SLURM_CPUS", "1")
    yield
    subprocess.run(["scancel", "--name=ganlab"], check=True)
    for job in jobs.list_jobs():
        wait_until(lambda folder=job.folder: not seen(folder).active, seconds=60)


def seen(folder: RunFolder) -> Job:
    """The run as everyone sees it."""
    return jobs.look_at(folder)


def state(folder: RunFolder) -> str:
    return seen(folder).status.state


def step(folder: RunFolder) -> int:
    return runs.read_status(folder).step


def losses(folder: RunFolder) -> list[dict[str, float]]:
    """The curves, without how long it took."""
    return [{key: value for key, value in line.items() if key != "seconds"} for line in runs.read_metrics(folder)]


@pytest.fixture(scope="module")
def unbroken(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, float]]:
    """The curves of the same recipe, trained here in one go."""
    folder = runs.create(tmp_path_factory.mktemp("unbroken") / "run", SHORT, device="cpu")
    list(execute(folder))
    return losses(folder)


def test_a_run_is_watched_cancelled_killed_and_resumed(recipe: Recipe, unbroken: list[dict[str, float]]) -> None:
    folder = jobs.submit(recipe, device="cpu", where="slurm")
    assert state(folder) in ("queued", "running")
    wait_until(lambda: step(folder) > 20)
    assert (state(folder), len(losses(folder)) > 15) == ("running", True)
    with pytest.raises(ValueError, match="is running; only runs that are"):
        jobs.resume(folder)
    with pytest.raises(ValueError, match="cancel it first"):
        jobs.delete(folder)
    jobs.cancel(folder)
    wait_until(lambda: state(folder) == "cancelled")
    stopped = step(folder)
    assert 20 < stopped < recipe.steps
    assert runs.saved_states(folder)
    assert f"starting with {folder.name}" in folder.log.read_text(encoding="utf-8")
    first = runs.read_where(folder).handle
    jobs.resume(folder)
    assert runs.read_where(folder).handle != first
    wait_until(lambda: step(folder) > stopped)
    os.kill(runs.read_status(folder).pid or 0, signal.SIGKILL)
    wait_until(lambda: state(folder) == "interrupted")
    assert "ended without a word: Slurm calls it FAILED. It can be resumed" in seen(folder).status.error
    jobs.resume(folder)
    wait_until(lambda: state(folder) == "done")
    assert losses(folder) == unbroken


def test_a_run_that_slurm_puts_back_equals_an_unbroken_one(recipe: Recipe, unbroken: list[dict[str, float]]) -> None:
    """Once because its time is nearly over, as it is told by a signal, and once for a more urgent job."""
    folder = jobs.submit(recipe, device="cpu", where="slurm")
    handle = runs.read_where(folder).handle
    wait_until(lambda: step(folder) > 20)
    subprocess.run(["scancel", "--batch", "--signal=USR1", handle], check=True)
    wait_until(lambda: seen(folder).said.startswith("Waits for Slurm"))
    stopped = step(folder)
    assert (state(folder), 20 < stopped < recipe.steps) == ("queued", True)
    wait_until(lambda: step(folder) > stopped)
    subprocess.run(["scontrol", "requeue", handle], check=True)
    wait_until(lambda: state(folder) == "done")
    assert runs.read_where(folder).handle == handle
    assert folder.log.read_text(encoding="utf-8").count(f"going on with {folder.name}") == 2
    assert losses(folder) == unbroken


def test_a_run_saves_before_its_time_limit(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_SLURM_TIME", "1")
    monkeypatch.setenv("GANLAB_SLURM_WARNING_SECONDS", "45")
    folder = jobs.submit(recipe.with_settings({"steps": 100_000}), device="cpu", where="slurm")
    wait_until(lambda: runs.read_status(folder).state == "queued" and bool(runs.saved_states(folder)), seconds=90)
    assert step(folder) > 0
    jobs.cancel(folder)
    wait_until(lambda: state(folder) == "cancelled")


def test_of_an_array_only_so_many_run_at_once(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_SLURM_AT_ONCE", "2")
    folders = jobs.submit_all([recipe.with_settings({"steps": 4})] * 4, device="cpu", where="slurm")
    handles = [runs.read_where(folder).handle for folder in folders]
    assert [handle.partition("_")[2] for handle in handles] == ["0", "1", "2", "3"]
    at_once: set[int] = set()
    wait_until(
        lambda: all(job.status.state == "done" for job in jobs.list_jobs()),
        each=lambda: at_once.add(subprocess.check_output(["squeue", "-h", "-r", "-t", "R", "-o", "%i"]).count(b"\n")),
    )
    assert max(at_once) == 2
    assert {runs.read_status(folder).sweep for folder in folders} == {folders[0].name}


def test_a_refusal_is_told_and_leaves_no_run(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_SLURM_PARTITION", "nowhere")
    with pytest.raises(ValueError, match=r"Slurm's sbatch refused: .*invalid partition specified: nowhere"):
        jobs.submit(recipe, device="cpu", where="slurm")
    assert list(runs.runs_folder().iterdir()) == []


def test_a_waiting_run_is_cancelled_at_once_when_slurm_answers(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where its programs hang, that is told, and no run is lost."""
    monkeypatch.setenv("GANLAB_SLURM_CPUS", str(slurm_node.CPUS))
    first, second = (jobs.submit(recipe, device="cpu", where="slurm") for _ in range(2))
    wait_until(lambda: seen(second).said.startswith("Waits for Slurm ("))
    found = os.environ["PATH"]
    for name in ("sbatch", "squeue"):
        (tmp_path / name).write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setattr("ganlab.jobs.slurm.programs.MOST_SECONDS", 1.0)
    monkeypatch.setattr("ganlab.jobs.slurm.looking.ANSWER_SECONDS", 1.0)
    monkeypatch.setenv("PATH", f"{tmp_path}:{found}")
    with pytest.raises(ValueError, match="sbatch did not answer within 1 s"):
        jobs.submit(recipe, device="cpu", where="slurm")
    wait_until(lambda: "squeue did not answer within 1 s" in seen(second).status.error, seconds=10)
    assert seen(second).status.error.endswith("try again later. This is what the run said last")
    assert {job.name for job in jobs.list_jobs() if job.active} == {first.name, second.name}
    monkeypatch.setenv("PATH", found)
    jobs.cancel(second)
    wait_until(lambda: state(second) == "cancelled")
    assert not second.log.exists()
