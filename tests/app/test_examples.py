"""Examples of failures on Compare: offered while they are not among the runs, and then runs like others."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ganlab import folders, runs
from ganlab.cli import main
from ganlab.jobs import examples
from ganlab.runs import RunFolder


@pytest.fixture
def kept(run_folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A run that was kept as an example; the runs themselves are away."""
    monkeypatch.setattr(folders, "root", lambda: tmp_path / "root")
    found = examples.keep(run_folder, tmp_path / "root" / "failures")
    shutil.rmtree(run_folder.path)
    return found


def test_an_example_keeps_curves_snapshots_and_findings_and_no_more(kept: RunFolder) -> None:
    steps = list(runs.numbered(kept.snapshots, ".safetensors"))
    assert len(steps) <= examples.SNAPSHOTS
    assert list(runs.numbered(kept.samples, ".png")) == steps
    assert not kept.checkpoint.exists()
    assert runs.read_status(kept).state == "done"
    assert runs.read_status(kept).pid is None


def test_examples_are_added_once(kept: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["examples"]) == 0
    assert kept.name in capsys.readouterr().out
    (added,) = runs.list_runs()
    assert added.metrics.read_bytes() == kept.metrics.read_bytes()
    assert list(runs.numbered(added.snapshots, ".safetensors")) == list(runs.numbered(kept.snapshots, ".safetensors"))
    assert examples.missing() == []
    assert [path.name for path in runs.runs_folder().iterdir()] == [kept.name]
    assert main(["examples"]) == 0
    assert "already" in capsys.readouterr().out


def test_two_who_add_them_at_once_add_each_once(kept: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = examples._copied

    def copy_while_another_does(run: RunFolder, into: Path, shown: Path) -> RunFolder:
        if not shown.exists():
            shutil.copytree(run.path, shown)
        return copy(run, into, shown)

    monkeypatch.setattr(examples, "_copied", copy_while_another_does)
    assert examples.add() == []
    assert [path.name for path in runs.runs_folder().iterdir()] == [kept.name]
    assert not (runs.runs_folder() / kept.name / kept.name).exists()


def test_the_button_is_there_as_long_as_they_are_missing(kept: RunFolder) -> None:
    app = AppTest.from_function(_button, default_timeout=30).run()
    (button,) = app.button
    assert button.label == "Add 1 example of failures"
    app = button.click().run()
    assert [run.name for run in runs.list_runs()] == [kept.name]
    assert not app.button


def _button() -> None:
    from ganlab.ui.examples_button import examples_button

    examples_button("compare")
