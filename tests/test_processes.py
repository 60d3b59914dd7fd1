"""`train --processes`, and under torchrun: real processes that are stopped, killed and resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from ganlab import following, runs
from ganlab.cli import main
from ganlab.runs import RunFolder
from tests.ports import free_port
from tests.tiny import TINY

PATIENCE_SECONDS = 120
LIMIT_SECONDS = 30.0


@contextmanager
def trainer(log: Path, *arguments: object, launcher: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A training in a process of its own, whose words are in `log`; none of its processes is left behind."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", following.LIMIT: str(LIMIT_SECONDS)}
    command = [sys.executable, *launcher, "-m", "ganlab", "train", *map(str, arguments)]
    with log.open("ab") as out, subprocess.Popen(command, stdout=out, stderr=out, env=environment) as process:
        family = psutil.Process(process.pid)
        try:
            yield process
        finally:
            for child in family.children(recursive=True) if process.poll() is None else []:
                child.kill()
            process.kill()


def wait_for(met: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not met():
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.05)


def last_step(folder: RunFolder) -> int:
    lines = runs.read_metrics(folder)
    return int(lines[-1]["step"]) if lines else 0


@pytest.mark.slow  # three programs that import torch, two of them twice
@pytest.mark.skipif(os.name != "posix", reason="sends SIGTERM")
def test_two_processes_are_stopped_killed_and_resumed_as_one(data_folder: Path, tmp_path: Path) -> None:
    recipe, log, folder = tmp_path / "recipe.json", tmp_path / "log", RunFolder(tmp_path / "run")
    made = TINY.with_settings({"steps": 100_000, "width": 4, "architecture": "mlp-funnel", "augment": "none"})
    recipe.write_text(json.dumps(made.model_dump(mode="json")), encoding="utf-8")
    launcher = ("-m", "torch.distributed.run", "--nproc-per-node=2", f"--master-port={free_port()}")
    with trainer(log, recipe, "--out", folder.path, launcher=launcher) as process:
        wait_for(lambda: last_step(folder) > 0, process, log)
        process.send_signal(signal.SIGTERM)  # the launcher hands it to both
        process.wait(PATIENCE_SECONDS)
    status = runs.read_status(folder)
    assert (status.state, status.signal, status.processes) == ("cancelled", signal.SIGTERM, 2)
    assert status.step > 0
    going_on = f"going on from step {status.step:,}"
    assert runs.saved_states(folder)

    with trainer(log, recipe, "--out", folder.path, "--resume") as process:
        wait_for(lambda: last_step(folder) > status.step, process, log)
        (other,) = psutil.Process(process.pid).children()
        other.kill()
        assert process.wait(2 * LIMIT_SECONDS) == 1
    assert "another process of this run has ended" in log.read_text(encoding="utf-8")
    lost = runs.read_status(folder)
    assert lost.state == "failed"
    assert "resume it" in lost.error

    with trainer(log, recipe, "--out", folder.path, "--resume", "--processes", "1") as process:
        wait_for(lambda: log.read_text(encoding="utf-8").count(going_on) == 2, process, log)
        folder.stop.touch()
        assert process.wait(PATIENCE_SECONDS) == 0
    assert runs.read_status(folder).state == "cancelled"
    assert runs.read_status(folder).step >= status.step
    steps = [line["step"] for line in runs.read_metrics(folder)]
    assert steps == sorted({*steps})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--processes", "3"], "a batch of 32 does not come apart evenly for 3 processes: set batch_size to"),
        (["--processes", "4", "--set", "accumulate=8"], "each in 8 parts: set batch_size to a multiple of 32, 64"),
        (["--processes", "0"], "choose 1 or more"),
    ],
)
def test_what_processes_cannot_share_is_told_before_there_is_a_run(
    options: list[str], words: str, data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(TINY.model_dump(mode="json")), encoding="utf-8")
    assert main(["train", str(recipe), "--out", str(tmp_path / "run"), "--device", "cpu", *options]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, following.Place(0, 1, 0)),
        ({"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}, following.Place(3, 4, 1)),
        ({"SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "8", "SLURM_LOCALID": "0"}, following.Place(2, 8, 0)),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_LOCALID": "0"}, following.Place(0, 1, 0)),  # of sbatch alone
    ],
)
def test_a_launcher_says_which_process_this_is(
    variables: dict[str, str], expected: following.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in {name for names in following.LAUNCHERS for name in names}:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert following.place() == expected
