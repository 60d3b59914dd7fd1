"""What differs between Linux, macOS and Windows: modules, names, signals, files that are open, and how paths look."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from ganlab import locks, whole_files
from ganlab.commands.tables import quoted
from ganlab.explore import library
from ganlab.stopping import UNREAD, is_unread
from ganlab.whole_files import check_name, replacing
from tests.marks import linux

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@linux
def test_ganlab_needs_nothing_that_only_posix_has(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.without_posix", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.stdout.endswith("done\n"), done.stderr


@pytest.mark.parametrize(
    "name", ["NUL", "nul.png", "Com1", "lpt9.safetensors", "ab:c", "what?", "end.", "end ", "a|b", "\t"]
)
def test_names_that_windows_does_not_take_are_told_before_the_work(name: str) -> None:
    with pytest.raises(ValueError, match="no file on Windows can be called"):
        check_name(PureWindowsPath("C:/models") / name, windows=True)
    check_name(Path("models") / name, windows=False)


@pytest.mark.parametrize(
    "path", [r"C:\Users\Ada Lovelace\g.png", r"..\g.png", r"\\server\share\runs\a-001", "console.png", ".x", "com10"]
)
def test_names_that_windows_takes_pass(path: str) -> None:
    check_name(PureWindowsPath(path), windows=True)


def test_a_reader_who_has_the_file_open_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Windows answers meanwhile; an error of another kind is told at once."""
    path, plain, answers = tmp_path / "status.json", os.replace, [5, 32]

    def refuse(*arguments: object) -> None:
        if answers:
            error = PermissionError(errno.EACCES, "Access is denied")
            error.winerror = answers.pop()  # type: ignore[attr-defined]
            raise error
        plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(whole_files, "MOVING_SECONDS", 60.0)
    with replacing(path) as part:
        part.write_text("new", encoding="utf-8")
    assert (path.read_text(encoding="utf-8"), answers) == ("new", [])
    answers.append(1)
    with pytest.raises(PermissionError), replacing(path) as part:
        part.write_text("newer", encoding="utf-8")
    assert [found.read_text(encoding="utf-8") for found in tmp_path.glob("*") if found.is_file()] == ["new"]


def test_messages_are_shown_without_folders_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_RUNS", r"C:\lab\runs")
    assert library.without_folders(r"C:\lab\runs\a-001\status.json is damaged") == r"a-001\status.json is damaged"


def test_a_folder_in_place_of_a_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(ValueError, match="is a folder where a lock file must be"), locks.hold(tmp_path / "lock"):
        pass


def test_an_output_without_a_reader_is_known_on_every_system() -> None:
    assert is_unread(BrokenPipeError())
    closed = OSError(errno.EINVAL, "Invalid argument")
    assert (is_unread(closed, windows=True), is_unread(closed, windows=False)) == (True, False)
    assert not is_unread(OSError(errno.EINVAL, "Invalid argument", "file"), windows=True)
    assert not is_unread(OSError(errno.ENOSPC, "full"), windows=True)
    if hasattr(signal, "SIGPIPE"):
        assert UNREAD == 128 + signal.SIGPIPE


@pytest.mark.parametrize("value", ["plain", "with space", "it's", 'a "quote"'])
def test_what_is_to_be_typed_comes_back_as_one_word(value: str) -> None:
    """Through this system's own reading of a command line."""
    code = "import sys; print(sys.argv[1])"
    line = f"{quoted(sys.executable)} -c {quoted(code)} {quoted(value)}"
    done = subprocess.run(line, shell=True, capture_output=True, encoding="utf-8")
    assert done.stdout == value + "\n"
