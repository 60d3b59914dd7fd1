"""What a job asks of Slurm, and the script that it is; no Slurm is needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganlab import cards, jobs, runs
from ganlab.jobs.slurm import sending
from ganlab.jobs.slurm.settings import SETTINGS, settings
from ganlab.recipes import Recipe

GOOD = {
    "PARTITION": ["gpu", "short,long"],
    "ACCOUNT": ["proj_1-a"],
    "GRES": ["gpu:1", "gpu:a100:2", "gpu:1,license:3"],
    "TIME": ["90", "90:00", "12:00:00", "2-12", "2-12:30"],
    "CPUS": ["4"],
    "MEMORY": ["4000", "8G"],
    "AT_ONCE": ["1"],
    "WARNING_SECONDS": ["120"],
}
BAD = ["$(touch x)", "a b", "-x", "a;b", "a\nb", "--wrap=x", "ü"]


def test_without_settings_the_cluster_decides() -> None:
    found = settings()
    assert found == dict.fromkeys(SETTINGS, "") | {"CPUS": "2", "AT_ONCE": "8", "WARNING_SECONDS": "90"}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_taken_or_refused_with_what_can_be(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in GOOD[name]:
        monkeypatch.setenv(f"GANLAB_SLURM_{name}", text)
        assert settings()[name] == text
    for text in BAD:
        monkeypatch.setenv(f"GANLAB_SLURM_{name}", text)
        with pytest.raises(ValueError, match=rf"GANLAB_SLURM_{name} is .*; set it to "):
            settings()
    assert jobs.against_sending("slurm").startswith(f"GANLAB_SLURM_{name} is ")


def test_where_slurm_is_not_that_is_told_and_no_run_is_made(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not sending.offered()
    monkeypatch.setenv("GANLAB_SLURM_PARTITION", "gpu")
    assert sending.offered()
    with pytest.raises(ValueError, match="sbatch is not on this machine: start ganlab on a machine of the cluster"):
        jobs.submit(recipe, where="slurm")
    assert list(runs.runs_folder().iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_a_job_hears_of_no_card_of_this_machine(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it looks for that card on its own machine."""
    (tmp_path / "sbatch").write_text('#!/bin/sh\nenv >"$0.env"\necho 17\n', encoding="utf-8")
    (tmp_path / "sbatch").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    declared = '[{"name": "A card", "bytes": 24000000000}]'
    for name, value in {cards.DECLARED: declared, cards.GIVEN: "1", "SLURM_JOB_ID": "3", "MINE": "kept"}.items():
        monkeypatch.setenv(name, value)
    sending.submit([runs.create(tmp_path / "one", recipe)])
    heard = (tmp_path / "sbatch.env").read_text(encoding="utf-8").splitlines()
    assert "MINE=kept" in heard
    assert not [line for line in heard if line.startswith((cards.DECLARED, cards.GIVEN, "SLURM_JOB_ID"))]


@pytest.mark.skipif(sys.platform == "win32", reason="needs bash")
def test_the_script_becomes_the_trainer_of_its_run_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bash reads it, with a Python that tells its arguments and its number of a process."""
    python = tmp_path / "my python"
    python.write_text('#!/bin/sh\nprintf "%s|" "$@" $$\n', encoding="utf-8")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    names = ["plain", "with space", "it's", '$(touch gone) `x` \\ "q" %a', "two\nlines", "ünï"]
    paths = [tmp_path / "runs" / name for name in names]
    (tmp_path / "script").write_text(sending.script(paths), encoding="utf-8")
    for task, path in enumerate(paths):
        path.mkdir(parents=True)
        environment = {"PATH": "/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": str(task)}
        with subprocess.Popen(["bash", "script"], env=environment, cwd=tmp_path) as shell:
            assert shell.wait(10) == 0
        told = (path / "log.txt").read_text(encoding="utf-8").split("|")
        assert told == ["-m", "ganlab.jobs.slurm.trainer", str(path), str(shell.pid), ""]
    assert not (tmp_path / "gone").exists()
