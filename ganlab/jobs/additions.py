"""Pictures on their way to become a dataset: each addition is a folder, and a process of its own works on it.

The process looks at the pictures, and ends; it packs them when somebody has chosen how, and ends. Its progress is in
the folder, so that pages may come and go.
"""

import json
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from ganlab import listings, locks
from ganlab.data import adding, sources
from ganlab.data.adding import Example, Settings, Stopped, Survey
from ganlab.data.folder import data_folder
from ganlab.data.sources.collection import Collection, Labels
from ganlab.data.sources.folders import Look
from ganlab.foreign import read_json, shortened
from ganlab.jobs.processes import start_detached
from ganlab.owners import Person, write_owner
from ganlab.system_errors import in_words, printable
from ganlab.whole_files import replacing

State = Literal["starting", "looking", "looked", "packing", "packed", "stopped", "failed"]
ACTIVE: tuple[State, ...] = ("starting", "looking", "packing")

LabelWish = Literal["auto", "none"]
LABELS: tuple[LabelWish, ...] = ("auto", "none")
MOST_FILES = 10_000  # dropped at once
STALE_SECONDS = 7 * 24 * 3600.0  # an addition that nobody has gone on with for so long is removed


class Dropped(NamedTuple):
    """A file that a visitor gave."""

    name: str
    content: bytes | memoryview


class Source(BaseModel):
    """Where the pictures of an addition are."""

    model_config = ConfigDict(frozen=True)

    path: str
    title: str  # as people know it


class Wish(BaseModel):
    """How the pictures are to be packed."""

    model_config = ConfigDict(frozen=True)

    name: str
    settings: Settings
    labels: LabelWish = "auto"


class Status(BaseModel):
    """What becomes of an addition."""

    model_config = ConfigDict(frozen=True)

    state: State = "starting"
    share: float = 0.0  # of the work, in [0, 1]
    text: str = ""  # what is being done
    error: str = ""  # why it failed
    start: str = ""  # which start of a process this is, until that says something itself

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


@dataclass(frozen=True, slots=True)
class Addition:
    """The folder of an addition."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def owner(self) -> Path:
        return self.path / "owner.json"

    @property
    def dropped(self) -> Path:
        return self.path / "dropped"

    @property
    def looks(self) -> Path:
        """What was found of each file."""
        return self.path / "looks"

    @property
    def source(self) -> Path:
        return self.path / "source.json"

    @property
    def wish(self) -> Path:
        return self.path / "wish.json"

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    @property
    def stop(self) -> Path:
        return self.path / "stop"

    @property
    def lock(self) -> Path:
        return self.path / "lock"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a page needs to show what will become of the pictures."""

    survey: Survey
    labels: dict[LabelWish, Labels]  # by what may be wished
    examples: tuple[Example, ...]


def additions_folder() -> Path:
    """Where additions lie."""
    return data_folder() / "additions"


def begin(files: Sequence[Dropped], *, owner: Person | None = None) -> Addition:
    """Keep the files and have a process look at them. ValueError where there are none, or too many."""
    if not files:
        raise ValueError("there is nothing to add; drop a zip, or several pictures")
    if len(files) > MOST_FILES:
        raise ValueError(f"{len(files):,} files were dropped, and at most {MOST_FILES:,} are taken; zip them")
    addition = _new(owner)
    addition.dropped.mkdir()
    try:
        for name, file in zip(_file_names([file.name for file in files]), files, strict=True):
            (addition.dropped / name).write_bytes(file.content)
    except OSError:
        shutil.rmtree(addition.path, ignore_errors=True)  # the disk is full, for instance
        raise
    one = next(addition.dropped.iterdir()) if len(files) == 1 else None
    title = printable(one.name) if one else f"{len(files):,} files"
    return _started(addition, Source(path=str(one or addition.dropped), title=title))


def begin_folder(folder: str, *, owner: Person | None = None) -> Addition:
    """Have a process look at a folder, or at an archive, of this machine. ValueError where it is not there."""
    path = Path(folder.strip()).expanduser()
    if not folder.strip() or "\0" in folder or not path.is_absolute() or not listings.is_there(path):
        raise ValueError(
            f"{shortened(folder, 200)!r} is not there; write the whole path of a folder on the machine that serves "
            "this page"
        )
    return _started(_new(owner), Source(path=str(path), title=printable(str(path))))


def pack(addition: Addition, wish: Wish) -> None:
    """Have a process make the dataset. ValueError for a name that cannot be, and while another process works on it."""
    if read_status(addition).active:
        raise ValueError("these pictures are being worked on; wait until that is done")
    adding.check_new(wish.name)
    _write(addition.wish, wish)
    _start(addition)


def look_again(addition: Addition) -> None:
    """Begin anew with the same source."""
    addition.wish.unlink(missing_ok=True)
    _start(addition)


def cancel(addition: Addition) -> None:
    """Ask for the end of the work."""
    addition.stop.touch()
    if not locks.is_held(addition.lock) and read_status(addition).active:  # no process has come yet, or it has died
        write_status(addition, Status(state="stopped"))


