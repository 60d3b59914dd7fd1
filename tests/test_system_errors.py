"""Errors of the operating system, really provoked, name the path and the remedy."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ganlab.cli import main
from ganlab.system_errors import WORDS, about, in_words, printable
from ganlab.whole_files import replacing
from tests.rights import changed

Said = pytest.CaptureFixture[str]
NO_TEXT = os.fsdecode(b"caf\xe9")


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk in memory with one file, which only root may have."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may not mount a disk")
    (folder / "file").write_text("x", encoding="utf-8")
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def raised(action: Callable[[], object]) -> OSError:
    with pytest.raises(OSError) as caught:  # noqa: PT011  (which one is for the caller to look at)
        action()
    return caught.value


def provoked(folder: Path) -> dict[int, tuple[Callable[[], object], Path]]:
    """An action for each error, and the path that it is about."""
    (folder / "file").write_text("x", encoding="utf-8")
    (folder / "full" / "inner").mkdir(parents=True)
    (folder / "loop").symlink_to(folder / "loop")
    return {
        errno.ENOENT: ((folder / "none").read_bytes, folder / "none"),
        errno.EEXIST: ((folder / "full").mkdir, folder / "full"),
        errno.ENAMETOOLONG: ((folder / ("x" * 300)).touch, folder / ("x" * 300)),
        errno.EISDIR: ((folder / "full").read_bytes, folder / "full"),
        errno.ENOTDIR: ((folder / "file" / "x").read_bytes, folder / "file" / "x"),
        errno.ENOTEMPTY: ((folder / "full").rmdir, folder / "full"),
        errno.ELOOP: ((folder / "loop").read_bytes, folder / "loop"),
    }


def test_each_error_names_its_path_and_what_to_do(tmp_path: Path) -> None:
    for number, (action, path) in provoked(tmp_path).items():
        error = raised(action)
        assert error.errno == number
        said = in_words(error)
        assert said.startswith(f"{path} "), said
        assert said.endswith(WORDS[number].remedy)
        assert "Errno" not in said


def test_a_file_that_may_not_be_read_and_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with changed(path, 0o000):
        assert in_words(raised(path.read_bytes)).startswith(f"{path} is not yours to use like this")
    with changed(tmp_path, 0o500):
        error = raised(lambda: replacing(tmp_path / "new").__enter__())
        assert in_words(error).startswith(f"{tmp_path / 'new'} is not yours to use like this")


@pytest.mark.parametrize("kind", ["lost link", "file"])
def test_what_is_no_folder_in_place_of_one_is_told_as_what_it_is(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    """Of runs, of one run, of datasets and of what is to be written."""
    place = tmp_path / "place"
    if kind == "file":
        place.touch()
        told = "place goes through a file where a folder must be; move that file away, or choose another folder"
    else:
        place.symlink_to(tmp_path / "disk")
        told = "place is a link"
    train = ["train", "digits-quick", "--steps", "1", "--device", "cpu"]
    assert main([*train, "--out", str(place)]) == 1
    assert told in capsys.readouterr().err
    with monkeypatch.context() as patch:
        patch.setenv("GANLAB_RUNS", str(place))
        assert main(train) == 1
        said = capsys.readouterr().err
        assert told in said
        assert "or set GANLAB_RUNS to a folder of your own" in said
        patch.setenv("GANLAB_DATA", str(place))
        assert main(["data", "pack", "digits"]) == 1
        said = capsys.readouterr().err
        assert {"file": "goes through a file", "lost link": "a link that leads nowhere; mount its disk"}[kind] in said


def test_a_disk_that_may_only_be_read(read_only_disk: Path) -> None:
    error = raised((read_only_disk / "new").touch)
    assert in_words(error).startswith(f"{read_only_disk / 'new'} is on a disk that may only be read")


def test_too_many_open_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, hard))
    try:
        error = raised(path.read_bytes)
        files = []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert not files
    assert in_words(error).startswith(f"{path} cannot be opened: this program has too many files open")


def test_both_paths_of_an_error_are_named(tmp_path: Path) -> None:
    error = raised(lambda: (tmp_path / "none").rename(tmp_path / "other"))
    assert in_words(error).startswith(f"{tmp_path / 'none'} or {tmp_path / 'other'} is not there")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has such a device")
def test_errors_of_writing_get_the_path_where_they_arise(tmp_path: Path) -> None:
    def write() -> None:
        with about(tmp_path / "file"), Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    assert in_words(raised(write)).startswith(f"{tmp_path / 'file'} could not be written: the disk is full")


def test_errors_of_safetensors_get_number_and_path(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_file({"x": torch.zeros(1)}, path)

    def read() -> None:
        with about(path), safe_open(path, "pt"):
            pass

    with changed(path, 0o000):
        error = raised(read)
    assert (error.errno, error.filename) == (errno.EACCES, str(path))
    path.unlink()
    assert raised(read).errno == errno.ENOENT


def test_other_errors_speak_for_themselves() -> None:
    assert in_words(ValueError("no such recipe")) == "no such recipe"
    assert in_words(OSError("a sentence of our own")) == "a sentence of our own"
    assert in_words(OSError(errno.EDOM, "Odd", "file")) == "file cannot be used (Odd)"
    assert in_words(OSError(errno.ENOSPC, "No space")).startswith("a file could not be written: the disk is full")


def test_names_that_are_no_text_are_shown_escaped(tmp_path: Path) -> None:
    path = tmp_path / NO_TEXT
    said = in_words(raised(path.read_bytes))
    assert f"{tmp_path}/caf\\xe9 is not there" in said
    said.encode("utf-8")
    assert printable("é \U0001f600") == "é \U0001f600"
    assert printable("a\udcffb\ud800") == r"a\xffb\ud800"
    assert in_words(ValueError("half \udfff")) == r"half \udfff"


def test_nothing_begins_in_a_folder_whose_name_is_no_text(tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / NO_TEXT / "run"
    assert main(["train", "digits-quick", "--steps", "2", "--out", str(out)]) == 1
    assert "caf\\xe9/run has a name that is no UTF-8; give" in capsys.readouterr().err
    assert not out.parent.exists()


@pytest.mark.parametrize("argv", [["sample", "{}/closed.safetensors", "--out", "x.png"], ["train", "{}/closed.json"]])
def test_commands_name_a_file_that_may_not_be_read(argv: list[str], tmp_path: Path, capsys: Said) -> None:
    path = Path(argv[1].format(tmp_path))
    path.write_text("{}", encoding="utf-8")
    with changed(path, 0o000):
        assert main([word.format(tmp_path) for word in argv]) == 1
    assert f"{path} is not yours to use like this" in capsys.readouterr().err


def test_commands_name_a_folder_that_may_not_be_written(tmp_path: Path, capsys: Said, checkpoint_file: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    with changed(folder, 0o500):
        assert main(["sample", str(checkpoint_file), "--out", str(folder / "a.png")]) == 1
        assert f"{folder / 'a.png'} is not yours to use like this" in capsys.readouterr().err
        assert main(["train", "digits-quick", "--steps", "2", "--out", str(folder / "run")]) == 1
        assert f"{folder} cannot be written to; choose another folder for it" in capsys.readouterr().err


def test_no_folder_for_temporary_files_is_told_with_the_variable(no_temporary: None, tmp_path: Path) -> None:
    error = raised(tempfile.gettempdir)
    told = "no folder for temporary files can be written to; set TMPDIR to one that can"
    assert in_words(error) == in_words(error, tmp_path) == told
