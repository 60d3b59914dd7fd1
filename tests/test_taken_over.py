"""A trainer that was cut off, and comes back to a run that another has taken over, changes nothing there."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ganlab import runs, snapshots
from ganlab.execute import execute
from ganlab.runs import RunFolder, Where
from tests.killing import RECIPE, TAKEN_OVER, Ended, Train, trainers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stops processes, and forks")

GIVEN_AWAY = "was given to another trainer while this one was away (by process "


@pytest.fixture(scope="module")
def train(data_folder: Path) -> Iterator[Train]:
    with trainers() as order:
        yield order


@pytest.fixture(scope="module")
def whole(train: Train, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, list[str]]:
    """The run undisturbed, and what happened to its files."""
    folder = tmp_path_factory.mktemp("whole")
    run = at_a_cluster(folder / "run")
    assert train(run, note=str(folder / "events")) == Ended(0)
    return run, (folder / "events").read_text(encoding="utf-8").splitlines()


def at_a_cluster(path: Path, place: str = "ray") -> RunFolder:
    """A run that no lock of this machine guards."""
    return runs.create(path, RECIPE, device="cpu", backend=place)


def assert_same(run: RunFolder, expected: RunFolder) -> None:
    assert runs.read_status(run).state == "done"
    for file in ("resume", "checkpoint"):
        mine, other = (load_file(getattr(folder, file)) for folder in (run, expected))
        assert mine.keys() == other.keys()
        differ = [key for key in mine if not torch.equal(mine[key].nan_to_num(), other[key].nan_to_num())]
        assert differ in ([], ["curve/seconds"])
    lines = [[line | {"seconds": 0} for line in runs.read_metrics(folder)] for folder in (run, expected)]
    assert lines[0] == lines[1]


@pytest.mark.slow
def test_stopped_just_before_it_changes_a_file_it_changes_none(
    train: Train, whole: tuple[RunFolder, list[str]], tmp_path: Path
) -> None:
    """Once before each kind of move, and of line: the claim was looked at before the one, not yet before the other."""
    expected, events = whole
    begun = events.index("os.rename claim.json") + 1
    kinds = [kind for kind in dict.fromkeys(events[begun:]) if kind.startswith(("os.rename", "open metrics.jsonl"))]
    assert {"os.rename status.json", "os.rename checkpoint.safetensors", "os.rename resume/state.safetensors"} < {
        *kinds
    }
    assert {"os.rename snapshots/STEP.safetensors", "os.rename samples/STEP.png", "open metrics.jsonl"} < {*kinds}
    for kind in kinds:
        run = at_a_cluster(tmp_path / "run")
        at = events[:begun].count(kind) + max(1, events[begun:].count(kind) // 2)
        assert train(run, event=kind, at=at, stops=True) == Ended(TAKEN_OVER, 0), kind
        assert_same(run, expected)
        shutil.rmtree(run.path)


@pytest.mark.parametrize("place", ["ray", "slurm"])
def test_a_job_of_a_cluster_says_so_in_the_log(
    place: str, train: Train, whole: tuple[RunFolder, list[str]], tmp_path: Path
) -> None:
    """Ray has the run as another job, since it was resumed; Slurm has started the same job on another machine."""
    run = at_a_cluster(tmp_path / "run", place)
    runs.write_where(run, Where(backend=place, handle="7"))
    assert train(run, event="open metrics.jsonl", at=5, stops=True, place=place) == Ended(1, 0, ("log.txt",))
    assert_same(run, whole[0])
    *_, last = run.log.read_text(encoding="utf-8").splitlines()
    assert f"the run in {run.path} {GIVEN_AWAY}" in last
    assert last.endswith("so this one ends here, and writes nothing more")


@pytest.mark.slow
def test_one_in_a_terminal_ends_with_a_sentence_and_its_other_process_too(train: Train, tmp_path: Path) -> None:
    """Two processes a run; of the six, three import torch."""
    undisturbed, run = (runs.create(tmp_path / name, RECIPE, device="cpu") for name in ("undisturbed", "run"))
    assert train(undisturbed, place="terminal") == Ended(0)
    assert train(run, event="open metrics.jsonl", at=5, stops=True, place="terminal") == Ended(1, 0)
    assert_same(run, undisturbed)
    said = (tmp_path / "run.txt").read_text(encoding="utf-8")
    assert f"ganlab: the run in {run.path} {GIVEN_AWAY}" in said


def test_claims_that_are_damaged_or_lost_end_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots.measure_fully, "__defaults__", (100, None))
    damages = ["", "{", '{"token": "x"}', "gone", "a folder"]
    run = runs.create(tmp_path / "run", RECIPE.with_settings({"steps": len(damages)}), device="cpu")
    for _, damage in zip(execute(run), damages, strict=True):
        for file in (run.claim, run.claim_copy):
            file.unlink(missing_ok=True)
            if damage == "a folder":
                file.mkdir()
            elif damage != "gone":
                file.write_text(damage, encoding="utf-8")
    assert runs.read_status(run).state == "done"


def test_one_of_the_two_files_says_whose_it_is(tmp_path: Path) -> None:
    run = runs.create(tmp_path / "run", RECIPE, device="cpu")
    run.lock.touch()
    mine = runs.claim(run)
    before = {file: file.read_bytes() for file in (run.claim, run.claim_copy)}
    other = before[run.claim].replace(json.loads(before[run.claim])["token"].encode(), b"0" * 32)
    for file in before:  # one bit that has changed is no other trainer
        file.write_bytes(other)
        mine.check()
        file.write_bytes(before[file])
    theirs = runs.claim(run)
    for file in (run.claim, run.claim_copy):
        content = file.read_bytes()
        file.unlink()
        theirs.check()
        with pytest.raises(
            runs.TakenOverError, match=rf"{run.path} {GIVEN_AWAY.split('(')[0]}.by process {os.getpid()} "
        ):
            mine.check()
        file.write_bytes(content)
    with pytest.raises(runs.TakenOverError, match="writes nothing more"):
        runs.write_status(mine, runs.read_status(mine))
    with pytest.raises(runs.TakenOverError, match="writes nothing more"):
        runs.append_metrics(mine, {"step": 1})
