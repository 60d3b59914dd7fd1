"""However a trainer is killed in the middle of whatever it writes, the resumed run ends as if it had not been."""

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ganlab import runs
from ganlab.runs import RunFolder
from ganlab.whole_files import UNFINISHED
from tests.killing import RECIPE, Ended, Train, trainers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and reads /proc")

SEED = 0


@pytest.fixture(scope="module")
def train(data_folder: Path) -> Iterator[Train]:
    with trainers() as order:
        yield order


@pytest.fixture(scope="module")
def whole(train: Train, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, list[str]]:
    """The run without an interruption, and what happened to its files."""
    folder = tmp_path_factory.mktemp("whole")
    run = runs.create(folder / "run", RECIPE, device="cpu")
    assert train(run, note=str(folder / "events")) == Ended(0)
    return run, (folder / "events").read_text(encoding="utf-8").splitlines()


def assert_same(run: RunFolder, expected: RunFolder) -> None:
    assert runs.read_status(run).state == "done"
    assert runs.read_status(run).best_step == runs.read_status(expected).best_step
    for file in ("resume", "checkpoint"):
        mine, other = (load_file(getattr(folder, file)) for folder in (run, expected))
        assert mine.keys() == other.keys()
        assert [key for key in mine if not torch.equal(mine[key].nan_to_num(), other[key].nan_to_num())] in (
            [],
            ["curve/seconds"],
        )
    lines = [[line | {"seconds": 0} for line in runs.read_metrics(folder)] for folder in (run, expected)]
    assert lines[0] == lines[1]
    for place in ("samples", "snapshots"):
        names = [sorted(path.name for path in getattr(folder, place).iterdir()) for folder in (run, expected)]
        assert names[0] == names[1]
    assert not [path for path in run.path.rglob("*") if UNFINISHED.fullmatch(path.name)]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_before_every_kind_of_change_to_a_file(
    train: Train, whole: tuple[RunFolder, list[str]], tmp_path: Path
) -> None:
    """Before a file is removed, linked, synced or moved, or a line added: once for each kind of file."""
    expected, events = whole
    kinds = [kind for kind in dict.fromkeys(events) if not kind.startswith(("open", "os.chmod")) or "metrics" in kind]
    assert {"os.rename status.json", "os.rename metrics.jsonl", "os.rename checkpoint.safetensors"} < {*kinds}
    assert {"os.rename resume/state.safetensors", "os.rename resume/before.safetensors"} < {*kinds}
    assert {"os.rename snapshots/STEP.safetensors", "os.rename samples/STEP.png", "open metrics.jsonl"} < {*kinds}
    assert {kind.split()[0] for kind in kinds} >= {"open", "fsync", "os.rename", "os.remove", "os.link"}
    rng = random.Random(SEED)
    for kind in kinds:
        at = rng.randint(1, max(1, events.count(kind) // 2))  # how often the trainer tells that it lives varies
        run = runs.create(tmp_path / "run", RECIPE, device="cpu")
        assert train(run, event=kind, at=at) == Ended(-9), kind
        assert runs.read_status(run).state in ("queued", "interrupted", "done"), kind
        assert train(run) == Ended(0), (kind, at)
        assert_same(run, expected)
        shutil.rmtree(run.path)


@pytest.mark.slow
def test_killed_in_the_middle_of_writing_a_file(
    train: Train, whole: tuple[RunFolder, list[str]], tmp_path: Path
) -> None:
    """As a file grows beyond half of what it is to have, which kills whoever writes it, in C and Rust, too."""
    expected, _ = whole
    halves = {
        path.relative_to(expected.path): path.stat().st_size // 2
        for path in (expected.status, expected.metrics, expected.resume, *expected.snapshots.iterdir())
    }
    halves |= {Path("sheet"): next(expected.samples.iterdir()).stat().st_size // 2}
    for name, size in halves.items():
        run = runs.create(tmp_path / "run", RECIPE, device="cpu")
        assert train(run, most_bytes=size).code < 0, name
        assert train(run) == Ended(0), name
        assert_same(run, expected)
        shutil.rmtree(run.path)
