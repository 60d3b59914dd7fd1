"""Text of others in tables that people open in a spreadsheet."""

import csv
import io

import pytest

from ganlab.reports.document import Table
from ganlab.reports.writing import table_as_csv
from ganlab.spreadsheets import as_csv

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-cmd|'/C calc'!A0", "@SUM(A1)", "\t=1+1", ' =HYPERLINK("http://x")']
PLAIN = ["faces", "-0.5", "+3", "-1e-05", "-0.5 [-0.6, -0.4]", "-1.5 ± 0.2", "-", "a=b", "-inf", 'a "b", c\nd', ""]


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_would_be_a_formula_is_text(cell: str) -> None:
    assert as_csv([[cell]]) == as_csv([[f"'{cell}"]])
    assert next(csv.reader(io.StringIO(as_csv([[cell, 1]]), newline=""))) == [f"'{cell}", "1"]


def test_no_mark_within_a_cell_begins_a_line() -> None:
    assert list(csv.reader(io.StringIO(as_csv([["a\r=1+1", "b"]]), newline=""))) == [["a\n=1+1", "b"]]


def test_numbers_and_other_text_are_read_back_as_they_are() -> None:
    assert next(csv.reader(io.StringIO(as_csv([PLAIN]), newline=""))) == PLAIN


def test_reports_write_such_tables() -> None:
    table = Table(name="a", caption="", heads=("run", "=1+1"), rows=(("=A1", "1,234"),))
    assert table_as_csv(table) == "run,'=1+1\n'=A1,1234\n"
