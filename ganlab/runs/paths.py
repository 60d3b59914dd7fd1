"""Where things lie in a run directory."""

import re
from pathlib import Path

from ganlab import listings
from ganlab.whole_files import Check, anyway

SHEET_COLUMNS = 8  # of the sheets of samples
SHEET_GAP = 2  # pixels around each of their tiles
STEP = re.compile(r"[0-9]{1,15}")


class _Inside:
    """A path in a run directory, made when it is asked for: whoever lists thousands of runs asks for few."""

    def __init__(self, *parts: str) -> None:
        self.parts = parts

    def __get__(self, folder: "RunFolder", _: type | None = None) -> Path:
        return folder.path.joinpath(*self.parts)


class RunFolder:
    """Paths inside one run directory. A `_copy` holds the same as its file, for when that is damaged or lost.

    A trainer's own is checked before each change to a file: see `claims`.
    """

    def __init__(self, path: Path, check: Check = anyway) -> None:
        self.path, self.check = path, check

    recipe = _Inside("recipe.json")
    recipe_copy = _Inside("recipe.copy.json")
    status = _Inside("status.json")
    status_copy = _Inside("status.copy.json")
    where = _Inside("where.json")  # where it was sent to; a run of this machine has none
    where_copy = _Inside("where.copy.json")
    claim = _Inside("claim.json")  # whose it is: the last trainer's that took it over
    claim_copy = _Inside("claim.copy.json")
    metrics = _Inside("metrics.jsonl")
    log = _Inside("log.txt")
    samples = _Inside("samples")
    snapshots = _Inside("snapshots")
    resume = _Inside("resume", "state.safetensors")
    resume_before = _Inside("resume", "before.safetensors")  # the state that was saved before that one
    init = _Inside("init.safetensors")  # nets that it begins with, where they are not fresh
    checkpoint = _Inside("checkpoint.safetensors")
    stop = _Inside("stop")
    lock = _Inside("lock")
    owner = _Inside("owner.json")  # who made it, where people log in

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
