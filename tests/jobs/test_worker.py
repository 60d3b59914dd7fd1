"""The process that trains a queued run, called in the test's own process."""

import os
import re
import sys
import time

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


@pytest.mark.parametrize(
    ("zone", "offset"), [("America/New_York", "-0[45]:00"), ("Asia/Kolkata", r"\+05:30"), ("UTC", r"\+00:00")]
)
def test_lines_of_the_log_say_when_and_in_which_zone(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], zone: str, offset: str
) -> None:
    folder = runs.create(runs.runs_folder() / "mine", recipe.with_settings({"steps": 2}), device="cpu")
    monkeypatch.setattr(sys, "argv", ["worker", str(folder.path)])
    monkeypatch.delattr(os, "nice")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        worker.main()
    finally:
        monkeypatch.undo()
        time.tzset()
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(re.match(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d{offset} ", line) for line in lines)
