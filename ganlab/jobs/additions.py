"""Pictures on their way to become a dataset: each addition is a folder, and a process of its own works on it.

The process looks at the pictures, and ends; it packs them when somebody has chosen how, and ends. Its progress is in
the folder, so that pages may come and go.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ganlab import listings
from ganlab.counting import counted
from ganlab.data import adding, sources
from ganlab.data.adding import Example, Settings, Stopped, Survey
from ganlab.data.folder import data_folder
from ganlab.data.sources.collection import Collection
from ganlab.data.sources.folders import Look, read_bounded
from ganlab.data.sources.kinds import kind
from ganlab.data.sources.list_files import MOST_LIST_BYTES, SUFFIXES
from ganlab.foreign import CutText, TrueIsNoNumber, read_json, shortened
from ganlab.jobs import dropped, work
from ganlab.jobs.dropped import Dropped
from ganlab.jobs.work import Work
from ganlab.owners import Person, write_owner
from ganlab.system_errors import in_words, printable
from ganlab.whole_files import age_seconds, clock

PROCESS = "ganlab.jobs.adder"
STALE_SECONDS = 7 * 24 * 3600.0  # an addition that nobody has gone on with for so long is removed


class Source(BaseModel):
    """Where the pictures of an addition are."""

    model_config = ConfigDict(frozen=True)

    path: str
    title: CutText  # as people know it


class Wish(TrueIsNoNumber):
    """How the pictures are to be packed."""

    model_config = ConfigDict(frozen=True)

    name: str
    settings: Settings
    labels: str = "auto"  # or `none`, or the name of a list among the pictures
    title: str = Field("", max_length=200)  # how pages call the dataset; its name when empty
    licence: str = Field("", max_length=1000)  # the terms of the pictures
    pack_bytes: int = Field(0, ge=0)  # the room that the dataset is said to take


@dataclass(frozen=True, slots=True)
class Addition(Work):
    """The folder of an addition."""

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


@dataclass(frozen=True, slots=True)
class Looked:
    """What a page needs to show what will become of the pictures."""

    survey: Survey
    examples: tuple[Example, ...]


def additions_folder() -> Path:
    """Where additions lie."""
    return data_folder() / "additions"


def begin(files: Sequence[Dropped], *, owner: Person | None = None) -> Addition:
    """Keep the files and have a process look at them. ValueError where there are none, or too many."""
    dropped.check_number(files)

    def fill(addition: Addition) -> Source:
        dropped.save(files, addition.dropped)
        one = _only_source(sorted(addition.dropped.iterdir()))
        title = printable(one.name) if one else counted(len(files), "file")
        return Source(path=str(one or addition.dropped), title=title)

    return _begun(fill, owner)


def begin_folder(folder: str, *, owner: Person | None = None) -> Addition:
    """Have a process look at a folder, or at an archive, of this machine. ValueError where it is not there."""
    path = Path(os.path.expanduser(folder.strip()))
    if not folder.strip() or "\0" in folder or not path.is_absolute() or not listings.is_there(path):
        raise ValueError(
            f"{shortened(folder, 200)!r} is not there; write the whole path of a folder on the machine that serves "
            "this page"
        )
    return _begun(lambda addition: Source(path=str(path), title=printable(str(path))), owner)


def pack(addition: Addition, wish: Wish) -> None:
    """Have a process make the dataset. ValueError for a name that cannot be, and while another process works on it."""
    if work.read_status(addition).active:
        raise ValueError("these pictures are being worked on; wait until that is done")
    adding.check_new(wish.name)
    work.write_values(addition.wish, wish)
    work.start(addition, PROCESS)


def look_again(addition: Addition) -> None:
    """Begin anew with the same source."""
    addition.wish.unlink(missing_ok=True)
    work.start(addition, PROCESS)


def find(name: str) -> Addition | None:
    """The addition of that name; any text may be asked for."""
    known = {addition.name: addition for addition in additions()}
    return known.get(name)


def additions() -> list[Addition]:
    """All of them, the newest last."""
    found = [Addition(path) for path in listings.folders(additions_folder())]
    return sorted((one for one in found if listings.is_file(one.source)), key=lambda one: _changed(one.source))


def read_source(addition: Addition) -> Source:
    """ValueError, with the remedy, where it cannot be read."""
    try:
        return Source.model_validate(read_json(addition.source))
    except (OSError, ValueError) as error:
        told = shortened(in_words(error, addition.source), 300)
        raise ValueError(
            f"where these pictures come from cannot be read ({told}); choose other pictures, or drop them again"
        ) from error


def title_of(addition: Addition) -> str:
    """What people call the pictures, also where their source cannot be read any more."""
    try:
        return read_source(addition).title
    except ValueError:
        return "Pictures"


def bytes_to_come(addition: Addition) -> int:
    """The room that is promised to a dataset while it is being made."""
    try:
        wish = read_wish(addition) if work.read_status(addition).active else None
    except (OSError, ValueError):
        return 0
    return wish.pack_bytes if wish else 0


def read_wish(addition: Addition) -> Wish | None:
    """How it is to be packed; None where nobody has said so yet, or what was said cannot be read any more."""
    if not listings.is_file(addition.wish):
        return None
    try:
        return Wish.model_validate(read_json(addition.wish))
    except (OSError, ValueError):
        return None


def open_pictures(addition: Addition, look: Look = lambda found: None) -> Collection:
    """The pictures, called as people know them. ValueError as `sources.open_source`."""
    source = read_source(addition)
    collection = sources.open_source(source.path, look)
    return replace(collection, title=source.title, lists={**collection.lists, **_lists_beside(addition, source)})


def looked(addition: Addition) -> Looked:
    """What the process has found. ValueError where the pictures have changed since."""
    try:
        collection = open_pictures(addition)
        survey = adding.survey(collection, addition.looks, stop=lambda: True)  # nothing is left to be looked at
    except Stopped:
        raise ValueError("the pictures have changed since they were looked at; look again") from None
    return Looked(survey, adding.examples(survey))


def _only_source(dropped: Sequence[Path]) -> Path | None:
    """The file that holds all pictures, where it is alone or has only lists of labels beside it."""
    others = [path for path in dropped if path.suffix.lower() not in SUFFIXES]
    if len(dropped) == 1:
        return dropped[0]
    return others[0] if len(others) == 1 and kind(others[0].name) == "archive" else None


def _lists_beside(addition: Addition, source: Source) -> dict[str, Callable[[], bytes]]:
    """Lists of labels that were dropped beside an archive."""
    if Path(source.path).parent != addition.dropped:
        return {}
    paths = [path for path in listings.files(addition.dropped) if path.suffix.lower() in SUFFIXES]
    return {path.name: partial(read_bounded, path, MOST_LIST_BYTES) for path in paths if str(path) != source.path}


def _begun(fill: Callable[[Addition], Source], owner: Person | None) -> Addition:
    """A new addition, whose pictures `fill` puts into its folder or says where they are. An error leaves nothing."""
    root = additions_folder()
    root.mkdir(parents=True, exist_ok=True)
    _forget_stale(root)
    addition = Addition(root / secrets.token_hex(8))
    addition.path.mkdir()
    try:
        if owner:
            write_owner(addition.owner, owner)
        work.write_values(addition.source, fill(addition))
        work.start(addition, PROCESS)
    except OSError:
        shutil.rmtree(addition.path, ignore_errors=True)  # the disk is full, for instance
        raise
    return addition


def _forget_stale(root: Path) -> None:
    """Remove what nobody has gone on with."""
    now = clock(root)
    for old in listings.folders(root):
        with suppress(OSError, ValueError):  # a process works on it, or it has gone meanwhile
            if age_seconds(old, now) > STALE_SECONDS:
                work.remove(Addition(old))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
