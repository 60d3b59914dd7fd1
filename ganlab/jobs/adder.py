"""The process that looks at the pictures of an addition, or packs them: `python -m ganlab.jobs.adder FOLDER`."""

import os
import sys
import time
from pathlib import Path

from ganlab import locks
from ganlab.data import adding
from ganlab.data.adding import Added, Stopped
from ganlab.full_disk import DiskFullError
from ganlab.jobs import additions
from ganlab.jobs.additions import Addition, State, Status
from ganlab.jobs.processes import NICENESS
from ganlab.owners import read_owner, write_owner
from ganlab.system_errors import in_words

TOLD_EVERY_SECONDS = 0.3
PATIENCE_SECONDS = 10.0  # for the process before, which may still be ending


def main() -> int:
    """Do what is due; returns 1 when it cannot be done, and the addition's status says why."""
    if hasattr(os, "nice"):  # POSIX only
        os.nice(NICENESS)
    addition = Addition(Path(sys.argv[1]))
    try:
        with locks.hold(addition.lock, patience_seconds=PATIENCE_SECONDS):
            return _work(addition)
    except (ValueError, OSError) as error:  # discarded while this process was starting
        print(in_words(error))
        return 1


def _work(addition: Addition) -> int:
    wish = additions.read_wish(addition)
    try:
        if wish:
            _pack(addition, wish)
            _end(addition, Status(state="packed", share=1.0))
        else:
            _look(addition)
            _end(addition, Status(state="looked", share=1.0))
    except Stopped:
        _end(addition, Status(state="stopped"))
    except (ValueError, DiskFullError, OSError) as error:
        told = (
            in_words(error).replace(f"{addition.dropped}{os.sep}", "").replace(str(addition.dropped), "what was given")
        )
        print(told)
        _end(addition, Status(state="failed", error=told))
        return 1
    return 0


def _look(addition: Addition) -> None:
    tell = _Teller(addition, "looking")
    collection = additions.open_pictures(addition, lambda found: tell(0.0, f"found {found:,} pictures"))
    adding.survey(collection, addition.looks, tell, addition.stop.exists)


def _pack(addition: Addition, wish: additions.Wish) -> None:
    tell = _Teller(addition, "packing")
    found = additions.looked(addition)
    plan = adding.plan(found.survey, found.labels[wish.labels], wish.settings, wish.name)
    adding.add(plan, tell, addition.stop.exists)
    if owner := read_owner(addition.owner):
        write_owner(Added(wish.name).owner, owner)


def _end(addition: Addition, status: Status) -> None:
    additions.write_status(addition, status)


class _Teller:
    """Writes progress down, not more often than people can read it."""

    def __init__(self, addition: Addition, state: State) -> None:
        self._addition, self._state, self._told = addition, state, 0.0
        self(0.0, "")

    def __call__(self, share: float, text: str) -> None:
        if time.monotonic() - self._told > TOLD_EVERY_SECONDS:
            self._told = time.monotonic()
            additions.write_status(self._addition, Status(state=self._state, share=share, text=text))


if __name__ == "__main__":
    sys.exit(main())
