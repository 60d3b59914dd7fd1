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
import torch

from ganlab import cards, following, jobs, runs
from ganlab.cli import main
from ganlab.runs import RunFolder
from tests.jobs.processes import end_all, wait_until
from tests.ports import free_port
from tests.tiny import TINY

PATIENCE_SECONDS = 120
LIMIT_SECONDS = 30.0


@contextmanager
def trainer(log: Path, *arguments: object, launcher: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A training in a process of its own, whose words are in `log`; none of its processes is left behind."""
    environment = os.environ | {following.LIMIT: str(LIMIT_SECONDS)}
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


@pytest.mark.skipif(os.name != "posix", reason="shows no environment of another process")
def test_each_process_of_a_run_in_the_queue_has_a_card_of_its_own(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three declared cards the queue gives it the two with most room; process k trains on the k-th of those."""
    free = {"name": "A card", "bytes": 24 * 10**9, "free_bytes": 20 * 10**9}
    monkeypatch.setenv(cards.DECLARED, json.dumps([free, free | {"bytes": 10**9, "free_bytes": 1}, free]))
    made = TINY.with_settings({"steps": 100_000, "width": 4, "batch_size": 16})
    (folder,) = jobs.submit_all([made], processes=2)
    try:
        wait_until(lambda: runs.read_status(folder).step > 0)
        status = runs.read_status(folder)
        assert (status.processes, status.cards) == (2, [0, 2])
        first = psutil.Process(status.pid)
        (other,) = first.children()
        assert [one.environ()[cards.VISIBLE] for one in (first, other)] == ["0,2", "0,2"]
        assert (first.environ().get("LOCAL_RANK"), other.environ()["LOCAL_RANK"]) == (None, "1")
    finally:
        end_all()


@pytest.mark.parametrize(
    ("device", "number", "expected"), [("cpu", 5, "cpu"), ("cuda", 0, "cuda:0"), ("cuda", 1, "cuda:1")]
)
def test_a_process_takes_the_card_of_its_own_number(
    device: str, number: int, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cards.DECLARED, json.dumps([{"name": "A card", "bytes": 10**9}] * 2))
    assert following.own_device(torch.device(device), number) == torch.device(expected)


@pytest.mark.parametrize(
    ("device", "number", "words"),
    [
        ("cuda", 2, "this machine has 2; choose --processes 2 or fewer"),
        ("cuda:1", 0, "choose --device cuda in place of cuda:1"),
        ("mps", 0, "choose --processes 1, or --device cpu"),
    ],
)
def test_a_process_without_a_card_of_its_own_is_told(
    device: str, number: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cards.DECLARED, json.dumps([{"name": "A card", "bytes": 10**9}] * 2))
    with pytest.raises(ValueError, match=words):
        following.own_device(torch.device(device), number)


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
