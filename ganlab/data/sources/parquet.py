"""Parquet files in the layout of Hugging Face's data sets: a column of pictures, and columns of labels."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ganlab.data.sources.collection import NEITHER, Collection, Content, Gone, Read, file_identity, identity_of
from ganlab.data.sources.folder_labels import SIDES
from ganlab.data.sources.kinds import begins_like_picture
from ganlab.data.sources.names import Names
from ganlab.data.sources.tables import TableBuilder, meaning
from ganlab.extras import how_to_install
from ganlab.foreign import parse_json, shortened
from ganlab.system_errors import in_words

ROWS = 32  # that are in memory at a time
MOST_GROWTH = 200
PLENTY_BYTES = 4 * 2**30
BY_ROW = "in each row, as bytes or {bytes, path}, not lists of them, nor texts"
PLAIN = ("string", "large_string", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool")
"""Types of columns that may hold labels."""
BINARY = ("binary", "large_binary")


class _Refused(ValueError):
    """Follows the file's name, and ends with the remedy."""


class _Layout(NamedTuple):
    """What a file's columns are."""

    picture: str
    labels: tuple[str, ...]
    others: tuple[str, ...]  # that hold neither
    names: dict[str, list[str]]  # of the labels that are stored as numbers, by column


def open_parquet(paths: Sequence[Path], title: str) -> Collection:
    """The pictures in the rows of the files, one file after the other.

    A file's name says its split, as in train-00000-of-00002.parquet. ValueError names the file and the remedy.
    """
    parquet = _pyarrow()
    builder, sides, counts = TableBuilder(), [], []
    layout: _Layout | None = None
    for path in paths:
        with _told(path):
            file = parquet.ParquetFile(path)
            _check(file, path)
            found = _layout(file)
            layout = layout or found
            if found.picture != layout.picture:
                raise ValueError(
                    f"its pictures are in {found.picture!r}, where another file's are in {layout.picture!r}"
                )
            counts.append(file.metadata.num_rows)
            sides.append(_side(path))
            _read_labels(file, path, found, builder)
    assert layout is not None
    table = builder.done()
    labels = meaning(table, "columns of the Parquet files")
    if labels.sides is None and len({*sides} - {NEITHER}) > 1:
        labels = replace(labels, sides=np.repeat(np.array(sides, np.int8), counts))
    left_out = [
        f"column {shortened(title, 40)!r} is left out: it holds neither words nor whole numbers"
        for title in layout.others
    ]
    labels = replace(
        labels,
        notes=(*labels.notes, *left_out),
        missing="has no label in its row: choose --labels none to use it without",
    )
    return Collection(
        title=title,
        identity=identity_of(*map(file_identity, paths)),
        names=table.names,
        stream=partial(_stream, tuple(paths), tuple(counts), layout.picture, table.names),
        labels=labels,
    )


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise ValueError(how_to_install("parquet")) from error
    return pyarrow.parquet


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What goes wrong with the file, as a ValueError that names it."""
    import pyarrow

    try:
        yield
    except FileNotFoundError as error:
        raise Gone(in_words(error, path)) from error
    except _Refused as refusal:
        raise ValueError(f"{path} {refusal}") from None
    except (ValueError, OSError, pyarrow.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} cannot be read ({reason}); copy it again from its source") from error


def _check(file: Any, path: Path) -> None:
    """ValueError where the file says that it grows as no pictures do."""
    metadata = file.metadata
    unpacked = sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    if unpacked > max(PLENTY_BYTES, MOST_GROWTH * path.stat().st_size):
        raise ValueError(f"it would grow to {unpacked:,} bytes, as no pictures do")


def _layout(file: Any) -> _Layout:
    """The columns by the features that Hugging Face writes down, else by their types and what is in them."""
    schema = file.schema_arrow
    features = _features(schema.metadata or {})
    pictures = [name for name, feature in features.items() if feature.get("_type") == "Image" and name in schema.names]
    pictures += [field.name for field in schema if _is_struct_of_bytes(field.type)]
    pictures += [field.name for field in schema if str(field.type) in BINARY and _holds_pictures(file, field.name)]
    if not pictures:
        if not file.metadata.num_rows:
            raise _Refused("has no rows; choose another file")
        named = shortened(", ".join(schema.names), 200)
        raise _Refused(f"has no column of pictures (it has {named}); write one picture {BY_ROW}")
    names = {
        name: [str(one) for one in feature["names"]]
        for name, feature in features.items()
        if feature.get("_type") == "ClassLabel" and isinstance(feature.get("names"), list)
    }
    labels = tuple(field.name for field in schema if _may_be_label(field.type) and field.name not in pictures)
    others = tuple(field.name for field in schema if field.name not in (*labels, pictures[0]))
    return _Layout(pictures[0], labels, others, names)


def _may_be_label(kind: Any) -> bool:
    """Whether values of this type are words or whole numbers, or lists of words."""
    import pyarrow

    if pyarrow.types.is_dictionary(kind):
        return _may_be_label(kind.value_type)
    if pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind):
        return str(kind.value_type) in ("string", "large_string")
    return str(kind) in PLAIN


def _features(metadata: dict[bytes, bytes]) -> dict[str, dict[str, Any]]:
    """What Hugging Face says of each column; nothing where it is another's file."""
    try:
        values = parse_json(metadata.get(b"huggingface", b"{}"))
    except ValueError:
        return {}
    info = values.get("info") if isinstance(values, dict) else None
    features = info.get("features") if isinstance(info, dict) else None
    found = features.items() if isinstance(features, dict) else ()
    return {name: feature for name, feature in found if isinstance(feature, dict)}


