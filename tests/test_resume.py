"""Resuming equals not having stopped, bit for bit, however the trainer ended."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from ganlab import resume, runs
from ganlab.data import Pack, Stream
from ganlab.execute import execute
from ganlab.loop import Report, train
from ganlab.runs import RunFolder
from ganlab.training_state import Run, start
from tests.tiny import TINY

CPU = torch.device("cpu")
KILLS = 2
SMALL = {"architecture": "mlp-funnel", "width": 4, "discriminator_norm": "none"}  # a state of 125 kB


def begin(pack: Pack, **settings: object) -> tuple[Run, Stream]:
    recipe = TINY.with_settings({"steps": 12, "width": 4, "batch_size": 16} | settings)
    run = start(recipe, pack.spec, CPU)
    return run, Stream(pack, batch_size=recipe.batch_size, seed=recipe.seed, device=CPU)


def go(run: Run, stream: Stream, until: int) -> list[Report]:
    return list(train(run, stream, report_every=4, stop=lambda: run.step >= until))


def assert_same_state(one: Run, other: Run, folder: Path) -> None:
    """Everything that a state file holds: nets, averages, optimisers, generator, and what was not reported."""
    for name, run in (("one", one), ("other", other)):
        resume.save_state(run, folder / name)
    states = load_file(folder / "one"), load_file(folder / "other")
    assert states[0].keys() == states[1].keys()
    assert [key for key in states[0] if not torch.equal(states[0][key], states[1][key])] == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"precision": "bfloat16"},
        {"discriminator_norm": "batch", "lr_end": 0.1},
        {"adversarial": "relativistic", "penalty": "r1-r2", "discriminator_norm": "none", "generator_every": 2},
        {"adversarial": "wasserstein", "penalty": "wasserstein", "architecture": "mlp"},
        {"discriminator_dropout": 0.5, "head_hidden": 6},
        {"clusters": 4, "generator_lr": 1e-3},
        {"generator_optimizer": "sgd", "discriminator_optimizer": "rmsprop", "discriminator_every": 3},
    ],
    ids=["hinge", "bfloat16", "batch-norm", "r1-r2", "mlp-wasserstein", "dropout", "clusters", "optimisers"],
)
def test_five_steps_and_seven_are_twelve(digits: Pack, tmp_path: Path, settings: dict[str, object]) -> None:
    whole, stream = begin(digits, **settings)
    expected = go(whole, stream, 12)

    first, stream = begin(digits, **settings)
    reports = go(first, stream, 5)
    resume.save_state(first, tmp_path / "state")
    second, stream = begin(digits, **settings)
    resume.restore_state(second, tmp_path / "state")
    assert second.step == 5
    assert second.seconds == pytest.approx(first.seconds)
    reports += go(second, stream, 12)

    assert_same_state(whole, second, tmp_path)
    assert [(r.step, r.images, r.values) for r in reports] == [(r.step, r.images, r.values) for r in expected]


TRAINER = """
import sys
from pathlib import Path
import torch
from ganlab import execute, runs
torch.set_num_threads(1)
execute.SAVE_EVERY_SECONDS = 0.2
folder = runs.open_run(Path(sys.argv[1]))
for report in execute.execute(folder, continue_run=folder.resume.is_file()):
    pass
