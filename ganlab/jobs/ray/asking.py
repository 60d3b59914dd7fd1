"""The head's jobs as they were told a moment ago, so that pages which look every second ask it seldom."""

import functools
import threading
import time
from dataclasses import dataclass, field

from ganlab.jobs.ray import head
from ganlab.jobs.ray.head import RayError, RayJob
from ganlab.jobs.ray.settings import Head

FRESH_SECONDS = 2.0
FRESH_PROBLEM_SECONDS = 10.0  # a head that hangs takes `LOOK_SECONDS` from whoever looks


@dataclass
class _Told:
    """What a head said last, and until when that is taken for what it says now."""

    jobs: dict[str, RayJob] = field(default_factory=dict)
    problem: str = ""
    until: float = 0.0
    asking: threading.Lock = field(default_factory=threading.Lock)


def jobs_lately(of: Head, *, now: bool = False) -> dict[str, RayJob]:
    """Its jobs by handle, at most `FRESH_SECONDS` old, or as they are `now`. RayError when it does not tell."""
    told = _told(of)
    with told.asking:
        if now or time.monotonic() >= told.until:
            try:
                told.jobs, told.problem = head.jobs(of), ""
            except RayError as error:
                told.problem = str(error)
            told.until = time.monotonic() + (FRESH_PROBLEM_SECONDS if told.problem else FRESH_SECONDS)
        if told.problem:
            raise RayError(told.problem)
        return told.jobs


@functools.lru_cache(maxsize=8)
def _told(of: Head) -> _Told:
    return _Told()
