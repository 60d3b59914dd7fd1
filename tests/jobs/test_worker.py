"""The process that trains a queued run, called in the test's own process."""

import os
import sys

import pytest

from ganlab import jobs, runs
from ganlab.jobs import worker
from ganlab.recipes import Recipe


def test_a_run_is_trained_where_processes_have_no_niceness(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "nice")
    folder = runs.create(runs.runs_folder() / "mine", recipe.with_settings({"steps": 2}), device="cpu")
    monkeypatch.setattr(sys, "argv", ["worker", str(folder.path)])
    assert worker.main() == 0
    assert [job.status.state for job in jobs.list_jobs()] == ["done"]