def discard(addition: Addition) -> None:
    """Remove an addition with the files that were dropped. ValueError while a process works on it."""
    with suppress(FileNotFoundError):
        with locks.hold(addition.lock, patience_seconds=5.0):
            for path in addition.path.iterdir():
                if path not in locks.files(addition.lock):
                    shutil.rmtree(path) if listings.is_folder(path) and not path.is_symlink() else path.unlink()
        shutil.rmtree(addition.path)


def find(name: str) -> Addition | None:
    """The addition of that name; any text may be asked for."""
    known = {addition.name: addition for addition in additions()}
    return known.get(name)


def additions() -> list[Addition]:
    """All of them, the newest last."""
    found = [Addition(path) for path in listings.folders(additions_folder())]
    return sorted((one for one in found if listings.is_file(one.source)), key=lambda one: _changed(one.source))


def read_status(addition: Addition) -> Status:
    """What the process has said last; that it died, where it said so little."""
    status = _read_status(addition)
    if status.state in ("looking", "packing") and not locks.is_held(addition.lock):
        status = _read_status(addition)  # it may have ended well in between
        if status.state in ("looking", "packing"):
            return Status(state="failed", error="the process that did it has ended; go on where it was")
    return status


def write_status(addition: Addition, status: Status) -> None:
    _write(addition.status, status)


def read_source(addition: Addition) -> Source:
    """ValueError where it cannot be read."""
    return Source.model_validate(read_json(addition.source))


def read_wish(addition: Addition) -> Wish | None:
    """How it is to be packed; None where nobody has said so yet."""
    return Wish.model_validate(read_json(addition.wish)) if listings.is_file(addition.wish) else None


def open_pictures(addition: Addition, look: Look = lambda found: None) -> Collection:
    """The pictures, called as people know them. ValueError as `sources.open_source`."""
    source = read_source(addition)
    return replace(sources.open_source(source.path, look), title=source.title)


def looked(addition: Addition) -> Looked:
    """What the process has found. ValueError where the pictures have changed since."""
    try:
        collection = open_pictures(addition)
        survey = adding.survey(collection, addition.looks, stop=lambda: True)  # nothing is left to be looked at
    except Stopped:
        raise ValueError("the pictures have changed since they were looked at; look again") from None
    labels: dict[LabelWish, Labels] = {wanted: sources.labels_of(collection, wanted) for wanted in LABELS}
    return Looked(survey, labels, adding.examples(survey))


def _new(owner: Person | None) -> Addition:
    """An empty folder; what nobody has gone on with goes."""
    root = additions_folder()
    root.mkdir(parents=True, exist_ok=True)
    for old in listings.folders(root):
        if time.time() - _changed(old) > STALE_SECONDS:
            with suppress(OSError, ValueError):
                discard(Addition(old))
    addition = Addition(root / secrets.token_hex(8))
    addition.path.mkdir()
    if owner:
        write_owner(addition.owner, owner)
    return addition


def _started(addition: Addition, source: Source) -> Addition:
    _write(addition.source, source)
    _start(addition)
    return addition


def _start(addition: Addition) -> None:
    addition.stop.unlink(missing_ok=True)
    status = Status(start=secrets.token_hex(8))
    write_status(addition, status)
    process = start_detached("ganlab.jobs.adder", addition.path, log=addition.path / "log.txt")

    def watch() -> None:
        process.wait()
        with suppress(OSError):  # it may have been discarded
            if listings.is_folder(addition.path) and _read_status(addition) == status:
                write_status(
                    addition,
                    Status(
                        state="failed", error="no process could be started; the server's disk or memory may be full"
                    ),
                )

    threading.Thread(target=watch, daemon=True).start()


def _read_status(addition: Addition) -> Status:
    try:
        return Status.model_validate(read_json(addition.status))
    except (OSError, ValueError) as error:
        return Status(state="failed", error=in_words(error))


def _write(path: Path, values: BaseModel) -> None:
    with replacing(path) as part:
        part.write_text(json.dumps(values.model_dump(mode="json")), encoding="utf-8")


def _file_names(names: Sequence[str]) -> list[str]:
    """A name for each file, without folders, that no other has."""
    taken: set[str] = set()
    found = []
    for name in names:
        last = name.replace("\\", "/").rpartition("/")[2]
        plain = "".join(letter for letter in last if letter.isprintable()).strip(". ") or "picture"
        stem, dot, suffix = plain.rpartition(".")
        stem = stem if dot else plain
        suffix = f"{dot}{suffix}" if dot else ""
        short = _cut(stem, 200 - len(suffix.encode()[:40]))
        one, number = f"{short}{suffix[:40]}", 1
        while one.lower() in taken:
            number += 1
            one = f"{short}-{number}{suffix[:40]}"
        taken.add(one.lower())
        found.append(one)
    return found


def _cut(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
