"""A list of picture files with columns, as a source of its own."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganlab.counting import Noun
from ganlab.data.pictures import MOST_BYTES
from ganlab.data.sources.archives import leads_out, tidied
from ganlab.data.sources.collection import Collection, Labels, Marks, Read, Tally, Versions, Words, identity_of
from ganlab.data.sources.folders import open_folder, read_bounded
from ganlab.data.sources.labelling import aligned
from ganlab.data.sources.list_files import MOST_LIST_BYTES, read_table
from ganlab.data.sources.names import Names, whole
from ganlab.data.sources.tables import meaning

OUTSIDE = Noun(
    "file that lies outside of the list's folder: copy it into that",
    "files that lie outside of the list's folder: copy them into it",
)
AGAIN = Noun(
    "line that names a picture again: of its lines the last counts",
    "lines that name a picture again: of its lines the last counts",
)
NOT_THERE = Noun("file that the list names and that is not there", "files that the list names and that are not there")


def open_list(path: Path) -> Collection:
    """The pictures that a table names, in its order, from the table's folder.

    Where none is there under the name that it has in the list, they are searched for below that folder. ValueError
    names the list and the remedy.
    """
    root = Path(os.path.realpath(path.parent))
    table = read_table(read_bounded(path, MOST_LIST_BYTES), str(path))
    tally = Tally()
    there = np.zeros(len(table.names), bool)
    versions = Versions()
    known: dict[str, bool] = {}
    for row, name in enumerate(table.names):
        try:
            relative = _below(root, name)
            if relative is None or not _stays(root, relative, known):
                tally.add(OUTSIDE, name)
                continue
            status = (root / relative).stat()
        except (OSError, ValueError):  # ValueError: a name that no file can have
            tally.add(NOT_THERE, name)
            continue
        there[row] = True
        versions.add(status)
    if not there.any():
        return _searched(path, root, tally)
    rows = np.flatnonzero(there)
    every = Names.of(_below(root, table.names[int(row)]) or "" for row in rows)
    kept = every.latest()
    for place in np.setdiff1d(np.arange(len(every)), kept).tolist():
        tally.add(AGAIN, every[place])
    rows, found = rows[kept], every.at(kept)

    def stream(start: int) -> Iterator[Read]:
        return (partial(read_bounded, root / found[place], MOST_BYTES) for place in range(start, len(found)))

    return Collection(
        title=str(path),
        identity=identity_of(os.fsencode(root), found.digest(), versions.digest()),
        names=found,
        stream=stream,
        labels=_at(meaning(table, path.name), rows, path.name),
        passed_over=tally.told(),
    )


def _searched(path: Path, root: Path, tally: Tally) -> Collection:
    """The pictures below the list's folder that it names in another way: without their folder, or without suffix."""
    folder = open_folder(root)
    table = read_table(read_bounded(path, MOST_LIST_BYTES), str(path))
    if not len(folder.names):
        over = tally.told()[0]
        raise ValueError(
            f"{path} names no picture that can be read, but {over.counted} ({over.first}); bring the pictures along"
        )
    labels = aligned(table, folder.names, str(path))
    return Collection(
        title=str(path),
        identity=folder.identity,
        names=folder.names,
        stream=folder.stream,
        labels=labels,
        passed_over=folder.passed_over,
    )


def _below(root: Path, name: str) -> str | None:
    """The path below `root` that a list means; None for one that leads out of it."""
    if os.path.isabs(name):
        inside = os.path.realpath(name)
        return os.path.relpath(inside, root) if Path(inside).is_relative_to(root) else None
    return None if leads_out(name) else tidied(name) if os.path.exists(root / name) else whole(name)


def _stays(root: Path, name: str, known: dict[str, bool]) -> bool:
    """Whether neither a folder of the path nor the file is a link that leads out of `root`."""
    folder = os.path.dirname(name)
    if folder not in known:
        known[folder] = Path(os.path.realpath(root / folder)).is_relative_to(root)
    if not known[folder]:
        return False
    return not os.path.islink(root / name) or Path(os.path.realpath(root / name)).is_relative_to(root)


def _at(labels: Labels, rows: NDArray[np.int64], origin: str) -> Labels:
    """The labels of these rows alone."""
    columns: list[Words | Marks] = []
    for column in labels.columns:
        if isinstance(column, Words):
            columns.append(column._replace(codes=column.codes[rows]))
        else:
            columns.append(column._replace(values=column.values[rows]))
    return Labels(
        columns=tuple(columns),
        sides=None if labels.sides is None else labels.sides[rows],
        origin=origin,
        notes=labels.notes,
        missing=f"has no label in {origin}: add or fill in its line, or choose --labels none",
    )
