"""How signals stop a run: at once while it gets ready, after the current step while it trains."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """The end of a run that was not ready yet; as Ctrl-C, it is no error that anyone on the way may handle."""

    def __init__(self, number: int | None) -> None:
        self.number = number  # of the signal; None where it was another wish


@contextmanager
def at_once() -> Iterator[None]:
    """Let SIGTERM end what is under way as Ctrl-C does, so that nothing half-written stays behind."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def on_signals(wish: Callable[[int], object]) -> Iterator[None]:
    """Tell `wish` the number of a SIGTERM or Ctrl-C, and go on."""

    def told(number: int, frame: FrameType | None) -> None:
        wish(number)

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
