"""What a job asks of Slurm: the settings `GANLAB_SLURM_...`."""

import os
from typing import NamedTuple

from ganlab.jobs.settings import WHOLE, Kind, checked

PREFIX = "GANLAB_SLURM_"


NAME = Kind(r"[A-Za-z0-9_][A-Za-z0-9_.,-]{0,99}", "a name as your cluster has it: letters, digits and _ . , -")
GRES = Kind(
    r"[A-Za-z][A-Za-z0-9_]*(:[A-Za-z0-9_.-]+){0,2}(,[A-Za-z][A-Za-z0-9_]*(:[A-Za-z0-9_.-]+){0,2}){0,7}",
    "resources such as gpu:1 or gpu:a100:1",
)
TIME = Kind(
    r"[0-9]{1,6}(:[0-9]{1,2}){0,2}|[0-9]{1,3}-[0-9]{1,2}(:[0-9]{1,2}){0,2}",
    "minutes, or hours:minutes:seconds, or days-hours:minutes, such as 90, 12:00:00 or 2-12:00",
)
MEMORY = Kind(r"[1-9][0-9]{0,8}[KMGT]?", "megabytes, or a number with K, M, G or T, such as 8G")


class Setting(NamedTuple):
    """One setting: its texts, what is taken without it, and the option of `sbatch` that it becomes, if any."""

    kind: Kind
    otherwise: str = ""  # empty: the cluster decides
    option: str = ""


SETTINGS: dict[str, Setting] = {
    "PARTITION": Setting(NAME, option="--partition"),
    "ACCOUNT": Setting(NAME, option="--account"),
    "GRES": Setting(GRES, option="--gres"),
    "TIME": Setting(TIME, option="--time"),
    "CPUS": Setting(WHOLE, "2", option="--cpus-per-task"),
    "MEMORY": Setting(MEMORY, option="--mem"),
    "AT_ONCE": Setting(WHOLE, "8"),  # trainings of one sweep or study that run at a time
    "WARNING_SECONDS": Setting(WHOLE, "90"),  # before the time limit: saving takes a second, a look at a signal a step
}


def settings() -> dict[str, str]:
    """All settings by name, empty where the cluster decides. ValueError names one that cannot be, and what can."""
    return {name: checked(PREFIX + name, setting.kind, setting.otherwise) for name, setting in SETTINGS.items()}


def is_asked_for() -> bool:
    """Whether this machine has settings for Slurm, and so means to use it."""
    return any(os.environ.get(PREFIX + name) for name in SETTINGS)