"""


@pytest.mark.slow
def test_a_trainer_killed_at_random_steps_ends_as_if_it_had_not_been(finished_run: RunFolder, tmp_path: Path) -> None:
    """Killed, and resumed, more than once; against the same run without an interruption."""
    folder = runs.create(tmp_path / "killed", runs.read_recipe(finished_run), device="cpu")
    at = sorted(random.Random().sample(range(5, 40), KILLS))
    print(f"kills at steps {at}")  # shown when the test fails
    for step in [*at, None]:
        with subprocess.Popen([sys.executable, "-c", TRAINER, str(folder.path)]) as process:
            if step is not None:
                _wait_for(lambda step=step: folder.resume.is_file() and _last_step(folder) >= step, process)
                process.kill()
        assert (process.returncode == 0) == (step is None)
        if step is not None:
            assert runs.read_status(folder).state == "interrupted"
    assert runs.read_status(folder).state == "done"
    for file in ("resume", "checkpoint"):
        mine, expected = (load_file(getattr(run, file)) for run in (folder, finished_run))
        assert mine.keys() == expected.keys()
        different = [key for key in mine if not torch.equal(mine[key].nan_to_num(), expected[key].nan_to_num())]
        assert different in ([], ["curve/seconds"])
    lines = [[line | {"seconds": 0} for line in runs.read_metrics(run)] for run in (folder, finished_run)]
    assert lines[0] == lines[1]
    assert runs.read_status(folder).best_step == runs.read_status(finished_run).best_step
    assert sorted(p.name for p in folder.samples.iterdir()) == sorted(p.name for p in finished_run.samples.iterdir())


def _last_step(folder: RunFolder) -> int:
    lines = runs.read_metrics(folder)
    return int(lines[-1]["step"]) if lines else 0


def _wait_for(happens: object, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while not happens():
        assert process.poll() is None, "the trainer ended too early"
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def half_way(digits: Pack, tmp_path: Path) -> tuple[Run, Path]:
    run, stream = begin(digits)
    go(run, stream, 5)
    path = tmp_path / "state.safetensors"
    resume.save_state(run, path)
    return run, path


def test_a_state_cut_short_is_named(half_way: tuple[Run, Path], digits: Pack) -> None:
    _, path = half_way
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(ValueError, match=r"state\.safetensors does not hold this run's state .*start the run again"):
        resume.restore_state(begin(digits)[0], path)


def test_the_state_of_another_recipe_is_refused(half_way: tuple[Run, Path], digits: Pack) -> None:
    with pytest.raises(ValueError, match="does not hold this run's state"):
        resume.restore_state(begin(digits, width=8)[0], half_way[1])


def test_a_state_that_says_its_device(half_way: tuple[Run, Path], digits: Pack, tmp_path: Path) -> None:
    """As earlier ones do: it no longer matters."""
    first, path = half_way
    header, tensors = _read(path)
    _write(path, header | {"device": "cuda"}, tensors)
    second, _ = begin(digits)
    resume.restore_state(second, path)
    assert_same_state(first, second, tmp_path)


def test_the_random_numbers_of_a_gpu_are_refused(half_way: tuple[Run, Path], digits: Pack) -> None:
    """The state of a GPU's own generator is of 16 bytes."""
    _, path = half_way
    header, tensors = _read(path)
    _write(path, header, tensors | {"rng": torch.zeros(16, dtype=torch.uint8)})
    with pytest.raises(ValueError, match=r"does not hold this run's state .*; start the run again"):
        resume.restore_state(begin(digits)[0], path)


def test_a_state_without_random_numbers_is_refused(half_way: tuple[Run, Path], digits: Pack) -> None:
    _, path = half_way
    header, tensors = _read(path)
    _write(path, header, {key: value for key, value in tensors.items() if key != "rng"})
    with pytest.raises(ValueError, match=r"does not hold this run's state \('rng'\); start the run again"):
        resume.restore_state(begin(digits)[0], path)


def _read(path: Path) -> tuple[dict[str, object], dict[str, torch.Tensor]]:
    with safe_open(path, "pt") as file:
        return json.loads(file.metadata()["state"]), load_file(path)


def _write(path: Path, header: dict[str, object], tensors: dict[str, torch.Tensor]) -> None:
    save_file({key: value.clone() for key, value in tensors.items()}, path, {"state": json.dumps(header)})


def test_another_safetensors_file_is_not_a_state(tmp_path: Path, digits: Pack) -> None:
    save_file({"x": torch.zeros(3)}, tmp_path / "x")
    with pytest.raises(ValueError, match="is not a resume state of format 1"):
        resume.restore_state(begin(digits)[0], tmp_path / "x")


def test_a_pickle_is_not_opened(pickle_file: Path, digits: Pack) -> None:
    with pytest.raises(ValueError, match="is a pickle"):
        resume.restore_state(begin(digits)[0], pickle_file)
    assert not (pickle_file.parent / "ran").exists()


@contextmanager
def full_disk(folder: Path) -> Iterator[Path]:
    """A file system of 300 kB; only root may make one."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip(f"no small file system can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # a restored run still maps its state


@contextmanager
def small_files(folder: Path) -> Iterator[Path]:
    """No file may grow beyond 200 kB."""
    resource = pytest.importorskip("resource")
    folder.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        yield folder
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("limit", [full_disk, small_files])
def test_a_full_disk_leaves_the_old_state_whole(digits: Pack, tmp_path: Path, limit: object) -> None:
    small, stream = begin(digits, **SMALL)
    go(small, stream, 5)
    large, _ = begin(digits, width=32)
    with limit(tmp_path / "disk") as folder:
        path = folder / "state.safetensors"
        resume.save_state(small, path)
        with pytest.raises(OSError, match=r"Free some space .* what was there before is unchanged"):
            resume.save_state(large, path)
        assert [p.name for p in folder.iterdir()] == ["state.safetensors"]
        again, stream = begin(digits, **SMALL)
        resume.restore_state(again, path)
    assert_same_state(small, again, tmp_path)


def test_a_run_on_a_full_disk_fails_and_can_go_on_later(
    finished_run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    monkeypatch.setattr("ganlab.execute.SAVE_EVERY_SECONDS", 0)
    recipe = runs.read_recipe(finished_run).with_settings({"steps": 6})
    folder = runs.create(tmp_path / "run", recipe, device="cpu")
    reports = execute(folder)
    next(reports)
    next(reports)  # by now the first state is saved
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match=r"state\.safetensors could not be written: it is larger than"):
            list(reports)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    status = runs.read_status(folder)
    assert status.state == "failed"
    assert "Free some space" in status.error
    list(execute(folder, continue_run=True))
    assert runs.read_status(folder).state == "done"
