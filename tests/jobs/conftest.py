"""Trainings in processes of their own, none of which outlives its test."""

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from ganlab import jobs, runs
from ganlab.families import gan
from ganlab.jobs import scheduler
from ganlab.jobs.local import scheduler_lock
from ganlab.recipes import Recipe

Wait = Callable[..., None]


@pytest.fixture
def recipe() -> Recipe:
    """A few seconds of training: 120 reports of 1 step."""
    return Recipe(
        name="tiny",
        dataset="digits",
        steps=120,
        batch_size=16,
        precision="float32",
        config=gan.Config(width=4, latent_size=8),
    )


@pytest.fixture
def wait_until() -> Wait:
    """Wait for a condition, or fail; `each` is called at every look."""

    def wait(condition: Callable[[], bool], *, seconds: float = 120, each: Callable[[], None] = lambda: None) -> None:
        end = time.monotonic() + seconds
        while not condition():
            each()
            if time.monotonic() > end:
                states = [(job.name, job.status.state, job.status.step, job.status.error) for job in jobs.list_jobs()]
                pytest.fail(f"still waiting after {seconds} s: {states}")
            time.sleep(0.05)

    return wait


@pytest.fixture(autouse=True)
def _processes_end(_own_folders: None, wait_until: Wait, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield
    for job in jobs.list_jobs():
        if job.active:
            jobs.cancel(job.folder)
            scheduler.send(job.folder, job.status, signal.SIGKILL)
    wait_until(lambda: not runs.is_held(scheduler_lock(runs.runs_folder())))
