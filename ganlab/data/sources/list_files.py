"""Files that list pictures with what is known of them: CSV, TSV, JSON lines, JSON, and CelebA's text."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from ganlab.counting import counted
from ganlab.data.sources.kinds import kind
from ganlab.data.sources.tables import Table, TableBuilder
from ganlab.foreign import decoded, parse_json, shortened

LISTS = ("dataset.json", "metadata.csv", "metadata.jsonl", "labels.csv", "labels.tsv", "labels.jsonl", "labels.json")
"""Names of lists that are read without being asked for, where they lie among the pictures: the first that is there."""
SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt")
MOST_LIST_BYTES = 256 * 2**20
MOST_COLUMNS = 1_100
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DELIMITERS = (",", ";", "\t", "|")  # of equals, the first
LINES_LOOKED_AT = 20
LOOKED_AT = 1000  # letters that tell whether it is text
EXCELS_DELIMITER = re.compile(r"sep=(.)\r?\n")
FILE_TITLES = (
    "file_name",
    "filename",
    "file",
    "path",
    "image_path",
    "image",
    "image_id",
    "picture",
    "img",
    "name",
    "id",
)
"""Titles of the column that names the picture, the likeliest first."""


def read_table(content: bytes, name: str) -> Table:
    """The rows of a list called `name`. ValueError names it, the line where there is one, and the remedy."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        text = content.decode("utf-16") if content.startswith(UTF16) else decoded(content)
        if "\0" in text[:LOOKED_AT]:
            raise ValueError("it is no UTF-8 (it has bytes of zero, as UTF-16 has); save it as UTF-8")
    except ValueError as error:
        raise ValueError(f"{name} cannot be read: {error}") from error
    try:
        if suffix == ".json":
            table = _of_json(_json(text, name), name)
        elif suffix in (".jsonl", ".ndjson"):
            table = _of_rows(_json_lines(text, name), name)
        else:
            table = _of_rows(_cells(text, suffix, name), name)
    except csv.Error as error:
        raise ValueError(f"{name} cannot be read ({error}); save it anew as a table with commas") from error
    if not len(table.names):
        raise ValueError(f"{name} lists no pictures; it needs a line a picture")
    return table


def _json(text: str, name: str) -> Any:
    try:
        return parse_json(text, _once)
    except ValueError as error:
        raise ValueError(f"{name} cannot be read as JSON ({error}); save it anew") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs. ValueError for a name that comes twice with different values: JSON keeps the last."""
    values: dict[str, Any] = {}
    for key, value in pairs:
        if values.setdefault(key, value) != value:
            raise ValueError(f"it names {shortened(key, 80)!r} twice, with different values")
    return values


def _cells(text: str, suffix: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and cells by title of each line."""
    beginning = len(text) - len(text.lstrip("\r\n"))
    before, text = text[:beginning].count("\n"), text[beginning:]  # lines that hold nothing
    first, _, rest = text.partition("\n")
    if suffix == ".txt" and first.strip().isdecimal():  # CelebA's: a count, then titles of all columns but the first
        heads = ["file_name", *rest.partition("\n")[0].split()]
        rows: Iterator[Sequence[str]] = (line.split() for line in rest.partition("\n")[2].split("\n"))
        start = 3
    else:
        said = EXCELS_DELIMITER.match(text)
        body = text[said.end() :] if said else text
        delimiter = said[1] if said else _delimiter(body)
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, skipinitialspace=True)
        heads, rows, start = [head.strip() for head in next(reader, [])], reader, 3 if said else 2
        if any(kind(head) == "picture" for head in heads):  # there are no titles
            heads, rows, start = [""] * len(heads), itertools.chain([heads], reader), start - 1
    if len(heads) > MOST_COLUMNS:
        raise ValueError(f"{name} has {len(heads):,} columns; at most {MOST_COLUMNS:,} are read")
    heads = [head or f"column {place}" for place, head in enumerate(heads, 1)]
    if len(set(heads)) < len(heads):
        twice = next(head for head in heads if heads.count(head) > 1)
        raise ValueError(f"{name} has two columns called {shortened(twice, 40)!r}; give each a title of its own")
    for number, row in enumerate(rows, start + before):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(heads):
            raise ValueError(
                f"{name}, line {number:,}: {counted(len(row), 'value')}, where the first line has "
                f"{counted(len(heads), 'title')}; mend it"
            )
        yield number, dict(zip(heads, row, strict=True))


