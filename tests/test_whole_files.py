"""A file is the old one or the new one, whoever else writes it and however the writing ends."""

from pathlib import Path

import pytest

from ganlab.whole_files import replacing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    return path


def test_the_new_file_appears_at_the_end_of_the_block(folder: Path) -> None:
    path = folder / "status.json"
    path.write_text("old")
    with replacing(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.parent == path.parent, "a move between disks would copy"
    assert path.read_text() == "new"
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize("written", ["", "half"])
def test_an_error_leaves_the_old_file_and_nothing_else(folder: Path, written: str) -> None:
    path = folder / "status.json"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as part:
            if written:
                part.write_text(written)
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        fail()
    assert path.read_text() == "old"
    assert list(folder.iterdir()) == [path]


def test_a_block_that_writes_nothing_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(folder / "status.json"):
        pass
    assert list(folder.iterdir()) == []


def test_of_two_writers_in_one_thread_the_last_prevails_and_neither_is_mixed(folder: Path) -> None:
    path = folder / "status.json"
    with replacing(path) as second:
        second.write_text("second, begun")
        with replacing(path) as first:
            first.write_text("first")
        assert path.read_text() == "first"
        second.write_text("second")
    assert path.read_text() == "second"
    assert list(folder.iterdir()) == [path]
