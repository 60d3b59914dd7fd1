"""Users of containers have no home, or one that is not theirs: they are told which folders to choose.

What the app says is in tests/app/test_shell.py.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganlab import data
from ganlab.cli import main

NOBODY = 4242


@pytest.mark.parametrize("argv", [["data", "list"], ["data", "pack", "digits"], ["train", "digits-quick"], ["list"]])
def test_commands_say_what_to_set(no_home: None, argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 1
    said = capsys.readouterr().err
    assert "this user has no home folder" in said
    assert "set GANLAB_DATA to a folder" in said
    assert "GANLAB_RUNS" in said


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become a user without a name")
def test_a_home_that_cannot_be_written_to(tmp_path: Path) -> None:
    code = f"import os; from ganlab import data; os.setuid({NOBODY})\n"
    code += "try: print(data.data_folder())\nexcept ValueError as error: print(error)"
    environment = {k: v for k, v in os.environ.items() if k not in ("GANLAB_DATA", "XDG_CACHE_HOME")}
    for home in ("/", str(tmp_path)):
        run = subprocess.run([sys.executable, "-c", code], env=environment | {"HOME": home}, capture_output=True)
        assert b"cannot be written to; set GANLAB_DATA" in run.stdout, (home, run.stderr[-300:])


def test_what_is_set_needs_no_home(no_home: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    assert data.data_folder() == tmp_path / "data"
