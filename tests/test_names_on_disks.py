"""Names that differ in capitals or accents alone are one file on the disks of macOS and Windows, and never meet."""

import shutil
import time
import unicodedata
from pathlib import Path

import pytest

from ganlab import listings, runs
from ganlab.data import adding, catalogue
from ganlab.data.packs import pack_path
from ganlab.explore import library
from ganlab.jobs import dropped, examples
from ganlab.jobs.dropped import Dropped
from ganlab.reports.file_words import file_words
from tests.rights import changed
from tests.tiny import TINY

ACCENTS = [unicodedata.normalize(form, "caf\u00e9") for form in ("NFC", "NFD")]


def test_a_run_is_numbered_past_folders_that_differ_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "TINY-001").mkdir()
    (tmp_path / "tiny-002").touch()
    assert runs.claim_path(TINY, tmp_path).name == "tiny-003"


def test_a_number_is_claimed_where_a_folder_may_only_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "runs" / "tiny-001").mkdir(parents=True)
    with changed(tmp_path / "runs", 0o333):
        claimed = runs.claim_path(TINY, tmp_path / "runs")
    assert claimed.name == "tiny-002"


@pytest.mark.parametrize(("there", "asked"), [("Faces", "faces"), (ACCENTS[0], ACCENTS[1]), ("STRASSE", "stra\u00dfe")])
def test_a_run_of_ones_own_name_is_refused_where_disks_mix_it_up(tmp_path: Path, there: str, asked: str) -> None:
    runs.create(tmp_path / there, TINY)
    with pytest.raises(ValueError, match=r"differs from .* in capitals or accents alone"):
        runs.create(tmp_path / asked, TINY)
    assert [run.name for run in runs.list_runs(tmp_path)] == [there]
    (tmp_path / "empty").mkdir()
    runs.create(tmp_path / "empty", TINY)  # the very name that is there


def test_dropped_files_are_told_apart(tmp_path: Path) -> None:
    names = ["A.png", "a.PNG", *[f"{word}.png" for word in ACCENTS]]
    dropped.save([Dropped(name, name.encode()) for name in names], tmp_path / "dropped")
    assert len({listings.folded(path.name) for path in (tmp_path / "dropped").iterdir()}) == len(names)


@pytest.mark.parametrize("name", ["a" * 300 + "." + "\u8a9e" * 60, "." + "\u8a9e" * 300, "\u8a9e" * 300 + ".png"])
def test_dropped_files_of_long_names_are_kept(tmp_path: Path, name: str) -> None:
    dropped.save([Dropped(name, b"one"), Dropped(name, b"two")], tmp_path / "dropped")
    assert sorted(path.read_bytes() for path in (tmp_path / "dropped").iterdir()) == [b"one", b"two"]


def test_a_dataset_is_not_added_beside_one_in_capitals(own_data: Path) -> None:
    pack_path("Faces").touch()
    with pytest.raises(ValueError, match="there is a dataset faces already"):
        adding.check_new("faces")
    assert catalogue.added() == []  # no name of ours has capitals: it is left alone


def test_an_example_takes_no_folder_of_another_name(tmp_path: Path) -> None:
    first = examples.examples()[0].name
    (runs.runs_folder() / first.upper()).mkdir()
    assert first not in {run.name for run in examples.missing()}


def test_models_of_names_that_look_alike_are_listed_apart(checkpoints_folder: Path) -> None:
    for name in (*ACCENTS, "Tiny"):
        shutil.copy(checkpoints_folder / "tiny.safetensors", checkpoints_folder / f"{name}.safetensors")
    found = library.models()
    shown = library.shown_names([model.id for model in found])
    assert len({unicodedata.normalize("NFC", name) for name in shown.values()}) == 4
    assert {library.find(model.id).path for model in found} == {model.path for model in found}
    assert sum("%" in name for name in shown.values()) == 1  # of the two that look alike, one is told by its address


def test_words_of_figures_are_different_files() -> None:
    words = ["A b", "a-b", "a_b", "\u7537", "\u5973", "", "x" * 300, "x" * 299, "../up", *ACCENTS]
    found = file_words(words, "label")
    assert len({listings.folded(word) for word in found}) == len(words)
    assert all(word.replace("-", "").isalnum() and word.isascii() and len(word) < 50 for word in found)
    assert found[0] == "a-b"


def test_thousands_of_dropped_files_of_one_name_are_named_at_once(tmp_path: Path) -> None:
    """As of many folders, each with its `1.png`: ten thousand took minutes."""
    begun = time.process_time()
    names = dropped._file_names(["1.png"] * dropped.MOST_FILES)
    assert len(set(names)) == dropped.MOST_FILES
    assert names[:2] == ["1.png", "1-2.png"]
    assert time.process_time() - begun < 5


def test_dropped_files_have_names_that_windows_takes() -> None:
    names = ["con.png", "a:b.png", "what?.png", "LPT1", "good.png"]
    assert dropped._file_names(names, windows=True) == ["_con.png", "a-b.png", "what-.png", "_LPT1", "good.png"]
    assert dropped._file_names(names, windows=False) == names
