"""From a plan to a pack on disk: many pictures at once, with flat memory, and on from where it was stopped."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganlab import listings, locks
from ganlab.counting import counted
from ganlab.data import catalogue
from ganlab.data.adding.conditions import rows
from ganlab.data.adding.findings import Shape, image_file
from ganlab.data.adding.in_order import GOES_ON, Stop, Stopped, in_order, never
from ganlab.data.adding.planning import Plan
from ganlab.data.adding.shaping import DECODED_SIDES, grey, shaped
from ganlab.data.adding.surveying import picture_of
from ganlab.data.dataset import Progress, silent
from ganlab.data.packs import PackHeader, pack_path, packs_folder
from ganlab.data.sources.collection import Gone, Read
from ganlab.data.writing import PackWriter
from ganlab.foreign import NAME, read_json, shortened
from ganlab.system_errors import in_words
from ganlab.whole_files import age_seconds, clock, replacing

LICENCE = "the user's own pictures; their terms are not known"
SAVED_EVERY_SECONDS = 2.0
REPORTED_EVERY = 100  # pictures
WORK_SUFFIXES = (".part", ".findings", ".reasons", ".images", ".json")
STALE_SECONDS = 7 * 24 * 3600.0  # what was begun so long ago is not gone on with


def check_new(name: str) -> None:
    """ValueError unless a dataset may be added under this name."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{shortened(name, 80)!r} is no name; use up to 63 small letters, digits, dots and hyphens, no dot or "
            "hyphen first"
        )
    if name in catalogue.BUILT_IN:
        raise ValueError(f"{name} comes with ganlab; choose another name than {', '.join(catalogue.BUILT_IN)}")
    if listings.folded(pack_path(name).name) in listings.taken_names(pack_path(name).parent):
        raise ValueError(
            f"there is a dataset {name} already; choose another name, or remove it: python -m ganlab data remove {name}"
        )


def work_folder() -> Path:
    """Where surveys and packs that are being made lie: on the disk of the packs."""
    return packs_folder() / ".adding"


def add(plan: Plan, progress: Progress = silent, stop: Stop = never, *, title: str = "", licence: str = "") -> Path:
    """Make the pack, and return its place.

    The same plan goes on where it was stopped or killed. ValueError, with the remedy: for a name that is taken or that
    another process packs, and for a source that has changed; DiskFullError; Stopped.
    """
    name = plan.spec.name
    check_new(name)
    folder = work_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(in_words(error, folder)) from error
    _remove_stale(folder)
    with _only_one(folder / f"{name}.lock", name):
        check_new(name)
        return _add(plan, folder, progress, stop, title, licence)


def remove_work(name: str) -> None:
    """Remove what is left of a packing that was stopped; ValueError while it goes on."""
    if not listings.is_folder(work_folder()):  # the pack was brought here
        return
    with _only_one(work_folder() / f"{name}.lock", name):
        _clear(work_folder(), name)


def _add(plan: Plan, folder: Path, progress: Progress, stop: Stop, title: str, licence: str) -> Path:
    name, place = plan.spec.name, pack_path(plan.spec.name)
    collection = plan.survey.collection
    header = PackHeader(
        spec=plan.spec,
        train=plan.train,
        licence=licence.strip() or collection.licence or LICENCE,
        held_out=plan.held_out,
        title=title.strip() or name,
        source=collection.title,
        made=plan.settings.model_dump() | {"labels": plan.labels.origin},
    )
    state, key = folder / f"{name}.json", _key(plan, header)
    done = _done(state, key)
    if not done:
        _clear(folder, name)
    writer = PackWriter(folder / f"{name}.part", header, len(plan.order), place)
    with writer.writing():
        saved = time.monotonic()
        try:
            for done, count in _packed(plan, writer, done, stop):  # noqa: B020
                if count % REPORTED_EVERY == 0:
                    progress(count / len(plan.order), f"packing: {count:,} of {len(plan.order):,}")
                if time.monotonic() - saved > SAVED_EVERY_SECONDS:
                    _save(writer, state, key, done)
                    saved = time.monotonic()
        except BaseException:
            with suppress(OSError):  # on a full disk what was saved before has to do
                _save(writer, state, key, done)
            raise
        writer.seal()
    writer.move()
    _clear(folder, name)
    image_file(folder, collection.identity, Shape(plan.settings.size, plan.settings.crop)).unlink(missing_ok=True)
    progress(1.0, f"packed {counted(len(plan.order), 'picture')}")
    return place


