"""Trainings on a real Ray head: started, watched, cancelled, resumed, more than fit, killed, without a head."""

import itertools
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ganlab import jobs, locks, runs
from ganlab.execute import execute
from ganlab.jobs.ray import asking, head
from ganlab.jobs.ray.sending import feeder_lock
from ganlab.jobs.ray.settings import settings
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from tests.jobs import on_train, ray_head
from tests.jobs.elsewhere import SENT, losses, seen, state
from tests.jobs.processes import step, wait_until
from tests.jobs.ray_head import Cluster

pytestmark = pytest.mark.skipif(bool(ray_head.missing()), reason=ray_head.missing() or "there is one")


@pytest.fixture(scope="module")
def cluster(data_folder: Path) -> Iterator[Cluster]:
    with ray_head.running() as found:
        yield found


@pytest.fixture(autouse=True)
def _on_the_cluster(cluster: Cluster, _processes_end: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GANLAB_RAY_ADDRESS", cluster.address)
    monkeypatch.setenv("GANLAB_RAY_CPUS", "1")
    monkeypatch.setenv("RAY_AUTH_TOKEN", cluster.token)
    monkeypatch.setattr(asking, "FRESH_SECONDS", 0.2)
    monkeypatch.setattr(asking, "FRESH_PROBLEM_SECONDS", 0.2)
    yield
    for job in jobs.list_jobs():
        if job.active:
            jobs.cancel(job.folder)
    wait_until(lambda: not any(job.active for job in jobs.list_jobs()))
    wait_until(lambda: not locks.is_held(feeder_lock(runs.runs_folder())))


@pytest.fixture
def recipe() -> Recipe:
    return SENT


def forget(cluster: Cluster, folder: RunFolder) -> None:
    """Have the head know a job no more that has ended; on a busy machine it may note the end once more after that."""
    address = f"{cluster.address}/api/jobs/{runs.read_where(folder).handle}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {cluster.token}"}, method="DELETE")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200
    except urllib.error.HTTPError as error:
        if error.code != 404:  # it is gone
            raise


def unbroken(recipe: Recipe, path: Path, reports: int) -> list[dict[str, float]]:
    """The beginning of the curves, trained here in one go."""
    folder = runs.create(path, recipe, device="cpu")
    with closing(execute(folder)) as training:
        for _ in itertools.islice(training, reports):
            pass
    return losses(folder)[:reports]


def test_a_run_is_watched_cancelled_and_resumed(recipe: Recipe, tmp_path: Path) -> None:
    folder = jobs.submit(recipe, device="cpu", where="ray")
    assert state(folder) == "queued"
    wait_until(lambda: step(folder) > 20)
    assert (state(folder), len(losses(folder)) > 15) == ("running", True)
    with pytest.raises(ValueError, match="is running; only runs that are"):
        jobs.resume(folder)
    with pytest.raises(ValueError, match="cancel it first"):
        jobs.delete(folder)
    jobs.cancel(folder)
    wait_until(lambda: state(folder) == "cancelled")
    assert 20 < step(folder) < recipe.steps
    assert runs.saved_states(folder)
    assert f"starting with {folder.name}" in folder.log.read_text(encoding="utf-8")
    first, stopped = runs.read_where(folder).handle, step(folder)
    jobs.resume(folder)
    wait_until(lambda: step(folder) > stopped)
    assert runs.read_where(folder).handle not in ("", first)
    jobs.cancel(folder)  # the rest of the curves and the last measurement would take 20 s more
    wait_until(lambda: state(folder) == "cancelled")
    seen_here = losses(folder)
    assert len(seen_here) > stopped
    assert seen_here == unbroken(recipe, tmp_path / "unbroken", len(seen_here))


