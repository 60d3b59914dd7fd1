"""A report before it is written: sections of text, figures, tables and code."""

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

    def tables(self) -> list[Table]:
        return [block for section in self.sections for block in section.blocks if isinstance(block, Table)]


def is_number(cell: str) -> bool:
    """Whether a cell is shown as a number: with a sign, thousands, a percent sign or an interval, if need be."""
    start = cell.strip().lstrip("-").replace(",", "")[:1]
    return start.isdigit() or start == "."
