"""What a collection will become under some settings: the report before packing, and the plan of the pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganlab.counting import counted
from ganlab.data.adding.conditions import (
    Count,
    LabelCounts,
    conditions,
    in_use,
    known,
    label_counts,
    obstacles,
    says,
)
from ganlab.data.adding.findings import Unusable
from ganlab.data.adding.settings import Settings, Size
from ganlab.data.adding.shaping import cut_share, shaped
from ganlab.data.adding.splitting import split
from ganlab.data.adding.surveying import FORMAT_NAMES, Example, Survey
from ganlab.data.sources.collection import ARCHIVE, TEST, TRAIN, Labels, PassedOver
from ganlab.data.spec import DataSpec
from ganlab.foreign import shortened
from ganlab.system_errors import printable

MANY = 1 / 3  # of the files: so many that cannot be used are no accident, and nothing is packed
LEAST_PICTURES = 2
USUAL_BATCH = 64  # images, in most recipes
AUTOMATIC_SIZES: tuple[Size, ...] = (28, 32, 64)  # larger images are for those who ask for them
NAMED = 3  # of many, which a sentence names
LISTED = 8  # names of files in a row


class Sides(NamedTuple):
    """Width and height of a picture, pixels."""

    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What people should know before they pack."""

    files: int  # that look like pictures
    usable: int
    train: int
    test: int
    held_out: bool  # whether the test pictures were taken from the training ones
    channels: int
    formats: tuple[Count, ...]  # of the usable ones, most first
    smallest: Sides  # by area
    median: Sides
    largest: Sides
    labels: tuple[LabelCounts, ...]
    origin: str  # where the labels were read
    unusable: tuple[Unusable, ...]
    unlabelled: int
    copies: int  # pictures of which there is another one before them
    cut: float  # mean share of a picture that the crop cuts away, or of an image that is white beside it
    passed_over: tuple[PassedOver, ...]
    notes: tuple[str, ...]  # a sentence each, without a full stop
    obstacles: tuple[str, ...]  # why it cannot be packed like this, and what to do, a sentence each


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Where every picture goes."""

    survey: Survey
    settings: Settings
    labels: Labels
    spec: DataSpec
    order: NDArray[np.int64]  # places in the collection by place in the pack
    train: int
    held_out: bool
    report: Report


def proposed_size(sides: Sequence[int] | NDArray) -> Size:
    """The largest usual size that half of the pictures have, by their shorter sides; 28 at least."""
    middle = float(np.median(sides)) if len(sides) else max(AUTOMATIC_SIZES)
    return max((size for size in AUTOMATIC_SIZES if size <= middle), default=28)


def preview(shown: tuple[Example, ...], settings: Settings, channels: int) -> NDArray[np.uint8]:
    """The examples as the nets will see them, uint8 [n, channels, size, size]."""
    images = [shaped(Image.fromarray(one.pixels), settings.size, settings.crop, channels) for one in shown]
    shape = (0, channels, settings.size, settings.size)
    return np.stack(images) if images else np.zeros(shape, np.uint8)


def report(found: Survey, labels: Labels, settings: Settings) -> Report:
    """What becomes of the collection under these settings; nothing is read again."""
    return _work_out(found, labels, settings, "pictures")[0]


def plan(found: Survey, labels: Labels, settings: Settings, name: str) -> Plan:
    """The pack that is to be made. ValueError says what stands in the way, and the way out."""
    told, labels, sides, usable = _work_out(found, labels, settings, name)
    if told.obstacles:
        raise ValueError("; ".join(told.obstacles))
    places = np.flatnonzero(usable)
    order = np.concatenate([places[sides == TRAIN], places[sides == TEST]])
    return Plan(
        survey=found,
        settings=settings,
        labels=labels,
        spec=DataSpec(name=name, channels=told.channels, size=settings.size, conditions=conditions(labels, usable)),
        order=order,
        train=told.train,
        held_out=told.held_out,
        report=told,
    )


def _work_out(
    found: Survey, labels: Labels, settings: Settings, name: str
) -> tuple[Report, Labels, NDArray[np.int8], NDArray[np.bool_]]:
    """The report; the labels that are used; the split of the usable pictures; and which those are."""
    total = len(found.findings)
    readable = found.findings["usable"]
    labelled = known(labels, total)
    usable = readable & labelled
    labels = in_use(labels, usable)
    records = found.findings[usable]
    said = None if labels.sides is None else labels.sides[usable]
    sides, held_out = split(records["digest"], said, settings.test_share)
    train = int((sides == TRAIN).sum())
    grey = settings.colour == "grey" or (settings.colour == "auto" and not records["colour"].any())
    distinct = len(np.unique(records["digest"]))
    unlabelled = np.flatnonzero(readable & ~labelled)
    smallest, median, largest = _sizes(records)
    told = Report(
        files=total,
        usable=len(records),
        train=train,
        test=len(records) - train,
        held_out=held_out,
        channels=1 if grey else 3,
        formats=_formats(records),
        smallest=smallest,
        median=median,
        largest=largest,
        labels=label_counts(labels, usable),
        origin=labels.origin,
        unusable=found.unusable,
        unlabelled=len(unlabelled),
        copies=len(records) - distinct,
        cut=cut_share(records["width"], records["height"], settings.crop),
        passed_over=found.collection.passed_over,
        notes=(*labels.notes, *_notes(found, labels, settings, records, sides, usable, unlabelled)),
        obstacles=tuple(_obstacles(found, labels, len(records), len(unlabelled), train, unlabelled)),
    )
    return told, labels, sides, usable


def _obstacles(
    found: Survey, labels: Labels, usable: int, without: int, train: int, unlabelled: NDArray[np.int64]
) -> list[str]:
    title, total = found.collection.title, len(found.findings)
    bad = found.unusable
    if len(bad) > MANY * total:
        files = counted(total, "file")
        within = "" if title == files else f" in {title}"  # files that were dropped have no other name
        return [f"{len(bad):,} of the {files}{within} cannot be used, too many to leave out: {_by_reason(found)}"]
    if without > MANY * total:
        first = _named(found, unlabelled)
        return [
            f"{without:,} of {counted(total, 'picture')} in {title} have no labels, such as {first}: it "
            f"{labels.missing}{_lacking(labels, int(unlabelled[0]))}"
        ]
    if usable < LEAST_PICTURES:
        has = counted(usable, "picture")
        archives = [over.first for over in found.collection.passed_over if over.what == ARCHIVE]
        unpack = f", or unpack {shortened(archives[0], 80)} and add what it holds" if archives else ""
        return [f"of {title}, {has} can be used, and at least {LEAST_PICTURES} are needed: add others{unpack}"]
    if not train:
        return [f"none of {counted(usable, 'picture')} in {title} is for training: look at {labels.origin or title}"]
    return obstacles(labels)


def _lacking(labels: Labels, place: int) -> str:
    """Which columns say nothing of a picture, in brackets, where others do."""
    empty = [column.name for column in labels.columns if not says(column)[place]]
    if len(empty) == len(labels.columns):
        return ""
    return f" (its {', '.join(shortened(repr(name), 40) for name in empty[:NAMED])} is empty)"


def _notes(
    found: Survey,
    labels: Labels,
    settings: Settings,
    records: NDArray,
    sides: NDArray[np.int8],
    usable: NDArray[np.bool_],
    unlabelled: NDArray[np.int64],
) -> list[str]:
    notes = []
    count, train = len(records), int((sides == TRAIN).sum())
    if len(unlabelled) and labels.missing:
        without = counted(len(unlabelled), "picture is", "pictures are")
        lacks = f"{labels.missing}{_lacking(labels, int(unlabelled[0]))}"
        notes.append(f"{without} left out, such as {_named(found, unlabelled)}: it {lacks}")
    if count > 1 and len(np.unique(records["digest"])) == 1:
        notes.append(
            f"all {counted(count, 'picture')} are the same as {_named(found, np.flatnonzero(usable))}: a model can "
            "only learn to repeat it; add others"
        )
    if shared := np.isin(records["digest"][sides == TEST], records["digest"][sides == TRAIN]).nonzero()[0].tolist():
        which = _named(found, np.flatnonzero(usable)[sides == TEST][shared[:1]])
        those = counted(len(shared), "test picture is", "test pictures are")
        notes.append(
            f"{those} for training, too, such as {which}: what is measured looks better than it is; keep copies of a "
            "picture on one side"
        )
    if clear := int(records["was_clear"].sum()):
        notes.append(f"{counted(clear, 'picture is', 'pictures are')} transparent in places, which become white")
    if small := int((np.minimum(records["width"], records["height"]) < settings.size).sum()):
        few = counted(small, "picture is", "pictures are")
        notes.append(f"{few} smaller than {settings.size} pixels and enlarged")
    if 0 < train < USUAL_BATCH:
        batch = max(2, train // 2)
        few = counted(train, "training picture is", "training pictures are")
        notes.append(f"{few} fewer than a usual batch: train with a batch_size of {batch}")
    if count and train == count:
        notes.append("none is held out for testing: what needs test pictures is not measured")
    notes += _rare(labels, sides, usable)
    return notes


def _rare(labels: Labels, sides: NDArray[np.int8], usable: NDArray[np.bool_]) -> list[str]:
    """Labels of categories that are hardly there to be learnt."""
    notes = []
    places = np.flatnonzero(usable)[sides == TRAIN]
    training = np.zeros(len(usable), bool)
    training[places] = True
    for column in label_counts(labels, training)[: len(labels.columns)]:
        none = [count.name for count in column.counts if count.number == 0]
        one = [count.name for count in column.counts if count.number == 1]
        for few, words in ((none, "no training picture"), (one, "one training picture")):
            if few:
                named = ", ".join(repr(name) for name in few[:NAMED]) + (", ..." if len(few) > NAMED else "")
                labels_have = counted(len(few), f"label of {column.name!r} has", f"labels of {column.name!r} have")
                notes.append(f"{labels_have} {words} ({named}): add pictures of {'it' if len(few) == 1 else 'them'}")
    return notes


def _sizes(records: NDArray) -> tuple[Sides, Sides, Sides]:
    if not len(records):
        nothing = Sides(0, 0)
        return nothing, nothing, nothing
    areas = records["width"].astype(np.int64) * records["height"]
    order = np.argsort(areas, kind="stable")
    first, middle, last = (Sides(int(r["width"]), int(r["height"])) for r in records[order[[0, len(order) // 2, -1]]])
    return first, middle, last


def _formats(records: NDArray) -> tuple[Count, ...]:
    numbers = np.bincount(records["format"], minlength=len(FORMAT_NAMES))
    counts = [Count(name, int(n)) for name, n in zip(FORMAT_NAMES, numbers, strict=True) if n]
    return tuple(sorted(counts, key=lambda count: -count.number))


def _by_reason(found: Survey) -> str:
    """The files that cannot be used: those of one reason by their names, and the reason once."""
    names: dict[str, list[str]] = {}
    for one in found.unusable:
        name = shortened(printable(found.collection.names[one.place]), 300)
        names.setdefault(one.why.removeprefix(name), []).append(name)
    told = []
    for reason, those in list(names.items())[:NAMED]:
        if not reason.startswith(" "):  # it does not begin with the name
            told.append(reason)
            continue
        more = f" and {len(those) - LISTED:,} more" if len(those) > LISTED else ""
        told.append(f"{', '.join(shortened(name, 80) for name in those[:LISTED])}{more}{reason}")
    return "; ".join(told)


def _named(found: Survey, places: NDArray[np.int64]) -> str:
    """The name of the first of them."""
    return shortened(printable(found.collection.names[int(places[0])]), 200)
