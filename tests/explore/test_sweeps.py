"""Which runs belong together."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from ganlab import jobs, runs
from ganlab.explore import sweeps
from ganlab.jobs import local, sweep
from ganlab.runs import RunFolder, Status, looks
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


def test_a_sweep_is_found_again_without_opening_the_status_of_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Train page asks every second: only the run in question, and those that have changed, are read."""
    monkeypatch.setattr(looks, "SETTLED_SECONDS", 0.0)
    read: Counter[str] = Counter()
    read_status = runs.read_status

    def counting(folder: RunFolder) -> Status:
        read[folder.name] += 1
        return read_status(folder)

    monkeypatch.setattr(runs, "read_status", counting)
    made = [runs.create(tmp_path / f"run-{place}", TINY, sweep="run-0") for place in range(9)]
    runs.create(tmp_path / "other", TINY)
    names = [folder.name for folder in made]
    assert [folder.name for folder in sweeps.of_run(made[3])] == names
    read.clear()
    assert [folder.name for folder in sweeps.of_run(made[3])] == names
    assert read == {"run-3": 1}
    runs.create(tmp_path / "run-late", TINY, sweep="run-0")
    runs.write_status(made[5], read_status(made[5]).model_copy(update={"sweep": "another"}))
    read.clear()
    names = [*(name for name in names if name != "run-5"), "run-late"]
    assert [folder.name for folder in sweeps.of_run(made[3])] == names
    assert read == {"run-3": 1, "run-5": 1, "run-late": 1}
