"""Trainings in processes of their own, none of which may outlive its test."""

import time
from collections.abc import Callable

import pytest

from ganlab import jobs, locks, runs
from ganlab.families import gan
from ganlab.jobs.local import scheduler_lock
from ganlab.jobs.trainers import end_trainer
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder

SHORT = Recipe(
    name="tiny",
    dataset="digits",
    steps=120,
    batch_size=16,
    precision="float32",
    config=gan.Config(architecture="mlp-funnel", width=4, latent_size=8),
)
"""A few seconds of training: 120 reports of 1 step, most of it imports, samples and files."""


def state(folder: RunFolder) -> str:
    return runs.read_status(folder).state


def step(folder: RunFolder) -> int:
    return runs.read_status(folder).step


def wait_until(
    condition: Callable[[], bool], *, seconds: float = 120, each: Callable[[], object] = lambda: None
) -> None:
    """Wait for a condition, or fail; `each` is called at every look."""
    end = time.monotonic() + seconds
    while not condition():
        each()
        if time.monotonic() > end:
            states = [(job.name, job.status.state, job.status.step, job.status.error) for job in jobs.list_jobs()]
            pytest.fail(f"still waiting after {seconds} s: {states}")
        time.sleep(0.05)


def end_all() -> None:
    """Stop whatever still waits or trains, and wait for the scheduler to go."""
    for job in jobs.list_jobs():
        if job.active:
            jobs.cancel(job.folder)
            end_trainer(job.folder, job.status, "kill")
    wait_until(lambda: not locks.is_held(scheduler_lock(runs.runs_folder())))
