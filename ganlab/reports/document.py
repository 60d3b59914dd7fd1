"""A report before it is written: sections of text, figures, tables and code."""

import re
from dataclasses import dataclass

from ganlab.reports.drawings import Drawing


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A paragraph in plain words."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A drawing with its caption, which says what one sees and how it was measured."""

    name: str  # of its files, unique among the figures of a report
    caption: str
    drawing: Drawing


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows of text under heads; cells that are numbers stand to the right."""

    name: str  # of its files, unique among the tables of a report
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """Commands or a program, as they are typed."""

    text: str
    caption: str = ""
    file: str = ""  # in the report's folder, which holds the text as well; none where it is empty


Block = Text | Figure | Table | Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A whole report."""

    title: str
    lead: str  # a paragraph that says what it is about
    sections: tuple[Section, ...]
    made: str  # when and with what, in a line

    def figures(self) -> list[Figure]:
        return [block for section in self.sections for block in section.blocks if isinstance(block, Figure)]

    def programs(self) -> list[Code]:
        """Those that are files as well."""
        blocks = (block for section in self.sections for block in section.blocks)
        return [block for block in blocks if isinstance(block, Code) and block.file]

    def tables(self) -> list[Table]:
        return [block for section in self.sections for block in section.blocks if isinstance(block, Table)]


_NUMBER = re.compile(r"-?\.?\d[\d,.]*(e[+-]?\d+)?( ?%)?( (±|\[|\(|of|to|/|min).*)?")


def is_number(cell: str) -> bool:
    """Whether a cell is shown as a number: with a sign, thousands, a percent sign or an interval, if need be."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def numeric(table: Table) -> tuple[bool, ...]:
    """For each column whether all that stands in it are numbers."""
    columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.heads)
    return tuple(any(column) and all(is_number(cell) or not cell for cell in column) for column in columns)
