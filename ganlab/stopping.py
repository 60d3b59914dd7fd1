"""How signals stop a run: at once while it gets ready, after the current step while it trains."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

NAMES = ("SIGTERM", "SIGHUP", "SIGBREAK", "SIGUSR1")
ENDING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
"""Signals that ask a program to end: by whoever runs it, because its terminal is closed, on POSIX or Windows, and
because the time that a cluster gives it is nearly over."""

TIME_IS_OVER: int | None = getattr(signal, "SIGUSR1", None)
"""The signal of a cluster before a job's time limit, on POSIX: the run is to go on in another job."""

UNREAD = 128 + 13
"""Exit code of a program whose output nobody reads any more: that of SIGPIPE, which Windows does not have."""


def is_unread(error: OSError, *, windows: bool = os.name == "nt") -> bool:
    """Whether the error says of an output that its reader is gone."""
    return isinstance(error, BrokenPipeError) or (windows and error.errno == errno.EINVAL and error.filename is None)


class Stopped(BaseException):
    """The end of a run that was not ready yet; as Ctrl-C, it is no error that anyone on the way may handle."""

    def __init__(self, number: int | None) -> None:
        self.number = number  # of the signal; None where it was another wish


def told(wish: KeyboardInterrupt | Stopped) -> int:
    """Tell that the program was stopped; its exit code, as shells have it."""
    print("ganlab: stopped", file=sys.stderr)
    number = signal.SIGINT if isinstance(wish, KeyboardInterrupt) else wish.number
    return 128 + (number or 0)


@contextmanager
def at_once() -> Iterator[None]:
    """Let signals end what is under way as Ctrl-C does, so that nothing half-written stays behind."""
    heard: list[Stopped] = []

    def stop(number: int, frame: FrameType | None) -> None:
        heard.append(Stopped(number))
        raise heard[-1]

    with _handling(ENDING, stop):
        try:
            yield
        except Exception as error:
            if heard:  # the end came amid somebody's import, which failed of it in a way of its own
                raise heard[0] from error
            raise


@contextmanager
def on_signals(wish: Callable[[int], object]) -> Iterator[None]:
    """Tell `wish` the number of a signal that asks for the end, or of Ctrl-C's, and go on."""

    def told(number: int, frame: FrameType | None) -> None:
        wish(number)

    with _handling((*ENDING, signal.SIGINT), told):
        yield


@contextmanager
def _handling(numbers: Sequence[int], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """What is ignored stays so: `nohup` says so of SIGHUP, a shell of a background job's SIGINT.

    In a thread nothing changes: Python hears signals in the first one alone, which then is somebody else's.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
