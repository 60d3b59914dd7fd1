"""What the files of all runs say, read again only where something may have changed.

A look at a run whose files are as they were costs a question or two to the file system instead of opening them, so that
a queue of thousands is looked at twice a second.
"""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from ganlab import listings
from ganlab.file_versions import FileVersion, at_once
from ganlab.runs.folder import made_ns
from ganlab.runs.paths import RunFolder

SETTLED_SECONDS = 2.0
"""Two changes within the time in which a file system tells no two moments apart look like one."""
READ_AGAIN_SECONDS = 60.0  # whatever the file system says: on a network share it may be late

Found = TypeVar("Found")


class _Look(NamedTuple, Generic[Found]):
    versions: tuple[FileVersion, ...]
    since: float  # when the files were first seen like this; `time.monotonic()`, as below
    until: float  # then they are read again in any case
    made_ns: int
    found: Found | None  # None: it is no run


class Looks(Generic[Found]):
    """Looks at all runs of a folder through `read`.

    What was found is good for `lasting` seconds, or until something in the run's folder is made, replaced or removed,
    or one of its `files` is written to.
    """

    def __init__(
        self, read: Callable[[RunFolder], Found], lasting: Callable[[Found], float], files: Sequence[str] = ()
    ) -> None:
        self._read, self._lasting, self._files = read, lasting, files
        self._looks: dict[str, _Look[Found]] = {}

    def over(self, root: Path) -> list[Found]:
        """What is found of each run under `root`, the newest first."""
        place = str(root)
        looks = {os.path.join(place, name): self._look(place, name) for name in listings.folder_names(root)}
        self._looks = looks  # without those that are gone
        runs_there = [(look.made_ns, path, look.found) for path, look in looks.items() if look.found is not None]
        runs_there.sort(key=lambda run: run[:2], reverse=True)
        return [found for _, _, found in runs_there]

    def _look(self, place: str, name: str) -> _Look[Found]:
        path, now = os.path.join(place, name), time.monotonic()
        versions = (at_once(path), *[at_once(os.path.join(path, file)) for file in self._files])
        earlier = self._looks.get(path)
        unchanged = earlier is not None and earlier.versions == versions
        if earlier is not None and unchanged and now < earlier.until:
            return earlier
        since = earlier.since if earlier is not None and unchanged else now
        is_settled = now - since > SETTLED_SECONDS or _age_seconds(versions) > SETTLED_SECONDS
        folder = RunFolder(Path(path))
        made = made_ns(folder)
        found = None if made is None else self._read(folder)
        lasting = READ_AGAIN_SECONDS if found is None else self._lasting(found)
        return _Look(versions, since, now + lasting * _spread(name) if is_settled else now, made or 0, found)


def _age_seconds(versions: tuple[FileVersion, ...]) -> float:
    """Since the last change by this machine's clock; of a file from the future there is none."""
    return (time.time_ns() - max(max(one.written_ns, one.changed_ns) for one in versions)) / 1e9


def _spread(name: str) -> float:
    """0.75 to 1.25, so that those which were read together are not read again together."""
    return 0.75 + (hash(name) % 1000) / 2000
