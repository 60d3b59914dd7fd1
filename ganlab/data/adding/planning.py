"""What a collection will become under some settings: the report before packing, and the plan of the pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganlab.data.adding import sentences
from ganlab.data.adding.conditions import (
    Count,
    LabelCounts,
    conditions,
    in_use,
    known,
    label_counts,
)
from ganlab.data.adding.findings import Unusable
from ganlab.data.adding.settings import Settings, Size
from ganlab.data.adding.shaping import cut_share, shaped
from ganlab.data.adding.splitting import split
from ganlab.data.adding.surveying import FORMAT_NAMES, Example, Survey
from ganlab.data.sources.collection import TEST, TRAIN, Labels, PassedOver
from ganlab.data.spec import DataSpec

AUTOMATIC_SIZES: tuple[Size, ...] = (28, 32, 64)  # larger images are for those who ask for them


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
        notes=(*labels.notes, *sentences.notes(found, labels, settings, records, sides, usable, unlabelled)),
        obstacles=tuple(sentences.obstacles(found, labels, len(records), len(unlabelled), train, unlabelled)),
    )
    return told, labels, sides, usable


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
