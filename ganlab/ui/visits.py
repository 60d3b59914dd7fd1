"""Which pages this server is making, so that the warm start can keep out of their way."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Visits:
    """Runs of page scripts, in the threads of all visitors."""

    def __init__(self) -> None:
        self.begun = threading.Event()  # set for good by the first visit
        self._lock = threading.Lock()
        self._running = 0
        self._latest = -math.inf  # when the latest ended or was announced, on the monotonic clock

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Around the script of a page, or above a fragment that draws: fragments run without the script."""
        with self._lock:
            self._running += 1
        self.begun.set()
        try:
            yield
        finally:  # scripts end by exceptions, too
            with self._lock:
                self._running -= 1
                self._latest = time.monotonic()

    def announce(self) -> None:
        """A browser has asked for a page's document: a second later its page will be made, and wants all processors."""
        with self._lock:
            self._latest = time.monotonic()

    def quiet_seconds(self) -> float:
        """For how long no page has been made or announced: 0 while one is made, infinite before the first."""
        with self._lock:
            return 0.0 if self._running else time.monotonic() - self._latest


VISITS = Visits()
"""Of this server."""
