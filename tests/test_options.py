"""Options of the command line that would do nothing, or something else, are refused."""

from pathlib import Path

import pytest

from ganlab import runs
from ganlab.cli import main
from ganlab.runs import RunFolder
from tests.tiny import TINY


@pytest.fixture
def waiting(tmp_path: Path) -> RunFolder:
    return runs.create(tmp_path / "here", TINY, device="cpu")


@pytest.mark.parametrize(
    "words",
    [["train", "ring-8-gan", "--set"], ["train", "ring-8-gan", "--set", "--steps", "3"], ["sample", "x", "--fix"]],
    ids=" ".join,
)
def test_an_option_of_values_with_nothing_behind_is_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert "has nothing behind it; write its values, or leave it out" in capsys.readouterr().err
    assert not runs.list_runs()


def test_a_run_of_another_name_does_not_go_on(waiting: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "ring-8-gan", "--resume", "--out", str(waiting.path)]) == 1
    assert f"{waiting.path} holds a run of {TINY.name}, not of ring-8-gan" in capsys.readouterr().err
    assert runs.read_status(waiting).state == "queued"


@pytest.mark.parametrize("words", [["--tensorboard"], ["--on-collapse", "stop"]], ids=" ".join)
def test_what_only_a_new_run_can_be_told_is_refused(
    waiting: RunFolder, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "here", "--resume", "--out", str(waiting.path), *words]) == 1
    assert f"leave out {words[0]}" in capsys.readouterr().err
    assert runs.read_status(waiting).state == "queued"


def test_rights_are_asked_for_where_the_run_will_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below_a_file = tmp_path / "file" / "runs"
    below_a_file.parent.write_text("", encoding="utf-8")
    monkeypatch.setenv("GANLAB_RUNS", str(below_a_file))
    with pytest.raises(ValueError, match=r"or set GANLAB_RUNS to a folder of your own"):
        runs.require_writable()
    runs.require_writable(tmp_path / "new" / "run")
    with pytest.raises(ValueError, match=r"or choose another folder for it"):
        runs.require_writable(below_a_file / "run")
