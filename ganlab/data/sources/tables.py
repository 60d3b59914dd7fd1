"""A table of files and what is known of them, and what its columns mean."""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab.data.sources.collection import NEITHER, UNKNOWN, Labels, Marks, Words
from ganlab.data.sources.folder_labels import SIDES, distinct_labels, in_order
from ganlab.data.sources.names import Names, as_bytes
from ganlab.foreign import shortened

MOST_WORDS = 20_000  # different values of a column that are kept: with more it holds no labels
MOST_NUMBERS = 20  # different values of a column with fractions that still are labels
FEW_ROWS = 20  # a table in which every row may have a value of its own
MARKS = {"0": 0, "1": 1, "-1": 0, "0.0": 0, "1.0": 1, "-1.0": 0, "false": 0, "true": 1}
NO_VALUES = ("NaN", "nan")  # as pandas and others write what is missing
SPLIT_TITLES = ("split", "partition", "subset", "fold")
CELEBA_SIDES = {"0": "train", "1": "val", "2": "test"}  # its partitions
RESERVED = re.compile(r"z|c\d+|cluster\d*")
"""Names of the latent factors that models have besides conditions: noise, codes, and clusters that they find."""
BESIDE_NAMES = str.maketrans({"_": " ", "+": " and ", "=": " "})
"""Signs that are no part of a name: + joins names, and = stands before a value."""


class Column(NamedTuple):
    """What a table says in one column."""

    title: str
    words: tuple[str, ...]  # the different values; none where there are too many
    codes: NDArray[np.int32]  # [rows], places in `words`, or UNKNOWN


class Table(NamedTuple):
    """Rows of names and values."""

    names: Names
    columns: tuple[Column, ...]
    tags: Column | None = None  # of lists of words: a row a word, ...
    tagged: NDArray[np.int64] | None = None  # ... and the row of the table that each belongs to
    listed: NDArray[np.bool_] | None = None  # [rows], which have all lists that there are; None: no row has any


def joined(tables: Sequence[Table]) -> Table:
    """One table after the other; a column that one of them lacks is unknown there."""
    if len(tables) == 1:
        return tables[0]
    builder = TableBuilder()
    for table in tables:
        tags: dict[int, list[str]] = {}
        if table.tags is not None and table.tagged is not None:
            for row, code in zip(table.tagged.tolist(), table.tags.codes.tolist(), strict=True):
                tags.setdefault(row, []).append(table.tags.words[code])
        listed = np.zeros(len(table.names), bool) if table.listed is None else table.listed
        for row, name in enumerate(table.names):
            cells = {c.title: c.words[c.codes[row]] for c in table.columns if c.words and c.codes[row] != UNKNOWN}
            builder.add(name, cells, {"attributes": tags.get(row, [])} if listed[row] else {})
    return builder.done()


class TableBuilder:
    """Takes rows one by one and keeps numbers of them."""

    def __init__(self) -> None:
        self._names: list[bytes] = []
        self._columns: dict[str, _ColumnBuilder] = {}
        self._tags = _ColumnBuilder(0)
        self._tagged = array("q")
        self._lists: dict[str, array[int]] = {}  # the rows that have each
        self._with_words: set[str] = set()  # those of them that are ever more than empty
        self._rows = 0

    def add(
        self, name: str, cells: Mapping[str, str], lists: Mapping[str, Iterable[str]] = MappingProxyType({})
    ) -> None:
        """A row. Words in its `lists` are on; a row without a list says nothing, unlike one whose list is empty."""
        self._names.append(as_bytes(name))
        for title, value in cells.items():
            if title not in self._columns:
                self._columns[title] = _ColumnBuilder(self._rows)
            self._columns[title].add(value)
        self._rows += 1
        for column in self._columns.values():
            column.fill(self._rows)
        for title, words in lists.items():
            self._lists.setdefault(title, array("q")).append(self._rows - 1)
            for word in words:
                self._tags.add(word)
                self._tagged.append(self._rows - 1)
                self._with_words.add(title)

    def done(self) -> Table:
        names = Names.of(name.decode("utf-8", "surrogateescape") for name in self._names)
        done = [column.done(title) for title, column in self._columns.items()]
        columns = tuple(one for one in done if one.title not in self._with_words or (one.codes != UNKNOWN).any())
        if not self._lists:
            return Table(names, columns)
        if not self._tagged:
            return Table(names, columns, listed=np.logical_or.reduce(self._listed(self._lists)))
        listed = np.logical_and.reduce(self._listed(self._with_words))
        return Table(names, columns, self._tags.done("attributes"), np.array(self._tagged, np.int64), listed)

    def _listed(self, titles: Iterable[str]) -> NDArray[np.bool_]:
        """Which rows have the list of each title: [titles, rows]."""
        found = []
        for title in titles:
            there = np.zeros(self._rows, bool)
            there[self._lists[title]] = True
            found.append(there)
        return np.stack(found)


class _ColumnBuilder:
    def __init__(self, rows_before: int) -> None:
        self._codes = array("i", [UNKNOWN] * rows_before)
        self._words: dict[str, int] = {}

    def add(self, value: str) -> None:
        value = unicodedata.normalize("NFC", value.strip())  # one spelling of accents
        if not value or value in NO_VALUES or (value not in self._words and len(self._words) >= MOST_WORDS):
            self._codes.append(UNKNOWN)
        else:
            self._codes.append(self._words.setdefault(value, len(self._words)))

    def fill(self, rows: int) -> None:
        while len(self._codes) < rows:
            self._codes.append(UNKNOWN)

    def done(self, title: str) -> Column:
        words = tuple(self._words) if len(self._words) < MOST_WORDS else ()
        return Column(title, words, np.array(self._codes, np.int32))