def _is_struct_of_bytes(kind: Any) -> bool:
    import pyarrow

    return pyarrow.types.is_struct(kind) and any(kind.field(i).name == "bytes" for i in range(kind.num_fields))


def _holds_pictures(file: Any, column: str) -> bool:
    for batch in file.iter_batches(batch_size=ROWS, columns=[column]):
        for value in batch.column(0):
            if value.is_valid:
                return begins_like_picture(value.as_py())
    return False


def _side(path: Path) -> int:
    """The split that a file's name, or that of its folder, says."""
    words = [*re.split(r"[-_.]", path.name.lower())[:1], path.parent.name.lower()]
    return next((SIDES[word] for word in words if word in SIDES), NEITHER)


def _read_labels(file: Any, path: Path, layout: _Layout, builder: TableBuilder) -> None:
    """A row of the table for each of the file's."""
    row = 0
    if not layout.labels:
        for row in range(file.metadata.num_rows):
            builder.add(f"{path.name}, row {row + 1:,}", {})
        return
    for batch in file.iter_batches(batch_size=1024, columns=list(layout.labels)):
        for values in batch.to_pylist():
            row += 1
            builder.add(
                f"{path.name}, row {row:,}",
                {t: _cell(value, layout.names.get(t)) for t, value in values.items() if not isinstance(value, list)},
                {t: [str(w) for w in v if w is not None] for t, v in values.items() if isinstance(v, list)},
            )


def _cell(value: Any, names: list[str] | None) -> str:
    """A label as text; empty for none, which Hugging Face writes as -1."""
    if names is not None:
        return names[value] if isinstance(value, int) and 0 <= value < len(names) else ""
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


def _stream(paths: Sequence[Path], counts: Sequence[int], column: str, names: Names, start: int) -> Iterator[Read]:
    parquet = _pyarrow()
    place = 0
    for path, count in zip(paths, counts, strict=True):
        if place + count <= start:
            place += count
            continue
        with _told(path):
            file = parquet.ParquetFile(path)
            for group in range(file.metadata.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if place + rows <= start:
                    place += rows
                    continue
                for batch in file.iter_batches(batch_size=ROWS, row_groups=[group], columns=[column]):
                    for value in batch.column(0):
                        if place >= start:
                            yield partial(_content, value, names[place])
                        place += 1


def _content(value: Any, name: str) -> Content:
    found = value.as_py()
    content = found.get("bytes") if isinstance(found, dict) else found
    if isinstance(content, bytes):
        return content
    where = found.get("path") if isinstance(found, dict) else None
    raise ValueError(
        f"{name} holds no bytes{f', only the path {where}' if where else ''}; embed the pictures in the file"
    )
