"""What desktops, sync clients and network shares leave in a folder is nobody's run, model or leftover of ours."""

import os
import shutil
from pathlib import Path

import pytest

from ganlab import listings, locks, runs
from ganlab.cli import main
from ganlab.data import data_folder
from ganlab.execute import execute
from ganlab.explore import comparison, library, studies
from ganlab.foreign import parse_json
from ganlab.runs import RunFolder
from ganlab.studies import studies_folder
from ganlab.whole_files import remove_unfinished
from tests.marks import posix
from tests.rights import changed
from tests.tiny import TINY

RECIPE = TINY.with_settings({"steps": 2, "width": 4, "batch_size": 16})
FOLDERS = (".tmp.drivedownload", ".tmpAbC123", ".stfolder", ".stversions", ".dropbox.cache", "x.0a1b2c3d.part")
FILES = (".DS_Store", "._00000001.safetensors", "._00000001.png", "._tiny.safetensors", "Thumbs.db", "desktop.ini")


def litter(folder: Path) -> set[Path]:
    """Everything at once, folders with a file in them."""
    for name in FOLDERS:
        (folder / name).mkdir()
        (folder / name / "inside").touch()
    for name in FILES:
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "status (conflicted copy).json").write_text("{}", encoding="utf-8")
    (folder / "00000009 (1).safetensors").write_text("x", encoding="utf-8")
    (folder / "00000009.sync-conflict-20261126-ABCDEF.png").write_text("x", encoding="utf-8")
    return set(folder.rglob("*"))


def test_a_run_goes_on_whatever_a_sync_client_leaves_in_it(tmp_path: Path) -> None:
    folder = runs.create(runs.runs_folder() / "tiny-001", RECIPE, device="cpu")
    for report in execute(folder):
        if report.step == 1:
            folder.stop.touch()
    places = (folder.path, folder.snapshots, folder.samples, folder.resume.parent, runs.runs_folder())
    left = {path for place in places for path in litter(place)}
    ours = [folder.snapshots / ".tmpDeF456", folder.path / "status.json.01234567.part"]
    for path in ours:
        path.write_text("half", encoding="utf-8")
    list(execute(folder, continue_run=True))
    assert runs.read_status(folder).state == "done"
    assert not any(path.exists() for path in ours)
    assert {path for path in left if path.exists()} == left
    assert [run.name for run in runs.list_runs()] == ["tiny-001"]
    [model] = library.models()
    assert model.path == folder.checkpoint
    assert list(comparison.read(comparison.sources()["tiny-001"]).sheet_steps) == [0, 1, 2]


def test_a_run_may_begin_in_a_folder_that_a_desktop_has_looked_at(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / ".DS_Store").touch()
    assert runs.create(tmp_path / "new", RECIPE).recipe.is_file()


def test_models_and_studies_are_the_users_own(checkpoints_folder: Path, listed_study: Path) -> None:
    litter(checkpoints_folder)
    for path in (checkpoints_folder / "00000009 (1).safetensors", checkpoints_folder / "00000009.sync-conflict"):
        path.unlink(missing_ok=True)
    shutil.copy(listed_study, listed_study.with_name("._small.json"))
    assert [model.id for model in library.models()] == ["tiny"]
    assert list(studies.study_files()) == ["small"]


def test_a_run_in_a_hidden_folder_is_in_the_bin(run_folder: RunFolder) -> None:
    run_folder.path.rename(run_folder.path.with_name(".Trash-0"))
    assert runs.list_runs() == []


def test_only_what_our_writers_leave_is_removed(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    left = litter(place)
    (place / "link.json.0a1b2c3d.part").symlink_to(place / "Thumbs.db")
    (place / "a.safetensors.0a1b2c3d.part").touch()
    (place / ".tmpXyZ789").touch()
    remove_unfinished(place)
    assert set(place.rglob("*")) == left | {place / "link.json.0a1b2c3d.part"}


@pytest.mark.parametrize("name", [*FILES, ".nfs000000001"])
def test_strays_are_known_by_their_names(name: str) -> None:
    assert listings.is_stray(Path(name))
    assert not listings.is_stray(Path(f"tiny{name.replace('.', '')}.safetensors"))


def test_a_folder_that_cannot_be_listed_says_why(tmp_path: Path) -> None:
    file, lost, itself = tmp_path / "file", tmp_path / "lost", tmp_path / "itself"
    file.touch()
    lost.symlink_to(tmp_path / "disk" / "runs")
    itself.symlink_to(itself)
    for folder, words in ((file, "a folder"), (lost, f"is a link to {tmp_path}/disk/runs"), (itself, "itself")):
        [problem] = listings.problems(folder)
        assert str(folder) in problem
        assert words in problem
        assert listings.entries(folder) == []
    assert not listings.problems(tmp_path / "not yet made")
    itself.unlink()
    (tmp_path / "good").symlink_to(file)
    [problem] = listings.problems(tmp_path)
    assert problem.startswith(f"{lost} is left out: it is a link that leads nowhere")


@posix
@pytest.mark.parametrize("kind", ["file", "itself", "below a file"])
def test_a_folder_of_runs_that_is_none_is_told_and_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    place = tmp_path / "place"
    if kind == "itself":
        place.symlink_to(place)
    else:
        place.touch()
    monkeypatch.setenv("GANLAB_RUNS", str(place / "runs" if kind == "below a file" else place))
    assert main(["list"]) == 0
    assert str(place) in capsys.readouterr().out.splitlines()[-1]
    assert main(["log", "tiny-001"]) == 1
    assert "none yet" not in capsys.readouterr().err


@posix
def test_what_lists_show_of_a_folder_that_is_closed_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs of somebody else who lets nobody in, and a data folder that is a file, take nothing else with them."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "file"))
    with locks.hold(runs.runs_folder() / ".scheduler.lock"):
        pass
    with changed(runs.runs_folder(), 0o000):
        assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert "may not be read by you" in said
    assert f"{tmp_path / 'file'} " in said
    assert main(["data", "list"]) == 0
    assert f"{tmp_path / 'file'} " in capsys.readouterr().out


def test_a_folder_in_the_users_home_needs_no_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units of systemd and files of containers give `~` as it stands."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folders = {"DATA": data_folder, "RUNS": runs.runs_folder, "CHECKPOINTS": library.checkpoints_folder}
    for name, found in (folders | {"STUDIES": studies_folder}).items():
        monkeypatch.setenv(f"GANLAB_{name}", "~/mine")
        assert found() == tmp_path / "mine"
        monkeypatch.setenv(f"GANLAB_{name}", "~nobody-of-this-name/mine")
        with pytest.raises(ValueError, match=rf"GANLAB_{name} is .* no such home"):
            found()


def test_a_name_with_a_nul_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="NUL in its name"):
        runs.create(tmp_path / "a\0b", RECIPE)


def test_a_number_of_thousands_of_digits_is_told_without_pythons_own_remedy() -> None:
    with pytest.raises(ValueError, match="thousands of digits") as told:
        parse_json('{"seed": ' + "9" * 5_000 + "}")
    assert "sys." not in str(told.value)


def test_a_folder_that_goes_while_it_is_listed_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else deletes the run whose samples a page is about to show."""
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder / "00000001.png").touch()

    def gone_after_a_look(path: Path) -> bool:
        was_there = os.path.isdir(path)
        shutil.rmtree(path, ignore_errors=True)
        return was_there

    monkeypatch.setattr(listings, "is_folder", gone_after_a_look)
    assert listings.files(folder, "*.png") == []
