"""Where things lie in a run directory."""

import re
from pathlib import Path

from ganlab import listings

SHEET_COLUMNS = 8  # of the sheets of samples
SHEET_GAP = 2  # pixels around each of their tiles
STEP = re.compile(r"[0-9]{1,15}")


class RunFolder:
    """Paths inside one run directory. A `_copy` holds the same as its file, for when that is damaged or lost."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recipe = path / "recipe.json"
        self.recipe_copy = path / "recipe.copy.json"
        self.status = path / "status.json"
        self.status_copy = path / "status.copy.json"
        self.where = path / "where.json"  # where it was sent to; a run of this machine has none
        self.where_copy = path / "where.copy.json"
        self.metrics = path / "metrics.jsonl"
        self.log = path / "log.txt"
        self.samples = path / "samples"
        self.snapshots = path / "snapshots"
        self.resume = path / "resume" / "state.safetensors"
        self.resume_before = path / "resume" / "before.safetensors"  # the state that was saved before that one
        self.init = path / "init.safetensors"  # nets that it begins with, where they are not fresh
        self.checkpoint = path / "checkpoint.safetensors"
        self.stop = path / "stop"
        self.lock = path / "lock"
        self.owner = path / "owner.json"  # who made it, where people log in

    @property
    def name(self) -> str:
        return self.path.name


def numbered(folder: Path, suffix: str) -> dict[int, Path]:
    """The files of a folder that are named by a step, in order; what else lies there is left out."""
    files = {int(path.stem): path for path in listings.files(folder, f"*{suffix}") if STEP.fullmatch(path.stem)}
    return dict(sorted(files.items()))


def saved_states(folder: RunFolder) -> list[Path]:
    """The states that the run can go on from, the newest first."""
    return [path for path in (folder.resume, folder.resume_before) if listings.is_file(path)]