def _delimiter(text: str) -> str:
    """What stands between the cells: with it the first lines have as many cells as the very first, and most of them."""
    first = text.splitlines(keepends=True)[:LINES_LOOKED_AT]

    def fit(delimiter: str) -> tuple[int, int]:
        rows = [row for row in csv.reader(first, delimiter=delimiter, skipinitialspace=True) if row]
        alike = sum(len(row) == len(rows[0]) for row in rows) if rows and len(rows[0]) > 1 else 0
        return alike, len(rows[0]) if rows else 0

    return max(DELIMITERS, key=fit)


def _json_lines(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):  # JSON may hold other ends of lines
        if line.strip():
            try:
                values = parse_json(line)
            except ValueError as error:
                raise ValueError(f"{name}, line {number:,} is no JSON ({error}); mend the line") from error
            if not isinstance(values, dict):
                raise ValueError(
                    f'{name}, line {number:,} is no object, such as {{"file_name": "a.png", "label": "x"}}'
                )
            yield number, values


def _of_rows(rows: Iterator[tuple[int, dict[str, Any]]], name: str) -> Table:
    builder = TableBuilder()
    title = ""
    for number, cells in rows:
        title = title or _file_title(cells, name)
        file = cells.get(title)
        if not isinstance(file, str) or not file.strip():
            raise ValueError(f"{name}, line {number:,} names no file in {title!r}; mend the line")
        _add(builder, file.strip(), {head: value for head, value in cells.items() if head != title})
    return builder.done()


def _file_title(cells: Mapping[str, Any], name: str) -> str:
    """Title of the column that names the pictures, seen from the first row."""
    words = {title: value for title, value in cells.items() if isinstance(value, str)}
    for title, value in words.items():
        if kind(value) == "picture":
            return title
    by_name = {title.strip().lower(): title for title in words}
    for title in FILE_TITLES:
        if title in by_name:
            return by_name[title]
    raise ValueError(
        f"{name} has no column of files (it has {shortened(', '.join(map(str, cells)), 200)}); call that of the "
        "pictures file_name"
    )


def _of_json(values: Any, name: str) -> Table:
    """StyleGAN's `{"labels": [[file, label], ...]}`, `{file: label or labels}`, or a list of objects."""
    builder = TableBuilder()
    if isinstance(values, list):
        return _of_rows(enumerate(_objects(values, name), 1), name)
    if not isinstance(values, dict):
        raise ValueError(f"{name} holds no labels; write {{file: label}} or a list of objects")
    if "labels" in values and not isinstance(values["labels"], str | int):
        pairs = values["labels"]
        if pairs is None:
            raise ValueError(f"{name} says that there are no labels; choose --labels none")
        if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
            raise ValueError(f'{name} is not as StyleGAN writes it: {{"labels": [["a.png", 3], ...]}}')
        for file, label in pairs:
            _add(builder, file, _named(label))
    else:
        for file, label in values.items():
            _add(builder, file, label if isinstance(label, dict) else _named(label))
    return builder.done()


def _objects(values: list[Any], name: str) -> Iterator[dict[str, Any]]:
    for value in values:
        if not isinstance(value, dict):
            raise ValueError(f"{name} is a list, but not of objects; write one a picture")
        yield value


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)


def _named(label: Any) -> dict[str, Any]:
    """A label without a title."""
    return {"class": label}


def _add(builder: TableBuilder, file: str, cells: Mapping[str, Any]) -> None:
    """A row; a list of words becomes attributes that are on, a list of numbers a column each."""
    plain: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for title, value in cells.items():
        if isinstance(value, list) and value and all(isinstance(one, int | float) for one in value):
            plain |= {f"{title} {place}": _text(one) for place, one in enumerate(value)}
        elif isinstance(value, list):
            lists[title] = [text for one in value if (text := _text(one)).strip()]
        else:
            plain[title] = _text(value)
    builder.add(file, plain, lists)


def _text(value: Any) -> str:
    """A cell as text; empty for what is no single value."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or isinstance(value, dict | list) else str(value)
