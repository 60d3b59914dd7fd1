"""Handing runs to Ray, and taking them back from it."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from ganlab.jobs.processes import ensure_one, environment
from ganlab.jobs.ray import asking, head
from ganlab.jobs.ray.settings import PREFIX, Settings, is_asked_for, settings
from ganlab.runs import RunFolder

NAME = "ray"
TRAINER = "ganlab.jobs.ray.trainer"
FOLDERS = ("GANLAB_DATA", "GANLAB_INCEPTION")
"""What a trainer reads beside its run. The rest of this process's environment, secrets among it, stays here."""


def offered() -> bool:
    """Whether a setting says that there is a Ray cluster."""
    return is_asked_for()


def against() -> str:
    """Why nothing can be handed to Ray; empty when it can."""
    try:
        asking.jobs_lately(settings().head)
    except ValueError as error:
        return str(error)
    return ""


def submit(folders: Sequence[RunFolder]) -> None:
    """Have the runs sent as soon as there is room for them, one by one.

    ValueError when the head is away, slow or refuses, and when no machine of the cluster holds a training.
    """
    chosen = settings()
    asking.jobs_lately(chosen.head, now=True)
    if most_at_once(chosen) == 0:
        cards = f" and {chosen.cards} GPUs" if chosen.cards else ""
        raise ValueError(
            f"no machine of the Ray cluster has {chosen.cpus} CPUs{cards}; lower {PREFIX}CPUS or {PREFIX}GPUS, or set "
            f"{PREFIX}AT_ONCE where the cluster grows by itself"
        )
    ensure_feeder(folders[0].path.parent)


def cancel(folder: RunFolder) -> None:
    """Have its job end when its trainer does not look at the `stop` file. What was not sent yet never is."""
    ensure_feeder(folder.path.parent)


def most_at_once(chosen: Settings) -> int:
    """Trainings that may be with Ray at a time. RayError when its head does not tell."""
    return chosen.at_once or head.room(chosen.head, chosen.cpus, chosen.cards)


def feeder_lock(root: Path) -> Path:
    """The file whose lock makes a process the only one that sends runs of the folder `root`."""
    return root / ".ray.lock"


def ensure_feeder(root: Path) -> None:
    """See to it that waiting runs are sent. ValueError where files cannot be locked."""
    root = Path(os.path.realpath(root))
    ensure_one("ganlab.jobs.ray.feeder", root, lock=feeder_lock(root), log=root / ".ray.log")


def command(folder: RunFolder, handle: str, chosen: Settings) -> str:
    """For a shell: it becomes the run's trainer, so that signals reach that, and writes into the run's own log."""
    path = os.path.abspath(folder.path)
    variables = {name: value for name, value in environment().items() if name in ("PYTHONPATH", "PYTHONUTF8")}
    variables |= {name: os.path.abspath(os.environ[name]) for name in FOLDERS if os.environ.get(name)}
    variables |= {"OMP_NUM_THREADS": str(chosen.cpus), "OMP_WAIT_POLICY": "PASSIVE", "PYTHONUNBUFFERED": "1"}
    words = ["env", *(f"{name}={value}" for name, value in variables.items()), chosen.python, "-m", TRAINER]
    log = os.path.join(path, folder.log.name)
    return f"exec {shlex.join([*words, path, handle])} >>{shlex.quote(log)} 2>&1 </dev/null"


def start(folder: RunFolder, handle: str, chosen: Settings) -> None:
    """Hand one run over; RayError as `head.start` has it."""
    order = head.Order(handle, command(folder, handle, chosen), chosen.cpus, chosen.cards)
    head.start(chosen.head, order)


def new_handle() -> str:
    """One that no other job has, on whichever cluster."""
    return f"{PREFIX_OF_HANDLES}{os.urandom(8).hex()}"


PREFIX_OF_HANDLES = "ganlab-"
