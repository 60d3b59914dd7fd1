"""Whether a visitor is waiting for the first page of this server, so that the warm start can step aside."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

ASKED, DRAWN = threading.Event(), threading.Event()


@contextmanager
def goes_first() -> Iterator[None]:
    """Around the script of a page."""
    ASKED.set()
    try:
        yield
    finally:  # scripts end by exceptions, too
        DRAWN.set()
