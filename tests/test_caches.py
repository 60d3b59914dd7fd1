"""What can be made again is kept where it may be, and never trusted where another user could have put it."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ganlab import caches, data, export
from ganlab.cli import main
from ganlab.metrics import reference_files
from ganlab.runs import RunFolder
from tests.marks import posix
from tests.rights import changed

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    caches._for_this_process.cache_clear()
    yield folder
    if caches._for_this_process.cache_info().currsize and (made := caches._for_this_process()):
        made.cleanup()
    caches._for_this_process.cache_clear()


def write(text: str) -> "object":
    return lambda part: part.write_text(text, encoding="utf-8")


def test_its_own_place_is_first(tmp_path: Path, temporary: Path) -> None:
    place = tmp_path / "data" / "exports" / "x"
    assert caches.keep(place, write("a")) == place
    assert caches.find(place) == place
    assert place.read_text(encoding="utf-8") == "a"
    assert list(temporary.iterdir()) == []


def test_elsewhere_it_is_closed_to_others_and_found_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with changed(tmp_path / name, 0o500):
            made = caches.keep(tmp_path / name / "deeper" / "x", write(name))
        assert made is not None
        assert stat.S_IMODE(caches.own_folder().stat().st_mode) == 0o700  # type: ignore[union-attr]
    for name in ("one", "two"):
        assert caches.find(tmp_path / name / "deeper" / "x").read_text(encoding="utf-8") == name


def test_a_file_in_its_own_place_counts_first(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with changed(folder, 0o500):
        caches.keep(folder / "x", write("elsewhere"))
    (folder / "x").write_text("here", encoding="utf-8")
    assert caches.find(folder / "x") == folder / "x"


@posix
@pytest.mark.parametrize("how", ["open to all", "a link", "a file"])
def test_a_folder_of_that_name_that_others_could_have_made_is_not_used(how: str, tmp_path: Path) -> None:
    own = caches.own_folder()
    assert own is not None
    own.rmdir()
    target = tmp_path / "theirs"
    target.mkdir(mode=0o700)
    if how == "open to all":
        own.mkdir()
        own.chmod(0o777)
    elif how == "a link":
        own.symlink_to(target)
    else:
        own.touch()
    other = caches.own_folder()
    assert other is not None
    assert other != own
    assert caches.is_own(other)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_not_used(temporary: Path) -> None:
    own = caches.own_folder()
    assert own is not None
    os.chown(own, 12345, 12345)
    assert not caches.is_own(own)
    assert caches.own_folder() != own


def test_where_nothing_can_be_kept_it_is_left_out(tmp_path: Path, temporary: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with suppress(FileNotFoundError):
        temporary.joinpath("x").unlink()
    with changed(folder, 0o500), changed(temporary, 0o500):
        assert caches.keep(folder / "x", write("a")) is None


def test_references_and_exports_of_data_that_may_only_be_read(
    own_data: Path, checkpoint_file: Path, temporary: Path
) -> None:
    heard: list[str] = []
    with changed(own_data, 0o555), changed(own_data / "packs", 0o555):
        pack = data.load("digits")
        first = reference_files.reference(pack, heard.append)
        again = reference_files.reference(pack, heard.append)
        onnx = export.keep(checkpoint_file)
        assert export.keep(checkpoint_file) == onnx
        assert export.kept_path(export.digest(checkpoint_file)) == onnx
    assert len(heard) == 1, "it was measured once"
    assert first.spread == again.spread
    assert onnx.is_relative_to(temporary)
    assert {path.name for path in own_data.iterdir()} == {"packs"}


def test_packing_where_one_may_not_names_folder_and_remedy(own_data: Path, capsys: Said) -> None:
    for path in (own_data / "packs").iterdir():
        path.unlink()
    with changed(own_data / "packs", 0o555):
        assert main(["data", "pack", "digits"]) == 1
    error = capsys.readouterr().err
    assert str(own_data / "packs") in error
    assert "choose another folder" in error


def test_training_on_data_that_may_only_be_read(own_data: Path, capsys: Said, tmp_path: Path) -> None:
    argv = ["train", "digits-quick", "--set", "width=4", "batch_size=16", "--steps", "2", "--device", "cpu"]
    with changed(own_data, 0o555), changed(own_data / "packs", 0o555):
        assert main([*argv, "--out", str(tmp_path / "run")]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "status.json", "recipe.json", "metrics.jsonl", "lock"])
def test_the_list_of_runs_has_those_that_may_not_be_read(name: str, run_folder: RunFolder, capsys: Said) -> None:
    if name in ("status.json", "recipe.json"):
        run_folder.path.joinpath(name.replace(".", ".copy.")).unlink()
    with changed(run_folder.path / name, 0o000):
        assert main(["list"]) == 0
    assert "tiny-001" in capsys.readouterr().out.partition("\nRuns\n")[2]


def test_the_list_names_what_it_leaves_out(checkpoints_folder: Path, capsys: Said) -> None:
    (checkpoints_folder / os.fsdecode(b"caf\xe9.safetensors")).touch()
    assert main(["list"]) == 0
    assert "caf\\xe9.safetensors is left out: its name is no UTF-8" in capsys.readouterr().out
    with changed(checkpoints_folder, 0o000):
        assert main(["list"]) == 0
    assert f"{checkpoints_folder} may not be read by you" in capsys.readouterr().out


def test_without_a_folder_for_temporary_files_nothing_is_kept_there(no_temporary: None) -> None:
    assert caches.own_folder() is None
