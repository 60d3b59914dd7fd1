"""The queue's own code with pretended trainers: machines that fail, a scheduler that dies, and nothing lost."""

import time
from pathlib import Path

import pytest

from bench import simulated_queue
from ganlab import runs
from ganlab.jobs import placing
from ganlab.jobs.states import lasting, read_state, read_states
from ganlab.runs import looks as looking
from ganlab.runs.looks import Looks
from tests.tiny import TINY


def test_no_run_is_lost_or_trained_twice(tmp_path: Path) -> None:
    done = simulated_queue.simulate(tmp_path, count=24, machines=2, seed=2, failures=6.0)
    assert done.trainers_died
    assert done.schedulers_died
    assert 0 < done.turned_away <= done.came_back <= done.trainers_cut_off
    assert (done.lost, done.trained_twice, done.overlaps, done.too_full) == ([], [], 0, 0)


def test_the_simulation_sees_two_on_one_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test before relies on: with a queue that forgets who sits where, it tells."""
    monkeypatch.setattr(placing._Desk, "seat", lambda self, one: None)
    assert simulated_queue.simulate(tmp_path, count=10, machines=1, most_looks=3).overlaps


def test_the_simulation_sees_a_run_that_ends_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above: where trainers that were cut off go on as if nothing had happened."""
    monkeypatch.setattr(runs, "claim", lambda folder: folder)
    assert simulated_queue.simulate(tmp_path, count=24, machines=2, seed=2, failures=6.0).trained_twice


@pytest.fixture
def _soon_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "SETTLED_SECONDS", 0.05)


@pytest.mark.usefixtures("_soon_settled")
def test_files_are_opened_again_only_once_something_has_changed(tmp_path: Path) -> None:
    """Counted by what is read, as time is no measure on a busy machine."""
    folders = [runs.create(tmp_path / f"run-{number}", TINY) for number in range(20)]
    read: list[str] = []

    def note(folder: runs.RunFolder) -> str:
        read.append(folder.name)
        return runs.read_status(folder).state

    looks = Looks(note, lambda state: 0.0 if state == "running" else 600.0)
    time.sleep(0.1)
    assert looks.over(tmp_path) == ["queued"] * 20
    assert len(read) == 20
    looks.over(tmp_path)
    assert len(read) == 20, "nothing has changed"
    runs.write_status(folders[3], runs.read_status(folders[3]).model_copy(update={"state": "done"}))
    folders[5].stop.touch()
    (tmp_path / "no run").mkdir()
    folders[7].path.rename(tmp_path / "renamed")
    read.clear()
    assert sorted(looks.over(tmp_path)) == ["cancelled", "done", *["queued"] * 18]
    assert sorted(read) == ["renamed", "run-3", "run-5"]


def test_what_has_just_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second change in the same moment leaves the same times."""
    monkeypatch.setattr(looking, "SETTLED_SECONDS", 1000.0)
    folder = runs.create(tmp_path / "run", TINY)
    read: list[str] = []
    looks = Looks(lambda folder: read.append(folder.name) or "queued", lambda state: 600.0)
    for _ in range(3):
        looks.over(folder.path.parent)
    assert len(read) == 3


@pytest.mark.usefixtures("_soon_settled")
def test_a_scheduler_looks_at_those_that_train_and_at_what_is_new(tmp_path: Path) -> None:
    folders = [runs.create(tmp_path / f"run-{number}", TINY) for number in range(5)]
    looks = Looks(read_state, lasting)
    time.sleep(0.1)
    read_states(tmp_path, looks)
    with runs.hold(folders[0]):
        runs.write_status(folders[0], runs.read_status(folders[0]).model_copy(update={"state": "running"}))
        time.sleep(0.1)
        assert [s.status.state for s in read_states(tmp_path, looks)].count("running") == 1
    states = [state.status.state for state in read_states(tmp_path, looks)]
    assert states.count("interrupted") == 1, "its trainer is gone, and no file has changed"
