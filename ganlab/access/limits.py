"""How much people who log in may keep busy and fill: the settings `GANLAB_QUOTA_...`."""

import os
from typing import NamedTuple

from ganlab.counting import is_whole
from ganlab.foreign import shortened


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


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not is_whole(text) or int(text) < 1:
        raise ValueError(f"{name} is {shortened(text, 100)!r}; set it to a whole number from 1")
    return int(text)
