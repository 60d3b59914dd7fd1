"""A look at every file of a collection before anything is packed: what it is, and whether it can be used."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganlab import locks
from ganlab.counting import counted
from ganlab.data.adding.digests import digest_of
from ganlab.data.adding.findings import FINDING, Shape, SurveyFiles, Unusable
from ganlab.data.adding.in_order import Stop, in_order, never
from ganlab.data.adding.settings import SIZES
from ganlab.data.adding.shaping import DECODED_SIDES, shaped
from ganlab.data.dataset import Progress, silent
from ganlab.data.pictures import FORMATS, Picture, read_picture
from ganlab.data.sources.collection import Collection, Content, Gone, Read
from ganlab.foreign import shortened
from ganlab.system_errors import printable

FORMAT_NAMES = (*FORMATS, "pixels")  # pixels: an array that was no file
LOOKED_AT_SIDE = 32  # pixels that a JPEG is decoded to at least, to see that it can be
SHOWN_SIDE = DECODED_SIDES * max(SIZES)
LEAST_SIDE = 4  # pixels
MOST_RATIO = 20  # of the sides
EXAMPLES = 24
SPARSE = 8  # of so many pixels one tells most pictures in colour
CHUNK = 256  # files between two reports


class Example(NamedTuple):
    """A picture to try settings on."""

    name: str
    pixels: NDArray[np.uint8]  # [H, W] or [H, W, 3], upright, no larger than previews need


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What was found of each file, by its place in the collection."""

    collection: Collection
    findings: NDArray  # FINDING [N]
    unusable: tuple[Unusable, ...]


def survey(
    collection: Collection,
    keep_in: Path | None,
    progress: Progress = silent,
    stop: Stop = never,
    *,
    shape: Shape | None = None,
) -> Survey:
    """Look at every file. In the folder `keep_in` the look is kept, so that it goes on there and is not made twice.

    With a `shape` the images that a pack will need are kept beside it. ValueError where the source goes away meanwhile;
    Stopped when `stop` says so.
    """
    with ExitStack() as stack:
        files = _kept_files(collection, keep_in, shape, stack)
        findings, unusable = files.read() if files else (np.zeros(0, FINDING), [])
        parts = [findings[: len(collection.names)]]
        done = len(parts[0])
        for part in _looked_at(collection, done, files.shape if files else None, progress, stop):
            if files:
                try:
                    files.append(part.findings, part.unusable, part.images, done)
                except OSError:  # the look is what counts, and not that it is kept
                    files = None
            parts.append(part.findings)
            unusable += part.unusable
            done += len(part.findings)
        if done != len(collection.names):
            raise Gone(f"{collection.title} has changed since it was opened; start again")
    return Survey(collection=collection, findings=np.concatenate(parts), unusable=tuple(unusable))


def examples(found: Survey, most: int = EXAMPLES) -> tuple[Example, ...]:
    """Pictures spread evenly over those that can be used, read again."""
    return tuple(_examples(found.collection, found.findings, most))


def first_sides(collection: Collection, most: int = 200) -> list[int]:
    """The shorter sides of the first pictures that can be read, pixels."""
    sides = []
    for place, read in zip(range(min(most, len(collection.names))), collection.stream(0), strict=False):
        with suppress(ValueError):
            picture = picture_of(read(), collection.names[place], LOOKED_AT_SIDE)
            sides.append(min(picture.width, picture.height))
    return sides


def picture_of(content: Content, name: str, at_least: int) -> Picture:
    """The picture that a content is. ValueError names it and says what is wrong."""
    if isinstance(content, bytes):
        return read_picture(content, name=shortened(printable(name), 300), at_least=at_least)
    image = Image.fromarray(content)
    return Picture(image, "pixels", image.width, image.height, False)


class _Part(NamedTuple):
    """A chunk of a survey."""

    findings: NDArray
    unusable: list[Unusable]
    images: list[NDArray]  # uint8 [3, size, size], where a shape is wanted; of unusable files they are black


class _Found(NamedTuple):
    """What a look at one file gave."""

    record: tuple[object, ...]  # of FINDING
    why: str = ""  # it cannot be used, if so
    image: NDArray | None = None