def _packed(plan: Plan, writer: PackWriter, start: int, stop: Stop) -> Iterator[tuple[int, int]]:
    """Puts one picture after the other; yields up to where the collection is done, and how many pictures are."""
    target = np.full(len(plan.survey.collection.names), -1, np.int64)
    target[plan.order] = np.arange(len(plan.order))
    count = int((target[:start] >= 0).sum())
    for place, image in _images(plan, target >= 0, start, stop):
        writer.put(int(target[place]), image, rows(plan.labels.columns, np.array([place]))[0])
        count += 1
        yield place + 1, count
    if count != len(plan.order):
        raise Gone(f"{plan.survey.collection.title} has changed since it was looked at; start again")


def _images(plan: Plan, wanted: NDArray[np.bool_], start: int, stop: Stop) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Each wanted picture's place and its image: from the survey where it has made them, else from the source."""
    collection, settings, channels = plan.survey.collection, plan.settings, plan.spec.channels
    shape = Shape(settings.size, settings.crop)
    made = image_file(work_folder(), collection.identity, shape)
    if listings.is_file(made) and made.stat().st_size >= len(wanted) * shape.image_bytes:
        with made.open("rb") as file:  # not mapped: all that was read would count as memory in use
            file.seek(start * shape.image_bytes)
            for place in range(start, len(wanted)):
                if stop():
                    raise Stopped(GOES_ON)
                image = np.frombuffer(file.read(shape.image_bytes), np.uint8).reshape(3, shape.size, shape.size)
                if wanted[place]:
                    yield place, grey(image) if channels == 1 else image
        return
    at_least = DECODED_SIDES * settings.size

    def work(thing: tuple[int, Read]) -> tuple[int, NDArray[np.uint8]]:
        place, read = thing
        try:
            picture = picture_of(read(), collection.names[place], at_least)
        except ValueError as error:
            raise Gone(f"{error}; it could be read a moment ago: start again") from error
        return place, shaped(picture.image, settings.size, settings.crop, channels)

    stream = zip(range(start, len(wanted)), collection.stream(start), strict=False)
    yield from in_order((thing for thing in stream if wanted[thing[0]]), work, stop)


def _key(plan: Plan, header: PackHeader) -> str:
    """A digest of everything that the pack depends on."""
    digest = hashlib.sha256(plan.survey.collection.identity.encode())
    digest.update(repr(header).encode())
    digest.update(plan.order.tobytes())
    return digest.hexdigest()


def _done(state: Path, key: str) -> int:
    """How much of the collection is packed already; 0 when that was another one, or other settings."""
    try:
        values = read_json(state)
    except (OSError, ValueError):
        return 0
    fits = isinstance(values, dict) and values.get("key") == key and type(values.get("done")) is int
    return int(values["done"]) if fits else 0


def _save(writer: PackWriter, state: Path, key: str, done: int) -> None:
    writer.flush()
    with replacing(state) as part:
        part.write_text(json.dumps({"key": key, "done": done}), encoding="utf-8")


@contextmanager
def _only_one(lock: Path, name: str) -> Iterator[None]:
    try:
        with locks.hold(lock):
            yield
    except locks.Held:
        raise ValueError(
            f"another process is packing {name}; wait until it is done, stop it, or choose another name"
        ) from None


def _clear(folder: Path, name: str) -> None:
    for suffix in (".part", ".json"):
        (folder / f"{name}{suffix}").unlink(missing_ok=True)


def _remove_stale(folder: Path) -> None:
    """What nobody has gone on with for a week."""
    with suppress(OSError):
        now = clock(folder)
        for path in folder.iterdir():
            if (
                path.suffix in WORK_SUFFIXES
                and age_seconds(path, now) > STALE_SECONDS
                and not locks.is_held(folder / f"{path.stem}.lock")  # by a packing, whatever the clock says
            ):
                path.unlink(missing_ok=True)
