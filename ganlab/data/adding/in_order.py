"""Work on many pictures at once, whose results come in their order."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

Stop = Callable[[], bool]
"""Asked now and then; when it says True, the work ends."""

WORKERS_A_CORE = 2  # one waits for the disk or for Python while another decodes
AHEAD = 2  # things a worker that are read, and whose results may wait


GOES_ON = "stopped; the same command goes on where it was"


class Stopped(ValueError):
    """The work was asked to stop, and goes on where it was when it is started again."""


def never() -> bool:
    """A `Stop` that lets everything go on."""
    return False


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(things: Iterator[T], work: Callable[[T], R], stop: Stop = never, workers: int = 0) -> Iterator[R]:
    """What `work` makes of each thing, with few of them in memory at a time.

    In threads: Pillow decodes and resamples without Python's lock. Raises Stopped when asked to stop.
    """
    workers = workers or WORKERS_A_CORE * cores()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="pictures")
    try:
        waiting: deque[Future[R]] = deque(pool.submit(work, thing) for thing in islice(things, AHEAD * workers))
        while waiting:
            if stop():
                raise Stopped(GOES_ON)
            result = waiting.popleft().result()
            for thing in islice(things, 1):
                waiting.append(pool.submit(work, thing))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)
