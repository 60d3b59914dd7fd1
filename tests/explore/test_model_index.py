"""The index of models says what their cards say, opens files that are new or have changed alone, and may be lost."""

import os
import shutil
from pathlib import Path

import pytest

from ganlab import checkpoints
from ganlab.explore import library, model_index
from ganlab.explore.library import Model
from ganlab.explore.model_index import ModelIndex, line

SHIPPED = Path(__file__).parents[2] / "checkpoints"


@pytest.fixture
def models(checkpoints_folder: Path) -> list[Model]:
    """Two models, and a file that is none."""
    for name in ("mnist-mlp-28", "mnist-vae-28-2d"):
        shutil.copy(SHIPPED / f"{name}.safetensors", checkpoints_folder)
    (checkpoints_folder / "broken.safetensors").write_bytes(b"cut short")
    return library.models()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are opened, in turn."""
    names: list[str] = []
    read = checkpoints.read_card

    def note(path: Path) -> checkpoints.Card:
        names.append(path.stem)
        return read(path)

    monkeypatch.setattr(checkpoints, "read_card", note)
    return names


def test_only_new_and_changed_files_are_opened_by_this_process_and_the_next(
    models: list[Model], opened: list[str], tmp_path: Path
) -> None:
    kept = tmp_path / "index.sqlite"
    index, by_name = ModelIndex(kept), {model.name: model for model in models}
    first = index.of(models)
    for model, found in zip(models, first, strict=True):
        card = library.try_card(model)
        assert found.line == (None if isinstance(card, str) else line(card))
        assert found.changed == pytest.approx(model.path.stat().st_mtime)
    opened.clear()
    assert index.of(models) == first
    assert opened == []
    assert ModelIndex(kept).of(models) == first
    assert opened == ["broken"], "the next version may read it"
    opened.clear()
    os.replace(by_name["mnist-vae-28-2d"].path, by_name["mnist-mlp-28"].path)
    again = dict(zip(by_name, ModelIndex(kept).of(models), strict=True))
    assert "mnist-mlp-28" in opened
    assert again["mnist-mlp-28"].line == first[models.index(by_name["mnist-vae-28-2d"])].line
    assert again["mnist-vae-28-2d"] == model_index.Indexed(None, 0.0)


@pytest.mark.parametrize("damage", [b"no database at all, of any length " * 40, b"", b"SQLite format 3\0" + b"x" * 90])
def test_a_damaged_index_is_made_again(models: list[Model], tmp_path: Path, opened: list[str], damage: bytes) -> None:
    kept = tmp_path / "index.sqlite"
    kept.write_bytes(damage)
    first = ModelIndex(kept).of(models)
    assert sum(found.line is not None for found in first) == len(models) - 1
    opened.clear()
    assert ModelIndex(kept).of(models) == first
    assert opened == ["broken"]


@pytest.mark.parametrize("year", [2265, -50])
def test_a_file_of_a_year_beyond_64_bits_is_listed_as_others_are(tmp_path: Path, year: int) -> None:
    path = Path(shutil.copy(SHIPPED / "mnist-vae-28-2d.safetensors", library.checkpoints_folder()))
    seconds = (year - 1970) * 365 * 24 * 3600
    os.utime(path, (seconds, seconds))
    if abs(path.stat().st_mtime_ns) < 2**63:
        pytest.skip("this disk keeps no such time")
    kept = tmp_path / "index.sqlite"
    [first] = ModelIndex(kept).of(library.models())
    assert first.line is not None
    assert ModelIndex(kept).of(library.models()) == [first]


def test_it_is_bounded_and_needs_no_file(models: list[Model], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_index, "MOST_LINES", 1)
    for path in (tmp_path / "index.sqlite", tmp_path / "nowhere" / "index.sqlite", None):
        found = ModelIndex(path).of(models)
        assert sum(one.line is not None for one in found) == len(models) - 1
    assert len(ModelIndex(tmp_path / "index.sqlite")._kept()) == 1
