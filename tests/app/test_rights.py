"""All pages where folders and files are another user's, closed, or named in bytes that are no text."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ganlab import runs, studies
from ganlab.explore import library
from ganlab.runs import RunFolder
from ganlab.ui.shell import PAGES
from tests.rights import bound_by_rights, changed

OpenPage = Callable[..., AppTest]
Visit = Callable[[], str]
NO_TEXT = os.fsdecode(b"caf\xe9")


@pytest.fixture
def pages_say(
    open_page: OpenPage, checkpoints_folder: Path, run_folder: RunFolder, listed_study: Path
) -> Callable[..., dict[str, str]]:
    """Opens pages, all of them unless some are named, and gives what each says; an exception fails the test."""

    def visit(*names: str, **address: str) -> dict[str, str]:
        said = {}
        for name in names or [page for pages in PAGES.values() for page, _, _ in pages]:
            app = open_page(name, **address)
            assert not app.exception, (name, [f"{e.message}\n{e.stack_trace}" for e in app.exception])
            told = [*app.error, *app.warning, *app.markdown, *app.caption, *app.info]
            said[name] = "\n".join(str(element.value) for element in told).replace("\\", "")
        return said

    return visit


def test_a_data_folder_that_may_only_be_read(pages_say: Callable[..., dict[str, str]], own_data: Path) -> None:
    with ExitStack() as stack:
        for folder in (own_data, *filter(Path.is_dir, own_data.rglob("*"))):
            stack.enter_context(changed(folder, 0o555))
        said = pages_say(model="tiny")
    assert not any("permission denied" in text for text in said.values()), said
    assert {path.name for path in own_data.iterdir()} == {"packs"}, "nothing was written there"


def test_a_data_folder_that_may_not_be_read(pages_say: Callable[..., dict[str, str]], own_data: Path) -> None:
    with changed(own_data, 0o000):
        said = pages_say(model="tiny", layout="PCA")
    assert all("may not be read by you" in text for text in said.values())


def test_a_checkpoint_that_may_not_be_read(pages_say: Callable[..., dict[str, str]], checkpoints_folder: Path) -> None:
    closed = Path(shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / "closed.safetensors"))
    with changed(closed, 0o000):
        said = pages_say("gallery", "sample", "map", "compare", layout="PCA")
    assert "closed.safetensors is not yours to use like this" in said["gallery"]


@pytest.mark.parametrize(
    "name", ["", "status.json", "recipe.json", "metrics.jsonl", "samples", "snapshots", "lock", "log.txt"]
)
def test_a_run_of_which_a_part_may_not_be_read(
    pages_say: Callable[..., dict[str, str]], run_folder: RunFolder, name: str
) -> None:
    shutil.copytree(run_folder.path, runs.runs_folder() / "other-001")
    if name in ("status.json", "recipe.json"):
        run_folder.path.joinpath(name.replace(".", ".copy.")).unlink()
    run_folder.log.touch()
    with changed(run_folder.path / name, 0o000):
        said = pages_say("gallery", "sample", "train", "compare", run="tiny-001", curves="tiny-001,other-001")
    assert "other-001" in said["gallery"]
    if name in ("", "metrics.jsonl"):
        reason = f"{name or 'recipe.json'} is not yours to use like this"
        assert reason in said["train"]


def test_samples_that_may_not_be_read(pages_say: Callable[..., dict[str, str]], run_folder: RunFolder) -> None:
    with ExitStack() as stack:
        for path in run_folder.samples.glob("*.png"):
            stack.enter_context(changed(path, 0o000))
        said = pages_say("train", "compare", run="tiny-001", curves="tiny-001")
    assert "is not yours to use like this" in said["train"]


def test_results_of_a_study_that_may_not_be_read(pages_say: Callable[..., dict[str, str]], listed_study: Path) -> None:
    other = Path(shutil.copy(listed_study, studies.studies_folder() / "closed.json"))
    with changed(other, 0o000):
        said = pages_say("compare")
    assert "closed.json is not yours to use like this" in said["compare"]


def test_a_runs_folder_that_may_only_be_read(pages_say: Callable[..., dict[str, str]]) -> None:
    root = runs.runs_folder()
    with ExitStack() as stack:
        for folder in (root, *filter(Path.is_dir, root.rglob("*"))):
            stack.enter_context(changed(folder, 0o555))
        said = pages_say("gallery", "train", "compare", run="tiny-001", curves="tiny-001")
    assert "cannot be written to; set GANLAB_RUNS" in said["train"]


@pytest.mark.parametrize("variable", ["GANLAB_RUNS", "GANLAB_CHECKPOINTS", "GANLAB_STUDIES"])
def test_folders_that_may_not_be_read(pages_say: Callable[..., dict[str, str]], variable: str) -> None:
    with changed(Path(os.environ[variable]), 0o000):
        said = pages_say("gallery", "sample", "train", "compare")
    assert all("may not be read by you" in text for text in said.values())


def test_names_that_are_no_text(
    pages_say: Callable[..., dict[str, str]], checkpoints_folder: Path, run_folder: RunFolder, listed_study: Path
) -> None:
    uploads = checkpoints_folder / "uploads"
    uploads.mkdir()
    for folder in (checkpoints_folder, uploads):
        shutil.copy(checkpoints_folder / "tiny.safetensors", folder / f"{NO_TEXT}.safetensors")
    shutil.copytree(run_folder.path, runs.runs_folder() / NO_TEXT)
    shutil.copy(listed_study, studies.studies_folder() / f"{NO_TEXT}.json")
    for folder in (run_folder.samples, run_folder.snapshots):
        (folder / NO_TEXT).touch()
    said = pages_say(run="tiny-001", curves="tiny-001", layout="PCA")
    assert "tiny-001" in said["gallery"]


@pytest.mark.parametrize("variable", ["GANLAB_RUNS", "GANLAB_CHECKPOINTS", "GANLAB_STUDIES", "GANLAB_DATA"])
def test_folders_whose_name_is_no_text(
    pages_say: Callable[..., dict[str, str]], variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(os.environ[variable], tmp_path / NO_TEXT)
    monkeypatch.setenv(variable, str(tmp_path / NO_TEXT))
    for text in pages_say("gallery", "train").values():
        assert "cafxe9 has a name that is no UTF-8; give the file or folder another" in text


def test_the_tests_are_bound_by_rights(tmp_path: Path) -> None:
    (tmp_path / "closed").write_text("x", encoding="utf-8")
    with changed(tmp_path / "closed", 0o000), pytest.raises(PermissionError):
        (tmp_path / "closed").read_text(encoding="utf-8")
    with bound_by_rights():
        (tmp_path / "closed").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["runs", "checkpoints", "uploads", "studies"])
def test_a_name_that_was_passed_over_is_told(pages_say: Callable[..., dict[str, str]], place: str) -> None:
    folders = {
        "runs": runs.runs_folder(),
        "checkpoints": library.checkpoints_folder(),
        "uploads": library.uploads_folder(),
        "studies": studies.studies_folder(),
    }
    folder = folders[place]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NO_TEXT).open("wb") as file:
        file.write(b"x")
    for said in pages_say("gallery", "train").values():
        assert "cafxe9 is left out: its name is no UTF-8; give it another" in said
