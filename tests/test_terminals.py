"""A training in a terminal: it is closed, its output has no reader any more, or it was told to go on regardless."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ganlab import runs, stopping
from ganlab.runs import RunFolder
from tests.marks import posix

pytestmark = posix

Start = Callable[..., "subprocess.Popen[bytes]"]
COMMAND = [sys.executable, "-m", "ganlab", "train", "digits-quick", "--set", "width=4", "batch_size=8"]


def command(out: Path, steps: int = 100_000) -> list[str]:
    return [*COMMAND, "--steps", str(steps), "--out", str(out)]


def wait_until(happens: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while not happens():
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < end
        time.sleep(0.05)


def trains(folder: RunFolder) -> bool:
    return folder.metrics.is_file() and folder.metrics.stat().st_size > 0


def open_terminal() -> tuple[int, int]:
    """Descriptors of its end for us, and of that for programs."""
    import pty  # POSIX only, as is the next
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))  # in one without a size no bar is drawn
    return ours, theirs


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run")


@pytest.fixture
def start() -> Iterator[Start]:
    """`subprocess.Popen`, which nobody outlives."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(*args, **options))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_closed_terminal_saves_the_run(run: RunFolder, start: Start) -> None:
    """The terminal itself goes: a signal comes, and whatever is printed from then on fails."""
    ours, theirs = open_terminal()
    process = start(command(run.path), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    wait_until(lambda: trains(run), process)
    os.close(ours)
    process.send_signal(signal.SIGHUP)  # the shell's part: the process did not make the terminal its own
    assert process.wait(60) == 128 + signal.SIGHUP
    status = runs.read_status(run)
    assert (status.state, status.signal) == ("cancelled", signal.SIGHUP)
    assert runs.saved_states(run)


@pytest.mark.slow
def test_a_terminal_that_is_gone_without_a_signal_saves_the_run(run: RunFolder, start: Start) -> None:
    ours, theirs = open_terminal()
    process = start(command(run.path), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    wait_until(lambda: trains(run), process)
    os.close(ours)
    assert process.wait(60) == 128 + signal.SIGPIPE
    assert runs.read_status(run).state == "cancelled"
    assert runs.saved_states(run)


@pytest.mark.slow
def test_a_reader_who_goes_away_saves_the_run(run: RunFolder, start: Start) -> None:
    """As in `train ... | head -1`."""
    process = start(command(run.path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(120) == 128 + signal.SIGPIPE
    assert runs.read_status(run).state == "cancelled"
    assert runs.saved_states(run)


@pytest.mark.slow
def test_what_nohup_started_goes_on(run: RunFolder, start: Start) -> None:
    process = start(
        command(run.path, steps=50),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    wait_until(lambda: trains(run), process)
    process.send_signal(signal.SIGHUP)
    assert process.wait(120) == 0
    assert runs.read_status(run).state == "done"


@pytest.mark.parametrize("closed", [(0,), (1,), (0, 1, 2)], ids=["input", "output", "all"])
def test_a_program_that_is_started_with_a_stream_closed_does_its_work(tmp_path: Path, closed: tuple[int, ...]) -> None:
    """As some cron jobs and daemons start it; what is opened next must not get the stream's number."""
    out = tmp_path / "note"
    script = (
        "import os, sys\nfrom ganlab.cli import main\nrc = main(['--version'])\n"
        f"file = open({str(out)!r}, 'w')\nprint(rc, file.fileno() > 2, file=file)"
    )

    def close() -> None:
        for number in closed:
            os.close(number)

    subprocess.run([sys.executable, "-c", script], preexec_fn=close, check=True)
    assert out.read_text(encoding="utf-8") == "0 True\n"


@pytest.mark.parametrize("module", ["tyro", "torch"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_a_command_is_imported_ends_it_in_words(module: str, number: int) -> None:
    """Importing takes seconds, in which most people who have mistyped something press Ctrl-C."""
    script = (
        "import os, runpy, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *rest):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.argv = ['ganlab', 'list']\n"
        "runpy.run_module('ganlab', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8")
    assert done.returncode in (128 + number, -number)  # Python ends itself by the signal of a Ctrl-C amid its own code
    assert done.stderr == "ganlab: stopped\n"
    assert done.stdout == ""


def test_what_a_signal_breaks_is_told_as_the_end_that_it_is() -> None:
    """An import that is cut off may fail in a way of its own."""

    def half_imported() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        except stopping.Stopped:
            raise RecursionError("half of it is there") from None

    with pytest.raises(stopping.Stopped) as caught, stopping.at_once():
        half_imported()
    assert caught.value.number == signal.SIGTERM
    with pytest.raises(RecursionError), stopping.at_once():
        raise RecursionError("of another cause")
