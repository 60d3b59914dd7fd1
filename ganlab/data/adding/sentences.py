"""What people are told of a collection before it is packed: what stands in the way, and what they should know."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganlab.counting import counted
from ganlab.data.adding import conditions
from ganlab.data.adding.conditions import label_counts, says
from ganlab.data.adding.settings import Settings
from ganlab.data.adding.surveying import Survey
from ganlab.data.sources.collection import ARCHIVE, TEST, TRAIN, Labels, Marks
from ganlab.foreign import shortened
from ganlab.system_errors import printable

MANY = 1 / 3  # of the files: so many that cannot be used are no accident, and nothing is packed
LEAST_PICTURES = 2
USUAL_BATCH = 64  # images, in most recipes
NAMED = 3  # of many, which a sentence names
LISTED = 8  # names of files in a row


def obstacles(
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
    return conditions.obstacles(labels)


def notes(
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
    for column, numbers in zip(labels.columns, label_counts(labels, training), strict=True):
        none = [count.name for count in numbers.counts if count.number == 0]
        one = [count.name for count in numbers.counts if count.number == 1]
        for few, words in ((none, "no training picture"), (one, "one training picture")):
            if few:
                labels_have = counted(len(few), f"label of {column.name!r} has", f"labels of {column.name!r} have")
                notes.append(f"{labels_have} {words} ({_some(few)}): add pictures of {_it(few)}")
        if isinstance(column, Marks) and len(places):
            always = [count.name for count in numbers.counts if count.number == len(places)]
            if always:
                those = counted(len(always), f"label of {column.name!r} says", f"labels of {column.name!r} say")
                notes.append(
                    f"{those} nothing, as every training picture has {_it(always)} ({_some(always)}): add pictures "
                    f"without, or leave {_it(always)} out of the list"
                )
    return notes


def _some(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:NAMED]) + (", ..." if len(names) > NAMED else "")


def _it(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _lacking(labels: Labels, place: int) -> str:
    """Which columns say nothing of a picture, in brackets, where others do."""
    empty = [column.name for column in labels.columns if not says(column)[place]]
    if len(empty) == len(labels.columns):
        return ""
    return f" (its {', '.join(shortened(repr(name), 40) for name in empty[:NAMED])} is empty)"


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
