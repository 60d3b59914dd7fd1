"""Trainings on a real Slurm of one machine: started, watched, cancelled, resumed, out of time, put back, refused."""

import os
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from ganlab import jobs, runs, studies
from ganlab.cli import main
from ganlab.execute import execute
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from ganlab.studies import STUDIES, Point, Study
from tests.jobs import on_train, slurm_node
from tests.jobs.elsewhere import SENT, losses, seen, state
from tests.jobs.processes import step, wait_until

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
    for job in jobs.list_jobs():
        if job.active:
            jobs.cancel(job.folder)
        wait_until(lambda folder=job.folder: not seen(folder).active, seconds=60)


@pytest.fixture
def recipe() -> Recipe:
    return SENT


@pytest.fixture(scope="module")
def limited(cluster: dict[str, str], data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A long run with two minutes of time; Slurm looks at limits every half minute, and warns that much too early."""
    with pytest.MonkeyPatch.context() as patch:
        settings = {"GANLAB_SLURM_TIME": "2", "GANLAB_SLURM_WARNING_SECONDS": "10", "GANLAB_SLURM_CPUS": "1"}
        folder = {"GANLAB_RUNS": str(tmp_path_factory.mktemp("limited"))}
        for name, value in (cluster | settings | folder | {"OMP_NUM_THREADS": "1"}).items():
            patch.setenv(name, value)
        sent = jobs.submit(SENT.with_settings({"steps": 100_000}), device="cpu", where="slurm")
        wait_until(lambda: step(sent) > 0)
        psutil.Process(runs.read_status(sent).pid or 0).nice(19)  # others are waited for meanwhile
        return sent


@pytest.fixture(scope="module")
def unbroken(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, float]]:
    """The curves of the same recipe, trained here in one go."""
    folder = runs.create(tmp_path_factory.mktemp("unbroken") / "run", SENT, device="cpu")
    list(execute(folder))
    return losses(folder)


def test_a_run_is_watched_cancelled_killed_and_resumed(
    limited: RunFolder,
    recipe: Recipe,
    unbroken: list[dict[str, float]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the command line and on Train. The two minutes of `limited` begin before it, and pass beside this file."""
    (tmp_path / "tiny.json").write_text(recipe.model_dump_json(), encoding="utf-8")
    assert main(["train", str(tmp_path / "tiny.json"), "--device", "cpu", "--where", "slurm"]) == 0
    (folder,) = runs.list_runs()
    assert f"{folder.name} is job {runs.read_where(folder).handle}" in capsys.readouterr().out
    assert state(folder) in ("queued", "running")
    wait_until(lambda: step(folder) > 20)
    assert (state(folder), len(losses(folder)) > 15) == ("running", True)
    assert main(["list"]) == 0
    assert f"{folder.name}  running at Slurm" in capsys.readouterr().out
    with pytest.raises(ValueError, match="is running; only runs that are"):
        jobs.resume(folder)
    with pytest.raises(ValueError, match="cancel it first"):
        jobs.delete(folder)
    assert main(["train", folder.name, "--resume"]) == 1
    assert "is running at slurm; wait for it, or cancel it" in capsys.readouterr().err
    assert main(["cancel", folder.name]) == 0
    wait_until(lambda: state(folder) == "cancelled")
    stopped = step(folder)
    assert 20 < stopped < recipe.steps
    assert runs.saved_states(folder)
    assert main(["log", folder.name]) == 0
    told = capsys.readouterr().out
    assert f"starting with {folder.name}" in told
    assert f"{folder.name} is cancelled at Slurm, step {stopped} of 120" in told
    first = runs.read_where(folder).handle
    assert main(["train", folder.name, "--resume", "--where", "slurm"]) == 0
    assert runs.read_where(folder).handle != first
    wait_until(lambda: step(folder) > stopped)
    os.kill(runs.read_status(folder).pid or 0, signal.SIGKILL)
    wait_until(lambda: state(folder) == "interrupted")
    told = f"killed, or its machine went down; job {runs.read_where(folder).handle}: Slurm calls it FAILED"
    assert seen(folder).status.error == f"the trainer ended without a word ({told}). It can be resumed"
    on_train.resume(folder, f"at Slurm, job {runs.read_where(folder).handle} · step {step(folder)} of 120")
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


def test_a_study_is_one_array_of_which_only_so_many_run_at_once(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And comes back as one table, measured here."""
    sizes = (2, 3, 4, 5)
    made = [recipe.with_settings({"steps": 4, "name": f"small-{size}", "latent_size": size}) for size in sizes]
    points = tuple(Point(recipe=r, settings={"latent": r.config.latent_size}, measured_at=(2, 4)) for r in made)
    monkeypatch.setitem(STUDIES, "small", Study(title="Sizes", points=points, snapshots=2, fully=False))
    monkeypatch.setenv("GANLAB_SLURM_AT_ONCE", "2")
    at_once: set[int] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            at_once.add(subprocess.check_output(["squeue", "-h", "-r", "-t", "R", "-o", "%i"]).count(b"_"))

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            assert main(["study", "small", "--device", "cpu", "--where", "slurm"]) == 0
        finally:
            over.set()
        watching.result()
    assert max(at_once) == 2
    folders = [studies.run_folder(r) for r in made]
    handles = [runs.read_where(folder).handle.partition("_") for folder in folders]
    assert [handle[2] for handle in handles] == ["0", "1", "2", "3"]
    assert len({handle[0] for handle in handles}) == 1
    assert {runs.read_status(folder).sweep for folder in folders} == {"small-2"}
    results = studies.read_results(studies.results_path("small"))
    assert [(result.name, result.state, sorted(result.measured)) for result in results] == [
        (r.name, "done", [2, 4]) for r in made
    ]
    assert capsys.readouterr().out.count("is measured") == 4


def test_a_run_saves_before_its_time_limit_and_goes_on(limited: RunFolder) -> None:
    wait_until(limited.log.is_file)
    wait_until(lambda: "going on from step" in limited.log.read_text(encoding="utf-8"), seconds=240)
    assert "queued at step" in limited.log.read_text(encoding="utf-8")
    assert step(limited) > 0
    jobs.cancel(limited)
    wait_until(lambda: state(limited) == "cancelled")


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
