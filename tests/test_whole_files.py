"""A file is the old one or the new one, whoever else writes it and however the writing ends."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from ganlab.whole_files import replacing
from tests.marks import posix


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    return path


def test_the_new_file_appears_at_the_end_of_the_block(folder: Path) -> None:
    path = folder / "status.json"
    path.write_text("old", encoding="utf-8")
    with replacing(path) as part:
        part.write_text("new", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
        assert part.parent == path.parent, "a move between disks would copy"
    assert path.read_text(encoding="utf-8") == "new"
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize("written", ["", "half"])
def test_an_error_leaves_the_old_file_and_nothing_else(folder: Path, written: str) -> None:
    path = folder / "status.json"
    path.write_text("old", encoding="utf-8")

    def fail() -> None:
        with replacing(path) as part:
            if written:
                part.write_text(written, encoding="utf-8")
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(folder.iterdir()) == [path]


def test_a_block_that_writes_nothing_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(folder / "status.json"):
        pass
    assert list(folder.iterdir()) == []


def test_of_two_writers_in_one_thread_the_last_prevails_and_neither_is_mixed(folder: Path) -> None:
    path = folder / "status.json"
    with replacing(path) as second:
        second.write_text("second, begun", encoding="utf-8")
        with replacing(path) as first:
            first.write_text("first", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "first"
        second.write_text("second", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "second"
    assert list(folder.iterdir()) == [path]


@pytest.fixture(params=[0o022, 0o077, 0o002], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@posix
def test_the_umask_says_who_may_read_what_safetensors_has_written(folder: Path, umask: int) -> None:
    path = folder / "pack.safetensors"
    with replacing(path) as part:
        save_file({"images": torch.zeros(3)}, part)
        assert stat.S_IMODE(part.stat().st_mode) == 0o600, "the library's own choice, which this test is about"
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("name", ["a" * 247 + ".txt", "é" * 125 + ".npz", "🙂" * 62 + ".json"], ids=len)
def test_a_name_as_long_as_the_disk_takes_can_be_replaced(folder: Path, name: str) -> None:
    path = folder / name
    with replacing(path) as part:
        assert len(part.name.encode()) <= 255
        part.write_text("new", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "new"
    assert [found.name for found in folder.iterdir()] == [name]


def test_a_longer_name_is_refused_in_words(folder: Path) -> None:
    for path in (folder / ("a" * 256), folder / ("é" * 128) / "x.txt"):
        with pytest.raises(ValueError, match=r"has 256 bytes; choose one of at most 255"), replacing(path):
            pass
    assert list(folder.iterdir()) == []
