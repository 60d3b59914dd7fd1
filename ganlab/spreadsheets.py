"""Tables as CSV that programs for spreadsheets show and never compute: a cell of somebody else's text is no formula."""

import csv
import io
import re
from collections.abc import Iterable

FORMULA = re.compile(r"\s*[=+\-@]")
NUMBERS = re.compile(r"[-+]?[\d.,\s\[\]()±%e+-]*|[-+]?(inf|nan)")  # also with an interval or a deviation


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Lines of cells; text that a spreadsheet would take for a formula begins with an apostrophe, as such text does."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_shown(cell) for cell in row] for row in rows)
    return text.getvalue()


def _shown(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = "\n".join(cell.split("\r"))  # the writer would let a lone one begin a new line
    return f"'{text}" if FORMULA.match(text) and not NUMBERS.fullmatch(text) else text
