"""How much people may keep busy and fill: the settings `GANLAB_QUOTA_...` and `GANLAB_IDLE_SECONDS`."""

import os
from typing import NamedTuple

from ganlab.counting import is_whole
from ganlab.foreign import shortened

IDLE_VARIABLE, IDLE_SECONDS = "GANLAB_IDLE_SECONDS", 900
MOST_SECONDS = 31_536_000  # a year


class Quotas(NamedTuple):
    """What one person, and all together, may have at a time."""

    runs: int = 5  # waiting and running, a person
    person_mb: int = 2_000  # runs, uploads and datasets of a person
    all_mb: int = 20_000  # runs, uploads and datasets of everybody


def quotas() -> Quotas:
    """The settings, or the defaults. ValueError names one that is not a whole number from 1."""
    return Quotas(
        runs=_whole("GANLAB_QUOTA_RUNS", Quotas().runs),
        person_mb=_whole("GANLAB_QUOTA_MB_PERSON", Quotas().person_mb),
        all_mb=_whole("GANLAB_QUOTA_MB", Quotas().all_mb),
    )


def idle_seconds() -> int:
    """For how long a game is kept that nobody touches. ValueError where the setting is no such number."""
    return _whole(IDLE_VARIABLE, IDLE_SECONDS, MOST_SECONDS)


def _whole(name: str, default: int, most: int | None = None) -> int:
    text = os.environ.get(name) or str(default)
    if not is_whole(text) or int(text) < 1 or (most is not None and int(text) > most):
        end = "" if most is None else f" to {most:,}"
        raise ValueError(f"{name} is {shortened(text, 100)!r}; set it to a whole number from 1{end}")
    return int(text)
