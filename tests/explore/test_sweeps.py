"""Which runs belong together."""

import shutil

import pytest

from ganlab import jobs, runs
from ganlab.explore import sweeps
from ganlab.jobs import local, sweep
from ganlab.runs import RunFolder
from tests.tiny import TINY


def _queue(widths: list[int], monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    monkeypatch.setattr(local, "ensure_scheduler", lambda root: None)  # nothing is to be trained here
    return jobs.submit_all(sweep(TINY, {"width": widths}))


def test_what_is_queued_together_is_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = _queue([4, 5, 6], monkeypatch), _queue([4, 5, 6], monkeypatch)
    (alone,) = jobs.submit_all([TINY])
    for folder in (*first, *again):
        found = [other.name for other in sweeps.of_run(folder)]
        assert found == [other.name for other in (first if folder in first else again)]
    assert [other.name for other in sweeps.of_run(alone)] == [alone.name]


def test_a_deleted_run_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = _queue([4, 5, 6], monkeypatch)
    shutil.rmtree(second.path)
    assert [other.name for other in sweeps.of_run(third)] == [first.name, third.name]
    assert runs.read_status(first).sweep == first.name