def meaning(table: Table, origin: str) -> Labels:
    """What the columns say of the table's rows, in their order: the split, categories and attributes."""
    rows = len(table.names)
    sides: NDArray[np.int8] | None = None
    words: list[Words] = []
    marks: list[Column] = []
    notes: list[str] = []
    for column in table.columns:
        if (found := _sides(column, origin)) is not None:
            sides = found
        elif _are_marks(column.words):
            marks.append(column)
        elif why := _why_no_labels(column, rows):
            notes.append(f"column {shortened(column.title, 40)!r} is left out: {why}")
        else:
            words.append(_category(column))
    columns: list[Words | Marks] = [*_attributes(marks), *words]
    if table.tags is not None and not table.tags.words:
        notes.append(f"its lists of words are left out: they have {_no_words(table.tags)}")
    elif table.tags is not None and table.tagged is not None and table.listed is not None:
        before = columns[0].labels if marks else ()
        columns.append(_tags(table.tags, table.tagged, table.listed, before))
    return Labels(columns=tuple(_with_names(columns)), sides=sides, origin=origin, notes=tuple(notes))


def _sides(column: Column, origin: str) -> NDArray[np.int8] | None:
    """The split that a column says; None for one that says something else. ValueError for one that says both."""
    if column.title.strip().lower() not in SPLIT_TITLES or not column.words:
        return None
    spelt = [CELEBA_SIDES.get(word, word).lower() for word in column.words]
    if strange := [word for word, side in zip(column.words, spelt, strict=True) if side not in SIDES]:
        if not any(word.lower() in SIDES for word in column.words):
            return None
        raise ValueError(
            f"{origin} says {shortened(strange[0], 40)!r} in its column {column.title!r}, which is no part of a split; "
            f"write {', '.join(SIDES)}, or give the column another title"
        )
    return np.array([*(SIDES[word] for word in spelt), NEITHER], np.int8)[column.codes]


def _are_marks(words: Sequence[str]) -> bool:
    """Whether they say on and off. Where both -1 and 0 occur they differ, as in moods from -1 to 1."""
    found = {word.lower() for word in words}
    return bool(found) and found <= MARKS.keys() and not (found & {"0", "0.0"} and found & {"-1", "-1.0"})


def _why_no_labels(column: Column, rows: int) -> str:
    if not column.words:
        return f"it has {_no_words(column)}"
    count = len(column.words)
    if count == 1:
        return f"it says {shortened(column.words[0], 40)!r} of all"
    if list(column.words) in ([str(n) for n in range(rows)], [str(n + 1) for n in range(rows)]):
        return "it numbers the rows"
    if rows > FEW_ROWS and count > rows / 2:
        return f"its {count:,} different values are hardly ever the same twice"
    if count > MOST_NUMBERS and all(map(_is_number, column.words)) and not all(map(_is_whole, column.words)):
        return f"it holds {count:,} different numbers with fractions"
    return ""


def _no_words(column: Column) -> str:
    """What a column has that has none which count."""
    return "no values" if (column.codes == UNKNOWN).all() else f"more than {MOST_WORDS:,} values"


def _category(column: Column) -> Words:
    order = sorted(range(len(column.words)), key=lambda place: in_order(column.words[place]))
    rank = np.full(len(order) + 1, UNKNOWN, np.int32)
    rank[order] = np.arange(len(order))
    return Words(column.title, distinct_labels([column.words[place] for place in order]), rank[column.codes])


def _attributes(columns: Sequence[Column]) -> list[Marks]:
    """All columns of zeros and ones as one set; a row that lacks one of them has none."""
    if not columns:
        return []
    values = np.stack(
        [np.array([*(MARKS[word.lower()] for word in c.words), UNKNOWN], np.int8)[c.codes] for c in columns], 1
    )
    values[(values == UNKNOWN).any(1)] = UNKNOWN
    return [Marks("attributes", _attribute_labels([column.title for column in columns]), values)]


def _tags(tags: Column, tagged: NDArray[np.int64], listed: NDArray[np.bool_], before: tuple[str, ...]) -> Marks:
    """Lists of words: each word is on or off. A row of an empty list has all off, nothing is known of one without.

    Labels differ from those `before`.
    """
    order = sorted(range(len(tags.words)), key=lambda place: in_order(tags.words[place]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    values = np.zeros((len(listed), len(order)), np.int8)
    there = tags.codes != UNKNOWN
    values[tagged[there], rank[tags.codes[there]]] = 1
    values[~listed] = UNKNOWN
    labels = _attribute_labels([*before, *(tags.words[place] for place in order)])
    return Marks("attributes", labels[len(before) :], values)


def _attribute_labels(titles: Sequence[str]) -> tuple[str, ...]:
    """As people read them: CelebA's `Wearing_Hat` is `Wearing Hat`. A + joins labels and is part of none."""
    return distinct_labels([" ".join(title.replace("_", " ").replace("+", " plus ").split()) for title in titles])


def _with_names(columns: Sequence[Words | Marks]) -> list[Words | Marks]:
    """Names that latent factors may have, no two the same."""
    named: list[Words | Marks] = []
    taken = {label for column in columns if isinstance(column, Marks) for label in column.labels}
    for column in columns:
        name = shortened(" ".join(column.name.translate(BESIDE_NAMES).split()), 50).strip(".~ ") or "label"
        if name[-1].isdecimal() and any(mark in name for mark in ".~"):
            name = name.replace(".", " ").replace("~", " ")
        plain, again = name, 1
        while name in taken or RESERVED.fullmatch(name):
            name = f"{plain} label {again}" if again > 1 else f"{plain} label"
            again += 1
        taken.add(name)
        named.append(column._replace(name=name))
    return named


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_whole(text: str) -> bool:
    return text.lstrip("+-").isdecimal()
