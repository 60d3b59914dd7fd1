"""Which runs belong together, because they were queued as one sweep."""

from ganlab import runs
from ganlab.runs import RunFolder


def of_run(folder: RunFolder) -> list[RunFolder]:
    """The runs of its sweep that are still there, in the order in which they were queued; alone where it has none."""
    sweep = _sweep(folder)
    if not sweep:
        return [folder]
    found = [other for other in runs.list_runs(folder.path.parent) if _sweep(other) == sweep]
    return sorted(found, key=lambda other: other.name)


def _sweep(folder: RunFolder) -> str:
    try:
        return runs.read_status(folder).sweep
    except ValueError:
        return ""  # a damaged status: the run stands alone
