"""Trains runs in children that die where they are told to: `python -m tests.killing`, driven by test_kills.

Each child is a fork of this process, which has imported everything and computed nothing: 50 ms instead of 5 s.
"""

import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image

from ganlab import data, execute, runs, session, snapshots
from ganlab.loop import start
from tests.tiny import TINY

WATCHED = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.chmod"}


def main() -> None:
    """Reads one order a line, `{"run": FOLDER, ...}`, and answers each with the child's exit code, below 0 a signal."""
    torch.set_num_threads(1)
    Image.init()
    start(TINY, data.describe(TINY.dataset).spec, torch.device("cpu"))  # imports half of torch
    execute.SAVE_EVERY_SECONDS = 0
    session.SNAPSHOTS = 2
    execute.SAMPLES_WHILE_TRAINING = 100
    snapshots.measure_fully.__defaults__ = (100, None)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            _train_and_leave(**order)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _train_and_leave(run: str, event: str = "", at: int = 1, most_bytes: int = 0, note: str = "") -> None:
    """Train; die at the `at`-th `event`, or when a file grows beyond `most_bytes`; write the events down in `note`."""
    folder = runs.open_run(Path(run))
    if event or note:
        _watch(folder.path.resolve(), event, at, note)
    if most_bytes:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it; by default the kernel ends the process
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        for _ in execute.execute(folder, continue_run=bool(runs.saved_states(folder))):
            pass
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def _watch(root: Path, fatal: str, at: int, note: str) -> None:
    """Count what happens to the file system below `root`: Python tells its audit hooks before it does it."""
    seen: list[str] = []

    def happens(event: str, path: object) -> None:
        name = os.path.relpath(os.fsdecode(path), root) if isinstance(path, str | bytes | os.PathLike) else ".."
        if name.startswith(".."):
            return
        seen.append(f"{event} {_kind(name)}")
        if note:
            Path(note).write_text("\n".join(seen), encoding="utf-8")
        if seen[-1] == fatal and seen.count(fatal) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in WATCHED:
            happens(event, arguments[1] if event in ("os.rename", "os.link") else arguments[0])

    def watched_sync(sync: Callable[[int], None]) -> Callable[[int], None]:
        def call(file: int) -> None:
            happens("fsync", os.readlink(f"/proc/self/fd/{file}"))
            sync(file)

        return call

    os.fsync = watched_sync(os.fsync)  # there is no audit event for it
    sys.addaudithook(hook)


def _kind(name: str) -> str:
    """The name without what differs from run to run."""
    return re.sub(r"[0-9]{8,}", "STEP", re.sub(r"\.[0-9a-f]{8}\.part$", ".part", name))


if __name__ == "__main__":
    main()
