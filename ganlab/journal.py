"""The status of a run as its trainer writes it, and whether the run is to stop."""

import time
from collections.abc import Callable
from typing import Any

from ganlab import runs
from ganlab.metrics import title
from ganlab.metrics.outcome import by_reason
from ganlab.runs import RunFolder, Status
from ganlab.stopping import Stopped

LOOK_EVERY_SECONDS = 0.5  # for the `stop` file: a look costs microseconds, but not every step
HEARTBEAT_SECONDS = 5.0

Tell = Callable[[str], object]


class Journal:
    """Keeps a run's status, in memory and in its file; `tell` hears what takes time besides the steps."""

    def __init__(self, folder: RunFolder, status: Status, tell: Tell) -> None:
        self.folder, self.status, self.tell = folder, status, tell
        self.signal: int | None = None  # that asked for the end
        self._stop_wanted = False
        self._looked = self._told = 0.0

    def write(self, **changes: Any) -> None:
        """Change fields of the status and write its file."""
        self.status = self.status.model_copy(update=changes | {"heartbeat": time.time()})
        runs.write_status(self.folder, self.status)
        self._told = time.monotonic()

    def busy(self, doing: str) -> None:
        """Say what the trainer does beside its steps; with an empty text, that it steps again."""
        self.write(doing=doing)
        if doing:
            self.tell(doing)

    def leave_out(self, reasons: dict[str, str]) -> None:
        """Note what was not measured and why; `tell` hears each reason once."""
        news = {name: reason for name, reason in reasons.items() if self.status.left_out.get(name) != reason}
        for reason, names in by_reason(news).items():
            self.tell(f"not measured: {', '.join(map(title, names))} ({reason})")
        if reasons != self.status.left_out:
            self.write(left_out=reasons)

    def packing(self, share: float, text: str) -> None:
        """Say how far the packing of a dataset has come, and end it when that is wished."""
        if share < 1 and self._time_to_look():
            self.write(doing=text)
            if self.folder.stop.exists():
                raise Stopped(None)

    def wish_to_stop(self, number: int) -> None:
        """Stop after the current step, because of a signal."""
        self._stop_wanted, self.signal = True, number

    def stop_wanted(self) -> bool:
        """Whether a signal or the `stop` file asks for the end; asked between two steps."""
        if self._time_to_look():
            runs.require_there(self.folder)
            self._stop_wanted = self._stop_wanted or self.folder.stop.exists()
            if self._looked - self._told > HEARTBEAT_SECONDS:
                self.write()
        return self._stop_wanted

    def _time_to_look(self) -> bool:
        now = time.monotonic()
        if now - self._looked <= LOOK_EVERY_SECONDS:
            return False
        self._looked = now
        return True
