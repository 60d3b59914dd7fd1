"""What users make goes to their own folders when ganlab is installed, and into the checkout when it is not."""

from pathlib import Path

import platformdirs
import pytest

from ganlab import folders, runs, studies
from ganlab.explore import library
from ganlab.explore.studies import study_files
from ganlab.studies.results import write_results

VARIABLES = ("GANLAB_RUNS", "GANLAB_CHECKPOINTS", "GANLAB_STUDIES")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As a wheel is installed, for a user who has set nothing; returns what came along."""
    top_level = tmp_path / "site-packages" / "ganlab" / "top_level"
    (top_level / "checkpoints").mkdir(parents=True)
    monkeypatch.setattr(folders, "TOP_LEVEL", top_level)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in VARIABLES:
        monkeypatch.delenv(name)
    return top_level


def test_an_installed_ganlab_writes_nothing_where_it_is_installed(installed: Path) -> None:
    own = platformdirs.user_data_path("ganlab", appauthor=False)
    assert own.is_relative_to(installed.parents[2] / "home")
    assert runs.runs_folder() == own / "runs"
    assert library.uploads_folder() == own / "uploads"
    assert studies.studies_folder() == own / "studies"
    assert library.checkpoints_folder() == installed / "checkpoints"


def test_an_uploaded_model_is_found_among_those_that_came_along(installed: Path, checkpoint_file: Path) -> None:
    (installed / "checkpoints" / "tiny.safetensors").write_bytes(checkpoint_file.read_bytes())
    model = library.add_upload("mine.safetensors", checkpoint_file.read_bytes())
    assert [found.id for found in library.models()] == ["tiny", model.id]
    assert model.path.parent == library.uploads_folder()
    assert library.without_folders(f"{model.path} is damaged") == f"{model.path.name} is damaged"
    library.delete_upload(model)
    assert [found.id for found in library.models()] == ["tiny"]


def test_studies_that_came_along_are_shown_beside_the_users_own(installed: Path) -> None:
    for name in ("sizes", "seeds"):
        write_results(installed / "studies" / f"{name}.json", [], title=f"shipped {name}")
    write_results(studies.results_path("sizes"), [], title="own sizes")
    assert {name: file.title for name, file in study_files().items()} == {
        "seeds": "shipped seeds",
        "sizes": "own sizes",
    }


def test_variables_go_first(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, str(tmp_path / name))
    assert runs.runs_folder() == tmp_path / "GANLAB_RUNS"
    assert library.uploads_folder() == tmp_path / "GANLAB_CHECKPOINTS" / "uploads"
    assert studies.results_files() == []


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_variable_names_no_folder(blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_RUNS", blank)
    assert folders.chosen("GANLAB_RUNS") is None


def test_a_checkout_keeps_its_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name)
    root = Path(__file__).parents[1]
    assert runs.runs_folder() == Path("runs")
    assert library.uploads_folder() == root / "checkpoints" / "uploads"
    assert studies.studies_folder() == root / "studies"


def test_a_user_without_a_home_is_told_what_to_set(installed: Path, no_home: None) -> None:
    with pytest.raises(ValueError, match=r"no home folder to keep runs in .* set GANLAB_RUNS to a folder"):
        runs.runs_folder()
