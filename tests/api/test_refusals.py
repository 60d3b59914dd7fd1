"""What the system refuses is a ValueError that names the path and the remedy, whatever was asked."""

import errno
import os
from pathlib import Path

import pytest

import ganlab
from tests.tiny import TINY


@pytest.fixture
def pictures(checkpoints_folder: Path) -> "ganlab.Pictures":
    return ganlab.load("tiny").sample(2)


@pytest.mark.parametrize("suffix", ["png", "gif", "npz"])
def test_pictures_where_there_can_be_none(pictures: "ganlab.Pictures", tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"folder.{suffix}").mkdir()
    with pytest.raises(
        ValueError, match=rf"^/\S+folder\.{suffix} is a folder where a file is to be written; move it away"
    ):
        pictures.save(tmp_path / f"folder.{suffix}")
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"file.* (where|through|there already).*; (move|choose)"):
        pictures.save(tmp_path / "file" / f"a.{suffix}")


def test_pictures_on_a_full_disk(pictures: "ganlab.Pictures", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ValueError, match=r"a\.png could not be written: the disk is full\. Free some space"):
        pictures.save(tmp_path / "a.png")


def test_trainings_where_there_can_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"file.*; (move|choose)"):
        ganlab.train(TINY, out=tmp_path / "file" / "run")
    training = ganlab.train(TINY, out=tmp_path / "run", device="cpu")
    (tmp_path / "run" / "metrics.jsonl").mkdir()
    with pytest.raises(ValueError, match=r"^/.*metrics\.jsonl is a folder where a file is to be written; move it away"):
        training.run()


def test_datasets_where_there_can_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").touch()
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    with pytest.raises(ValueError, match=r"data.*; (move|choose)"):
        ganlab.dataset("digits")