def _kept_files(
    collection: Collection, folder: Path | None, shape: Shape | None, stack: ExitStack
) -> SurveyFiles | None:
    """None where it cannot be kept: the folder may not be written to, or another looks at the same pictures now."""
    if folder is None:
        return None
    with suppress(OSError, ValueError):
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(locks.hold(folder / f"{collection.identity[:32]}.lock"))
        return SurveyFiles(folder, collection.identity, shape)
    return None


def _looked_at(
    collection: Collection, start: int, shape: Shape | None, progress: Progress, stop: Stop
) -> Iterator[_Part]:
    """Findings from a place on, a chunk at a time."""
    total = len(collection.names)
    things = (
        (collection.names[place], read)
        for place, read in zip(range(start, total), collection.stream(start), strict=False)
    )
    place, chunk = start, []
    for found in in_order(things, lambda thing: _look(*thing, shape), stop):
        chunk.append(found)
        place += 1
        if len(chunk) == CHUNK:
            progress(place / total, f"looking at pictures: {place:,} of {total:,}")
            yield _part(chunk, place - len(chunk), shape)
            chunk = []
    if chunk:
        yield _part(chunk, place - len(chunk), shape)
    progress(1.0, f"looked at {counted(place, 'file')}")


def _part(chunk: list[_Found], start: int, shape: Shape | None) -> _Part:
    bad = [Unusable(place, found.why) for place, found in enumerate(chunk, start) if found.why]
    black = np.zeros((3, shape.size, shape.size), np.uint8) if shape else None
    images = [found.image if found.image is not None else black for found in chunk] if black is not None else []
    return _Part(np.array([found.record for found in chunk], FINDING), bad, [i for i in images if i is not None])


def _look(name: str, read: Read, shape: Shape | None) -> _Found:
    """What the file is, and why it cannot be used, if so."""
    nothing = (False, 0, False, False, 0, 0, 0)
    try:
        content = read()
        picture = picture_of(content, name, max(LOOKED_AT_SIDE, DECODED_SIDES * shape.size if shape else 0))
    except Gone:
        raise
    except ValueError as error:
        return _Found(nothing, str(error))
    pixels = np.asarray(picture.image)
    if pixels.ndim == 3 and all(_is_grey(part) for part in (pixels[::SPARSE, ::SPARSE], pixels)):
        pixels = pixels[..., 0]
    why = _why_not(picture, name)
    image = None if why or not shape else shaped(picture.image, shape.size, shape.crop, 3)
    record = (
        not why,
        FORMAT_NAMES.index(picture.format),
        pixels.ndim == 3,
        picture.was_clear,
        picture.width,
        picture.height,
        digest_of(picture, content, pixels),
    )
    return _Found(record, why, None if image is None else np.ascontiguousarray(image))


def _is_grey(pixels: NDArray[np.uint8]) -> bool:
    return not (pixels != pixels[..., :1]).any()


def _why_not(picture: Picture, name: str) -> str:
    """Why a picture of these sides shows nothing as a square, and what to do."""
    shorter, longer = sorted((picture.width, picture.height))
    called = f"{shortened(printable(name), 300)} has {picture.width:,} x {picture.height:,} pixels"
    if shorter < LEAST_SIDE:
        return f"{called}, and at least {LEAST_SIDE} a side are needed: take another picture"
    if longer > MOST_RATIO * shorter:
        return f"{called}, more than {MOST_RATIO} times as long as wide: cut what you want to show out of it"
    return ""


def _examples(collection: Collection, findings: NDArray, most: int) -> Iterator[Example]:
    usable = np.flatnonzero(findings["usable"])
    chosen = set(usable[np.linspace(0, len(usable) - 1, min(most, len(usable))).astype(int)].tolist())
    last = max(chosen, default=-1)
    for place, read in zip(range(last + 1), collection.stream(0), strict=False):
        if place in chosen:
            image = picture_of(read(), collection.names[place], SHOWN_SIDE).image
            scale = SHOWN_SIDE / min(image.size)
            if scale < 1:
                image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX)
            yield Example(collection.names[place], np.asarray(image))
