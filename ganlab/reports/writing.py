"""A report as a folder: one page that opens anywhere, and beside it figures, tables and documents that use them."""

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import torch

from ganlab import listings
from ganlab.counting import counted
from ganlab.reports import html, latex, markdown, static
from ganlab.reports.document import Figure, Report, Table
from ganlab.reports.drawings import Frames
from ganlab.spreadsheets import as_csv
from ganlab.whole_files import replacing

PAGE = "report.html"
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")  # a number with commas between thousands


def write(report: Report, folder: Path, tell: Callable[[float, str], object] = lambda share, text: None) -> list[Path]:
    """Write all files and return them, the page first; files of an earlier report of the same names are replaced.

    ValueError for a folder that is a file, and where Matplotlib is missing; DiskFullError names the file that did not
    fit. Nothing is written then, and an earlier report is as it was.
    """
    if listings.is_file(folder):
        raise ValueError(f"{folder} is a file; name a folder")
    files = list(contents(report, tell))
    with _folders({(folder / name).parent for name, _ in files}), ExitStack() as moved:  # all, and the page last
        for name, content in files:
            moved.enter_context(replacing(folder / name)).write_bytes(content)
    tell(1.0, f"{counted(len(files), 'file')} in {folder}")
    return [folder / name for name, _ in files]


def write_small(report: Report, path: Path) -> Path:
    """Write the page alone, with pictures in the place of plots. ValueError where `path` is a folder."""
    if listings.is_folder(path):
        raise ValueError(f"{path} is a folder; name a file, such as {path / 'report.html'}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_text(html.small_page(report), encoding="utf-8")
    return path


def archive(report: Report, tell: Callable[[float, str], object] = lambda share, text: None) -> bytes:
    """The same files as a ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in contents(report, tell):
            whole.writestr(f"report/{name}", content)
    return buffer.getvalue()


def contents(
    report: Report, tell: Callable[[float, str], object] = lambda share, text: None
) -> Iterator[tuple[str, bytes]]:
    """Names in the folder, and what the files hold."""
    figures, tables = report.figures(), report.tables()
    _check_names(figures)
    _check_names(tables)
    yield PAGE, html.page(report).encode()
    yield "report.md", markdown.page(report).encode()
    yield "report.tex", latex.document(report).encode()
    for place, figure in enumerate(figures):
        tell(place / len(figures), f"drawing {figure.name}")
        yield f"figures/{figure.name}.svg", static.draw(figure.drawing, "svg")
        yield f"figures/{figure.name}.png", static.draw(figure.drawing, "png")
        if isinstance(figure.drawing, Frames):
            yield f"figures/{figure.name}.gif", static.animated(figure.drawing)
    for table in tables:
        yield f"tables/{table.name}.csv", table_as_csv(table).encode()
        yield f"tables/{table.name}.tex", latex.table(table).encode()
    for code in report.programs():
        yield code.file, f"{code.text}\n".encode()


@contextmanager
def _folders(wanted: Collection[Path]) -> Iterator[None]:
    """Makes the folders; after an error those are gone that were not there before."""
    made = [path for one in wanted for path in (one, *one.parents) if not listings.is_there(path)]
    try:
        for path in wanted:
            path.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in sorted(set(made), reverse=True):  # what is inside comes first
            with suppress(OSError):
                path.rmdir()
        raise


def made_now() -> str:
    """When and with what a report was written, in a line."""
    return f"Written on {datetime.now(UTC):%Y-%m-%d} by ganlab with torch {torch.__version__.split('+')[0]}."


def _check_names(named: Sequence[Figure | Table]) -> None:
    names = [block.name for block in named]
    assert len(set(names)) == len(names), "two of one name would be one file"
    assert all(name.replace("-", "").isalnum() and name.isascii() for name in names)


def table_as_csv(table: Table) -> str:
    """Numbers without commas between thousands, so that programs read them as numbers."""
    return as_csv([table.heads, *([_plain(cell) for cell in row] for row in table.rows)])


def _plain(cell: str) -> str:
    return cell.replace(",", "") if GROUPED.fullmatch(cell) else cell
