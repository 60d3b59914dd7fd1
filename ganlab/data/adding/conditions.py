"""From labels as they were found to the conditions of a pack."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab.counting import counted
from ganlab.data.sources.collection import UNKNOWN, Labels, Marks, Words
from ganlab.data.spec import Condition
from ganlab.foreign import shortened
from ganlab.latents import Attributes, Category

MOST_LABELS = 1024  # of one condition
MOST_CONDITIONS = 32


class Count(NamedTuple):
    """How many there are of something."""

    name: str
    number: int


class LabelCounts(NamedTuple):
    """How many pictures have each label of a condition."""

    name: str
    counts: tuple[Count, ...]


def known(labels: Labels, count: int) -> NDArray[np.bool_]:
    """Which of `count` pictures have all the labels that they should have."""
    found = np.ones(count, bool)
    for column in labels.columns:
        found &= says(column)
    return found


def says(column: Words | Marks) -> NDArray[np.bool_]:
    """Of which pictures a column says something."""
    return (column.codes if isinstance(column, Words) else column.values[:, 0]) != UNKNOWN


def in_use(labels: Labels, usable: NDArray[np.bool_]) -> Labels:
    """Without the labels that no usable picture has, and without categories of one label; notes say so."""
    columns: list[Words | Marks] = []
    notes = list(labels.notes)
    for column in labels.columns:
        if isinstance(column, Marks):
            columns.append(column)
            continue
        counts = _counts(column, usable)
        there = np.flatnonzero(counts)
        if len(there) < len(counts):
            lost = column.labels[int(np.flatnonzero(counts == 0)[0])]
            few = counted(len(counts) - len(there), f"label of {column.name!r} has", f"labels of {column.name!r} have")
            notes.append(f"{few} no picture (such as {lost!r})")
        if len(there) < 2:
            only = column.labels[int(there[0])] if len(there) else ""
            notes.append(f"all pictures have one label of {column.name!r}, {only!r}: it says nothing and is left out")
            continue
        rank = np.full(len(counts) + 1, UNKNOWN, np.int32)
        rank[there] = np.arange(len(there))
        columns.append(Words(column.name, tuple(column.labels[place] for place in there), rank[column.codes]))
    return replace(labels, columns=tuple(columns), notes=tuple(notes))


def obstacles(labels: Labels) -> list[str]:
    """Why no model can learn these labels, and the ways out, a sentence each."""
    found = [
        f"{column.name!r} has {counted(len(column.labels), 'label')}, and a condition at most {MOST_LABELS:,}: choose "
        "--labels none, or a list with broader labels, or leave pictures out"
        for column in labels.columns
        if len(column.labels) > MOST_LABELS
    ]
    if len(labels.columns) > MOST_CONDITIONS:
        named = shortened(", ".join(column.name for column in labels.columns), 200)
        found.append(
            f"there are {len(labels.columns):,} columns of labels ({named}), and at most {MOST_CONDITIONS} are learnt: "
            "leave some out of the list"
        )
    return found


def conditions(labels: Labels, usable: NDArray[np.bool_]) -> tuple[Condition, ...]:
    """The columns as a pack's spec has them; attributes come on as often as in the usable pictures."""
    found: list[Condition] = []
    for column in labels.columns:
        if isinstance(column, Words):
            found.append(Category(name=column.name, labels=column.labels))
        else:
            rates = tuple(round(float(rate), 4) for rate in column.values[usable].mean(0))
            found.append(Attributes(name=column.name, labels=column.labels, rates=rates))
    return tuple(found)


def rows(columns: Sequence[Words | Marks], places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The conditions of the pictures at these places, side by side: uint8 [n, D]."""
    parts = [np.zeros((len(places), 0), np.uint8)]
    for column in columns:
        if isinstance(column, Words):
            parts.append((column.codes[places, None] == np.arange(len(column.labels))).astype(np.uint8))
        else:
            parts.append(column.values[places].astype(np.uint8))
    return np.concatenate(parts, 1)


def label_counts(labels: Labels, usable: NDArray[np.bool_]) -> tuple[LabelCounts, ...]:
    """How many of the usable pictures have each label."""
    return tuple(
        LabelCounts(
            column.name,
            tuple(Count(label, int(n)) for label, n in zip(column.labels, _counts(column, usable), strict=True)),
        )
        for column in labels.columns
    )


def _counts(column: Words | Marks, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    if isinstance(column, Marks):
        return (column.values[usable] == 1).sum(0)
    codes = column.codes[usable]
    return np.bincount(codes[codes != UNKNOWN], minlength=len(column.labels))
