"""Which runs belong together, because they were queued as one sweep."""

from typing import NamedTuple

from ganlab import runs
from ganlab.runs import RunFolder
from ganlab.runs.looks import READ_AGAIN_SECONDS, Looks


class _Member(NamedTuple):
    folder: RunFolder
    sweep: str  # empty where it has none


def of_run(folder: RunFolder) -> list[RunFolder]:
    """The runs of its sweep that are still there, in the order in which they were queued; alone where it has none."""
    sweep = _member(folder).sweep
    if not sweep:
        return [folder]
    found = [member.folder for member in _LOOKS.over(folder.path.parent) if member.sweep == sweep]
    return sorted(found, key=lambda other: other.name)


def _member(folder: RunFolder) -> _Member:
    try:
        return _Member(folder, runs.read_status(folder).sweep)
    except (ValueError, OSError):
        return _Member(folder, "")  # a damaged status: the run stands alone


_LOOKS = Looks(_member, lambda _: READ_AGAIN_SECONDS)
"""Of this process: the Train page asks every second."""
