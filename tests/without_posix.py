"""Imports ganlab, and trains with it, as far as Linux can be like Windows: `python -m tests.without_posix FOLDER`.

Modules and names that only POSIX has are not there for ganlab, and no file that is open or mapped can be removed,
moved, or replaced.
"""

import builtins
import importlib
import os
import pkgutil
import signal
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import ganlab

POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES: dict[ModuleType, tuple[str, ...]] = {
    os: (
        "fork",
        "forkpty",
        "getuid",
        "geteuid",
        "getgid",
        "getegid",
        "setuid",
        "killpg",
        "getpgid",
        "setsid",
        "mkfifo",
    ),
    signal: ("SIGKILL", "SIGHUP", "SIGPIPE", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGALRM", "SIGXFSZ", "pthread_sigmask"),
}
plain_import = builtins.__import__


def hide_modules_from_ganlab() -> None:
    """filelock keeps its fcntl, without which there are no locks on Linux."""

    def guarded(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name in POSIX_MODULES and str((globals or {}).get("__name__")).partition(".")[0] == "ganlab":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return plain_import(name, globals, locals, fromlist, level)

    builtins.__import__ = guarded  # type: ignore[assignment]


def take_names_away() -> None:
    os.environ.setdefault("USERNAME", "ada")  # Windows has it; getpass reads it before it asks for a user's number
    for module, names in POSIX_NAMES.items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)


def keep_open_files() -> None:
    """As Windows does, whose error this is."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.remove":
            _refuse_if_open(arguments[0], arguments[1])
        elif event == "os.rename":
            _refuse_if_open(arguments[0], arguments[2])
            _refuse_if_open(arguments[1], arguments[3])

    sys.addaudithook(hook)


def _refuse_if_open(path: object, folder: object) -> None:
    assert isinstance(path, str | bytes | os.PathLike)
    around = os.readlink(f"/proc/self/fd/{folder}") if isinstance(folder, int) and folder >= 0 else os.getcwd()
    real = os.path.realpath(os.path.join(around, os.fsdecode(path)))
    if os.path.islink(real) or real in _open_files():
        error = PermissionError(
            13, "The process cannot access the file because it is being used by another process", real
        )
        error.winerror = 32  # type: ignore[attr-defined]
        raise error


def _open_files() -> set[str]:
    """Of this process: regular files that have a descriptor, and those that are mapped."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            if stat.S_ISREG(os.stat(f"/proc/self/fd/{name}").st_mode):
                found.add(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue  # that of the listing itself
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
    return found | {line.split(maxsplit=5)[5] for line in maps.splitlines() if len(line.split(maxsplit=5)) == 6}


def import_everything() -> None:
    for module in pkgutil.walk_packages(ganlab.__path__, "ganlab."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def use_a_run(root: Path) -> None:
    """Train, stop, go on, draw, upload, and delete all of it while its models are open."""
    from ganlab import checkpoints, jobs, runs
    from ganlab.execute import execute
    from ganlab.explore import library
    from tests.tiny import TINY

    folder = runs.create(root / "run", TINY.with_settings({"steps": 20}), device="cpu")
    for report in execute(folder):
        if report.step >= 8:
            folder.stop.touch()
    assert runs.read_status(folder).state == "cancelled"
    folder.stop.unlink(missing_ok=True)
    for _ in execute(folder, continue_run=True):
        pass
    status = runs.read_status(folder)
    assert status.state == "done", status
    model = checkpoints.load(folder.checkpoint)
    curves, sheets = checkpoints.read_curves(folder.checkpoint), checkpoints.read_sheets(folder.checkpoint)
    upload = library.add_upload("mine.safetensors", folder.checkpoint.read_bytes())
    uploaded = checkpoints.load(upload.path)
    library.delete_upload(upload)
    jobs.delete(folder)
    assert not folder.path.exists()
    assert model.images(model.latent.from_seeds([1])).equal(uploaded.images(model.latent.from_seeds([1])))
    assert len(curves["step"])
    assert sheets is not None


def queue_a_run(root: Path) -> None:
    """Submit, cancel while it trains, and delete."""
    import time

    from ganlab import jobs, runs
    from tests.tiny import TINY

    os.environ["GANLAB_RUNS"] = str(root)
    folder = jobs.submit(TINY.with_settings({"steps": 100_000}), device="cpu")
    for wanted in ("running", "cancelled"):
        end = time.monotonic() + 120
        while (status := runs.read_status(folder)).state != wanted:
            assert time.monotonic() < end, status
            time.sleep(0.1)
        if wanted == "running":
            jobs.cancel(folder)
    assert runs.saved_states(folder)
    jobs.delete(folder)


if __name__ == "__main__":
    root = Path(sys.argv[1])
    hide_modules_from_ganlab()
    import_everything()  # with what it imports: others may use what POSIX has
    take_names_away()
    keep_open_files()
    use_a_run(root / "one")
    queue_a_run(root / "queued")
    print("done")
