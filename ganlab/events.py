"""TensorBoard's event files of a run, beside its metrics.jsonl: scalars of its reports, sheets of its snapshots."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab import listings
from ganlab.extras import require_event_files
from ganlab.loop import Report
from ganlab.runs import RunFolder
from ganlab.snapshots import QUALITY
from ganlab.system_errors import in_words

FLUSH_SECONDS = 10
EVENTS = "events.out.tfevents."
WRITTEN = re.compile(r"[0-9]+|-[0-9]{9}")  # a second in a name
BEFORE_1970 = 10**9  # seconds that have a name; later ones come after earlier ones, as text, too
SECOND = 3  # which part of a name is the second that the file was begun in


class Events:
    """Where scalars and sheets go; nowhere for a run that was not asked for event files.

    A run that was given to another trainer gets no more of them, and its file is not even closed.
    """

    def __init__(self, writer: Any, tell: Callable[[str], object], folder: RunFolder | None = None) -> None:
        self._writer, self._tell, self._folder = writer, tell, folder

    def report(self, report: Report) -> None:
        """The values of a report, by their names; and the time since the start, as `time/seconds`."""
        self._check()
        self._scalars(report.step, {**report.values, "time/seconds": report.seconds})

    def snapshot(self, step: int, sheet: NDArray[np.uint8], measured: Mapping[str, float]) -> None:
        """What a snapshot measures, and its sheet, uint8 [height, width, 3]."""
        self._check()
        self._scalars(step, {f"{QUALITY}{name}": value for name, value in measured.items()})
        self._write("add_image", "samples", sheet, step, dataformats="HWC")

    def close(self) -> None:
        """Have everything in the file."""
        self._check()
        self._write("close")

    def _scalars(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._write("add_scalar", name, value, step)

    def _write(self, action: str, *values: object, **options: object) -> None:
        """A full disk costs the event files, and not the run."""
        if self._writer is None:
            return
        try:
            getattr(self._writer, action)(*values, **options)
        except OSError as error:
            self._writer = None
            path = self._folder.path if self._folder else None
            self._tell(f"event files end here ({in_words(error, path)}); metrics.jsonl goes on")

    def _check(self) -> None:
        if self._folder and self._writer is not None:
            self._folder.check()


@contextmanager
def opened(folder: RunFolder, step: int, *, wanted: bool, tell: Callable[[str], object]) -> Iterator[Events]:
    """The event file of a run that begins, or goes on, after `step`: what an earlier one has of later steps is void.

    ValueError where it is wanted and the package is not installed.
    """
    if not wanted:
        yield Events(None, tell)
        return
    require_event_files()
    from torch.utils.tensorboard import SummaryWriter

    with _threads_keep_quiet():
        try:
            _put_earlier(folder, int(time.time()))
            writer = SummaryWriter(str(folder.path), purge_step=step + 1 if step else 0, flush_secs=FLUSH_SECONDS)
        except OSError as error:
            writer = None
            tell(f"no event files are written ({in_words(error, folder.path)}); metrics.jsonl goes on")
        events = Events(writer, tell, folder)
        try:
            yield events
        finally:
            events.close()


def _put_earlier(folder: RunFolder, now: int) -> None:
    """Have all event files named after seconds before `now`, in their order: readers go by names.

    The clock may have been set back since they were written, or the second of the last one not be over.
    """
    found = {path: path.name.split(".") for path in listings.files(folder.path, f"{EVENTS}*")}
    begun = {path: _read_second(parts[SECOND]) for path, parts in found.items() if WRITTEN.fullmatch(parts[SECOND])}
    limit = now
    for path in sorted(begun, key=lambda path: (begun[path], path.name), reverse=True):
        limit = min(begun[path], limit - 1)
        if limit < begun[path]:
            parts = found[path]
            path.replace(path.with_name(".".join([*parts[:SECOND], _written_second(limit), *parts[SECOND + 1 :]])))


def _written_second(second: int) -> str:
    """A second as names have it; those before 1970, for which a clock of 1970 leaves room alone, stand before it."""
    return f"{second:010}" if second >= 0 else f"-{BEFORE_1970 + second:09}"


def _read_second(text: str) -> int:
    return -(BEFORE_1970 + int(text)) if text.startswith("-") else int(text)


@contextmanager
def _threads_keep_quiet() -> Iterator[None]:
    """The writer's thread hands its OSErrors to the next call, and would print their tracebacks as well."""
    before = threading.excepthook

    def hook(told: threading.ExceptHookArgs) -> None:
        if not isinstance(told.exc_value, OSError):
            before(told)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before
