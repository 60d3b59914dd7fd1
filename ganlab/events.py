"""TensorBoard's event files of a run, beside its metrics.jsonl: scalars of its reports, sheets of its snapshots."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab.extras import require_event_files
from ganlab.loop import Report
from ganlab.runs import RunFolder
from ganlab.snapshots import QUALITY
from ganlab.system_errors import in_words

FLUSH_SECONDS = 10


class Events:
    """Where scalars and sheets go; nowhere for a run that was not asked for event files."""

    def __init__(self, writer: Any, tell: Callable[[str], object]) -> None:
        self._writer, self._tell = writer, tell

    def report(self, report: Report) -> None:
        """The values of a report, by their names; and the time since the start, as `time/seconds`."""
        self._scalars(report.step, {**report.values, "time/seconds": report.seconds})

    def snapshot(self, step: int, sheet: NDArray[np.uint8], measured: Mapping[str, float]) -> None:
        """What a snapshot measures, and its sheet, uint8 [height, width, 3]."""
        self._scalars(step, {f"{QUALITY}{name}": value for name, value in measured.items()})
        self._write("add_image", "samples", sheet, step, dataformats="HWC")

    def close(self) -> None:
        """Have everything in the file."""
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
            self._tell(f"event files end here ({in_words(error)}); metrics.jsonl goes on")


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

    _let_a_second_pass(folder)
    writer = SummaryWriter(str(folder.path), purge_step=step + 1 if step else 0, flush_secs=FLUSH_SECONDS)
    events = Events(writer, tell)
    try:
        yield events
    finally:
        events.close()


def _let_a_second_pass(folder: RunFolder) -> None:
    """Wait until a new file is named after the earlier ones: a name has whole seconds, and readers go by the names."""
    started = [path.name.split(".")[3] for path in folder.path.glob("events.out.tfevents.*")]
    newest = max((int(second) for second in started if second.isdecimal()), default=0)
    if newest == int(time.time()):
        time.sleep(newest + 1 - time.time())
