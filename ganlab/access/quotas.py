"""Whether there is room for more: what people who log in keep busy and fill, against the limits.

Administrators have no quota of their own; the one for all together holds for them, too.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from ganlab import jobs, listings, runs
from ganlab.access.limits import Quotas, quotas
from ganlab.access.visitor import Visitor
from ganlab.counting import counted
from ganlab.data import adding
from ganlab.explore import library
from ganlab.jobs import additions, datasets
from ganlab.owners import Person, read_owner

MEGABYTE = 1_000_000
NAMED = 3  # of the largest things that a person could delete
WAIT_SECONDS = 10.0


class Thing(NamedTuple):
    """What somebody has made, and the room that it takes."""

    name: str
    owner: Person | None
    size_bytes: int


@contextmanager
def held(visitor: Visitor, *, more_runs: int = 0, more_bytes: int = 0) -> Iterator[None]:
    """Around what adds runs or bytes: ValueError says what to free when that would be too much.

    Nobody else adds anything meanwhile. A training is let in while there is any room, and may then pass the limit by
    its own size, which nobody knows before.
    """
    if visitor.person is None:
        yield
        return
    root = runs.runs_folder()
    root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root / ".quotas.lock")
    try:
        lock.acquire(timeout=WAIT_SECONDS)
    except Timeout:
        raise ValueError("many people are starting and uploading just now; try again in a moment") from None
    try:
        _check(visitor.person, visitor.admin, quotas(), more_runs, more_bytes)
        yield
    finally:
        lock.release()


def things() -> list[Thing]:
    """Every run, upload and dataset that was added, and pictures that are being added."""
    of_runs = [Thing(run.name, read_owner(run.owner), size_bytes(run.path)) for run in runs.list_runs()]
    uploads = [model for model in library.models() if model.origin == "uploaded"]
    of_uploads = [
        Thing(model.path.stem, read_owner(library.owner_path(model.path)), size_bytes(model.path)) for model in uploads
    ]
    of_datasets = [
        Thing(one.name, read_owner(one.owner), sum(map(size_bytes, datasets.files(one)))) for one in adding.added()
    ]
    begun = [
        Thing("pictures", read_owner(one.owner), size_bytes(one.path) + additions.bytes_to_come(one))
        for one in additions.additions()
    ]
    return of_runs + of_uploads + of_datasets + begun


def size_bytes(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what goes meanwhile counts nothing."""
    if not listings.is_folder(path):
        return _file_size(path)
    return sum(_file_size(Path(folder) / name) for folder, _, names in os.walk(path) for name in names)


def _check(person: Person, admin: bool, limits: Quotas, more_runs: int, more_bytes: int) -> None:
    if more_runs and not admin:
        _check_runs(person, limits.runs, more_runs)
    found = things()
    mine = [thing for thing in found if thing.owner and thing.owner.identity == person.identity]
    if not admin and (told := _too_large(mine, limits.person_mb, more_bytes)):
        raise ValueError(f"your runs, uploads and datasets take {told}. {_what_to_free(mine)}")
    if told := _too_large(found, limits.all_mb, more_bytes):
        raise ValueError(f"the runs, uploads and datasets of all people take {told}. {_what_to_free(mine)}")


def _check_runs(person: Person, limit: int, more: int) -> None:
    mine = [run for run in runs.list_runs() if (owner := read_owner(run.owner)) and owner.identity == person.identity]
    busy = [job.name for job in jobs.look(runs.runs_folder(), mine) if job.active]
    if len(busy) + more > limit:
        asked = f", and ask for {more} more" if more > 1 else ""
        free = f"Cancel one ({', '.join(busy[:NAMED])}) or wait until one is done" if busy else "Ask for fewer"
        have = counted(len(busy), "training")
        raise ValueError(f"you have {have} waiting or running{asked}; a person can have {limit} here. {free}")


def _too_large(found: list[Thing], limit_mb: int, more_bytes: int) -> str:
    """How much of the limit is used, in words, when more does not fit; else empty."""
    used = sum(thing.size_bytes for thing in found)
    if more_bytes and used + more_bytes > limit_mb * MEGABYTE:
        return f"{_mb(used)} of {limit_mb:,} MB, and this would add {_mb(more_bytes)} MB"
    return f"{_mb(used)} of {limit_mb:,} MB" if used >= limit_mb * MEGABYTE else ""


def _what_to_free(mine: list[Thing]) -> str:
    largest = sorted(mine, key=lambda thing: thing.size_bytes, reverse=True)[:NAMED]
    if not largest:
        return "You have nothing here that you could delete; ask an administrator to make room"
    return f"Delete what you no longer need: {', '.join(f'{t.name} ({_mb(t.size_bytes)} MB)' for t in largest)}"


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / MEGABYTE:,.1f}"


def _file_size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