def test_no_more_are_sent_than_fit(recipe: Recipe, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of a sweep is stopped by Ray itself, which kills 3 s after SIGTERM unless told; one waits; one is killed and
    resumed on Train; then it is killed and forgotten, as all are by a head that is started anew.
    """
    long = recipe.with_settings({"steps": 100_000})
    first, second, third = folders = jobs.submit_all([long] * 3, device="cpu", where="ray")
    sent: set[int] = set()
    wait_until(
        lambda: step(first) > 0 and step(second) > 0,
        each=lambda: sent.add(sum(bool(runs.read_where(folder).handle) for folder in folders)),
    )
    assert max(sent) == ray_head.CPUS
    (waiting,) = (job for job in jobs.list_jobs() if job.place)
    assert (waiting.name, waiting.place, waiting.ahead) == (third.name, 1, 2)
    assert waiting.said == "Waits for room on the Ray cluster, after 2 trainings"
    jobs.cancel(third)
    assert state(third) == "cancelled"
    assert not third.log.exists()
    head.stop(settings().head, runs.read_where(first).handle)
    wait_until(lambda: state(first) == "cancelled")
    assert runs.read_status(first).signal == signal.SIGTERM
    assert runs.saved_states(first)
    os.kill(runs.read_status(second).pid or 0, signal.SIGKILL)
    wait_until(lambda: state(second) == "interrupted")
    told = "killed, or its machine went down; Ray calls its job FAILED, with exit code -9"
    assert seen(second).status.error == f"the trainer ended without a word ({told}). It can be resumed"
    killed = runs.read_status(second).pid
    on_train.resume(second, f"at Ray, job {runs.read_where(second).handle} · step {step(second):,} of 100,000")
    wait_until(lambda: state(second) == "running" and runs.read_status(second).pid != killed)
    assert {runs.read_status(folder).sweep for folder in folders} == {first.name}
    os.kill(runs.read_status(second).pid or 0, signal.SIGKILL)
    wait_until(lambda: state(second) == "interrupted")
    wait_until(
        lambda: "but its trainer was heard of a moment ago" in seen(second).said,
        each=lambda: forget(cluster, second),
    )
    monkeypatch.setattr("ganlab.jobs.elsewhere.SILENT_SECONDS", 0.0)
    assert (state(second), seen(second).status.error.partition(" (")[0]) == ("interrupted", "Ray knows its job no more")


def test_a_cluster_that_is_too_small_is_told(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_RAY_GPUS", "4")
    with pytest.raises(ValueError, match="no machine of the Ray cluster has 1 CPUs and 4 GPUs; lower GANLAB_RAY_CPUS"):
        jobs.submit(recipe, device="cpu", where="ray")
    assert list(runs.runs_folder().iterdir()) == []


def test_it_needs_the_heads_token(recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for token, told in (("0" * 64, "refuses the token"), ("", "asks for a token")):
        monkeypatch.setenv("RAY_AUTH_TOKEN", token)
        with pytest.raises(ValueError, match=rf"the Ray head at http://127\.0\.0\.1:\d+ {told}; put the token"):
            jobs.submit(recipe, device="cpu", where="ray")
    assert list(runs.runs_folder().iterdir()) == []


def test_a_head_that_dies_takes_no_run_along(recipe: Recipe, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_RAY_AT_ONCE", "1")
    running = jobs.submit(recipe.with_settings({"steps": 100_000}), device="cpu", where="ray")
    wait_until(lambda: step(running) > 0)
    waiting = jobs.submit(recipe.with_settings({"steps": 2}), device="cpu", where="ray")
    cluster.kill()
    wait_until(lambda: "no Ray head answers at" in seen(running).status.error)
    assert "This is what the run said last" in seen(running).status.error
    assert (state(running), state(waiting)) == ("running", "queued")
    with pytest.raises(ValueError, match="no Ray head answers"):
        jobs.submit(recipe, device="cpu", where="ray")
    monkeypatch.setattr("ganlab.jobs.elsewhere.SILENT_SECONDS", 1.0)
    wait_until(lambda: state(running) == "interrupted")
    assert "nothing was heard of its trainer for" in seen(running).status.error
    with pytest.raises(ValueError, match="no Ray head answers"):
        jobs.resume(running)
    assert state(running) == "interrupted"
    jobs.cancel(waiting)
    assert state(waiting) == "cancelled"
