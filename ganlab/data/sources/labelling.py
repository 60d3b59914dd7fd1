"""Which labels the pictures of a collection get: those asked for, or those that are found."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ganlab.choices import instead
from ganlab.counting import counted
from ganlab.data.sources.collection import NEITHER, UNKNOWN, Collection, Labels, Marks, Words
from ganlab.data.sources.folder_labels import from_folders
from ganlab.data.sources.folders import read_bounded
from ganlab.data.sources.list_files import LISTS, MOST_LIST_BYTES, SUFFIXES, read_table
from ganlab.data.sources.names import Names, last, stem, whole
from ganlab.data.sources.tables import Table, joined, meaning
from ganlab.foreign import shortened

SPELLINGS = (whole, last, stem)
"""How a list may name a picture: by its path, by its name, or without suffix."""


def labels_of(collection: Collection, wanted: str = "auto") -> Labels:
    """Labels for each picture in its place.

    `wanted` is `none`, the name of a list among the pictures, or `auto`: the source's own, else a list that is called
    as lists usually are, else folders. The split is the list's, else the source's, else that of folders. ValueError
    names the list and the remedy where it cannot be read or names none of the pictures.
    """
    if wanted == "auto" and collection.labels.columns:
        return collection.labels
    by_folder = from_folders(collection.names)
    sides = _sides(collection, by_folder)
    if wanted == "none":
        return Labels(sides=sides)
    if wanted == "auto":
        found = _among(collection, by_folder)
        return _split(replace(found, notes=(*collection.labels.notes, *found.notes)), sides)
    if wanted not in collection.lists:
        there = instead(wanted, ["auto", "none", *collection.lists])
        raise ValueError(f"there is no list {shortened(wanted, 200)} among the pictures{there}")
    return _split(aligned(_table(collection, wanted), collection.names, wanted), sides)


def labels_from(collection: Collection, wanted: str) -> Labels:
    """As `labels_of`, for whoever may read the files of this machine: `wanted` may be the path of a list, too."""
    if wanted in ("auto", "none", *collection.lists):
        return labels_of(collection, wanted)
    path = Path(wanted)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"labels are auto, none or a list ({', '.join(SUFFIXES)}); {wanted} is none of them")
    table = read_table(read_bounded(path, MOST_LIST_BYTES), wanted)
    return _split(aligned(table, collection.names, wanted), _sides(collection, from_folders(collection.names)))


def _sides(collection: Collection, by_folder: Labels) -> NDArray[np.int8] | None:
    """The split that the source says, else that of folders."""
    return collection.labels.sides if collection.labels.sides is not None else by_folder.sides


def _among(collection: Collection, by_folder: Labels) -> Labels:
    """The labels of a list that lies among the pictures, else those of folders."""
    names = _lists_among(collection)
    if not names:
        return by_folder
    told = ", ".join(names[:2]) + (", ..." if len(names) > 2 else "")
    try:
        labels = aligned(joined([_table(collection, name) for name in names]), collection.names, told)
    except ValueError as error:
        note = f"{told} among the pictures is no list of them ({shortened(str(error), 300)})"
        return replace(by_folder, notes=(*by_folder.notes, note))
    if labels.columns or labels.sides is not None:
        return labels
    return replace(by_folder, notes=(*by_folder.notes, *labels.notes))


def _split(labels: Labels, sides: NDArray[np.int8] | None) -> Labels:
    """With the split of others, where the labels say none."""
    return labels if labels.sides is not None else replace(labels, sides=sides)


def _lists_among(collection: Collection) -> list[str]:
    """Names of the likeliest list that lies highest, and of its likes in folders beside its own."""
    ranks = {
        path: (len(path.parts), LISTS.index(path.name.lower()))
        for path in map(PurePosixPath, collection.lists)
        if path.name.lower() in LISTS
    }
    return [
        str(path)
        for path in sorted(ranks, key=lambda path: (ranks[path], str(path)))
        if ranks[path] == min(ranks.values())
    ]


def _table(collection: Collection, name: str) -> Table:
    """The list with the paths of its pictures as the collection has them."""
    table = read_table(collection.lists[name](), name)
    folder = str(PurePosixPath(name).parent)
    if folder == ".":
        return table
    return table._replace(names=Names.of(f"{folder}/{file}" for file in table.names))


def aligned(table: Table, names: Names, origin: str) -> Labels:
    """What the table says, in the order of the pictures."""
    rows = _row_of(table.names, names)
    if (rows == UNKNOWN).all():
        raise ValueError(
            f"{origin} names none of {counted(len(names), 'picture')} (its first is {shortened(table.names[0], 80)!r}, "
            f"theirs {shortened(names[0], 80)!r}); write the names as they are"
        )
    found = meaning(table, origin)
    notes = list(found.notes)
    used = np.zeros(len(table.names), bool)
    used[rows[rows != UNKNOWN]] = True
    if not used.all():
        first = table.names[int((~used).argmax())]
        lost = counted(int((~used).sum()), "file that is", "files that are")
        notes.append(f"{origin} names {lost} not there or named twice (the first: {shortened(first, 80)})")
    return Labels(
        columns=tuple(_moved(column, rows) for column in found.columns),
        sides=None if found.sides is None else np.append(found.sides, np.int8(NEITHER))[rows],
        origin=origin,
        notes=tuple(notes),
        missing=f"has no labels in {origin}: add or fill in its line, or choose --labels none",
    )


def _moved(column: Words | Marks, rows: NDArray[np.int64]) -> Words | Marks:
    """The column in the order of `rows`, whose last place is for what is unknown."""
    if isinstance(column, Words):
        return column._replace(codes=np.append(column.codes, np.int32(UNKNOWN))[rows])
    unknown = np.full((1, len(column.labels)), UNKNOWN, np.int8)
    return column._replace(values=np.concatenate([column.values, unknown])[rows])


def _of_several(listed: Names, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The keys that files of different paths share: `a/1.png` and `b/1.png` have one last name."""
    pairs = np.unique(np.stack([keys, listed.keys(whole)], 1), axis=0)
    shared, counts = np.unique(pairs[:, 0], return_counts=True)
    return shared[counts > 1]


def _row_of(listed: Names, names: Names) -> NDArray[np.int64]:
    """The row of each picture, int64 [N]; UNKNOWN where the table does not name it, or names two alike.

    Of two rows of one path the last counts.
    """
    best = np.full(len(names), UNKNOWN, np.int64)
    for spelling in SPELLINGS:
        wanted = names.keys(spelling)
        if spelling is not whole and len(np.unique(wanted)) < len(wanted):
            continue  # two pictures would share a row
        keys = listed.keys(spelling)
        order = np.argsort(keys, kind="stable")
        places = np.searchsorted(keys[order], wanted, side="right") - 1
        there = (places >= 0) & (keys[order][places.clip(0)] == wanted)
        if spelling is not whole:
            there &= ~np.isin(wanted, _of_several(listed, keys))
        rows = np.where(there, order[places.clip(0)], UNKNOWN)
        if (rows != UNKNOWN).sum() > (best != UNKNOWN).sum():
            best = rows
    return best
