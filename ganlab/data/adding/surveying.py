"""A look at every file of a collection before anything is packed: what it is, and whether it can be used."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganlab import locks
from ganlab.data.adding.findings import FINDING, FindingsFile, Unusable
from ganlab.data.adding.in_order import Stop, in_order, never
from ganlab.data.adding.settings import SIZES
from ganlab.data.adding.shaping import DECODED_SIDES
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


def survey(collection: Collection, keep_in: Path | None, progress: Progress = silent, stop: Stop = never) -> Survey:
    """Look at every file. In the folder `keep_in` the look is kept, so that it goes on there and is not made twice.

    ValueError where the source goes away meanwhile; Stopped when `stop` says so.
    """
    with ExitStack() as stack:
        file = _kept_file(collection, keep_in, stack)
        findings, unusable = file.read() if file else (np.zeros(0, FINDING), [])
        findings, unusable = findings[: len(collection.names)], list(unusable)
        parts = [findings]
        done = len(findings)
        for part, bad in _looked_at(collection, done, progress, stop):
            if file:
                try:
                    file.append(part, bad, done)
                except OSError:  # the look is what counts, and not that it is kept
                    file = None
            parts.append(part)
            unusable += bad
            done += len(part)
        if done != len(collection.names):
            raise Gone(f"{collection.title} has changed since it was opened; start again")
        found = np.concatenate(parts)
    return Survey(collection=collection, findings=found, unusable=tuple(unusable))


def examples(found: Survey, most: int = EXAMPLES) -> tuple[Example, ...]:
    """Pictures spread evenly over those that can be used, read again."""
    return tuple(_examples(found.collection, found.findings, most))


def pixels_of(read: Read, name: str, at_least: int) -> Picture:
    """The picture that a source has there. ValueError names it and says what is wrong."""
    content: Content = read()
    if isinstance(content, bytes):
        return read_picture(content, name=shortened(printable(name), 300), at_least=at_least)
    image = Image.fromarray(content)
    return Picture(image, "pixels", image.width, image.height, False)


def _kept_file(collection: Collection, folder: Path | None, stack: ExitStack) -> FindingsFile | None:
    """None where it cannot be kept: the folder may not be written to, or another looks at the same pictures now."""
    if folder is None:
        return None
    with suppress(OSError, ValueError):
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(locks.hold(folder / f"{collection.identity[:32]}.lock"))
        return FindingsFile(folder / f"{collection.identity[:32]}.findings")
    return None


def _looked_at(
    collection: Collection, start: int, progress: Progress, stop: Stop
) -> Iterator[tuple[NDArray, list[Unusable]]]:
    """Findings from a place on, a chunk at a time."""
    total = len(collection.names)
    things = zip(range(start, total), collection.stream(start), strict=False)
    part: list[NDArray] = []
    bad: list[Unusable] = []
    place = start
    for finding, why in in_order(iter(things), lambda thing: _finding(thing[1], collection.names[thing[0]]), stop):
        part.append(finding)
        if why:
            bad.append(Unusable(place, why))
        place += 1
        if len(part) == CHUNK:
            progress(place / total, f"looking at pictures: {place:,} of {total:,}")
            yield np.array(part, FINDING), bad
            part, bad = [], []
    if part:
        yield np.array(part, FINDING), bad
    progress(1.0, f"looked at {place:,} files")


def _finding(read: Read, name: str) -> tuple[NDArray, str]:
    """What the file is, and why it cannot be used, if so."""
    found = np.zeros((), FINDING)
    why = ""
    try:
        picture = pixels_of(read, name, LOOKED_AT_SIDE)
    except Gone:
        raise
    except ValueError as error:
        return found, str(error)
    grey, digest = _seen(picture.image)
    found["format"] = FORMAT_NAMES.index(picture.format)
    found["colour"], found["was_clear"] = not grey, picture.was_clear
    found["width"], found["height"] = picture.width, picture.height
    found["digest"] = digest
    shorter, longer = sorted((picture.width, picture.height))
    called = f"{shortened(printable(name), 300)} has {picture.width:,} x {picture.height:,} pixels"
    if shorter < LEAST_SIDE:
        why = f"{called}, and at least {LEAST_SIDE} a side are needed: take another picture"
    elif longer > MOST_RATIO * shorter:
        why = f"{called}, more than {MOST_RATIO} times as long as wide: cut what you want to show out of it"
    found["usable"] = not why
    return found, why


def _seen(image: Image.Image) -> tuple[bool, int]:
    """Whether it is grey all over, and a digest of its pixels, which does not tell grey from equal colours."""
    pixels = np.asarray(image)
    if pixels.ndim == 3 and (pixels == pixels[..., :1]).all():
        pixels = pixels[..., 0]
    digest = hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=8)
    digest.update(repr(pixels.shape).encode())
    return pixels.ndim == 2, int.from_bytes(digest.digest(), "little")


def _examples(collection: Collection, findings: NDArray, most: int) -> Iterator[Example]:
    usable = np.flatnonzero(findings["usable"])
    chosen = set(usable[np.linspace(0, len(usable) - 1, min(most, len(usable))).astype(int)].tolist())
    last = max(chosen, default=-1)
    for place, read in zip(range(last + 1), collection.stream(0), strict=False):
        if place in chosen:
            image = pixels_of(read, collection.names[place], SHOWN_SIDE).image
            scale = SHOWN_SIDE / min(image.size)
            if scale < 1:
                image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX)
            yield Example(collection.names[place], np.asarray(image))
