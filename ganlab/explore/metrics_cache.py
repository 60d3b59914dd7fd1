"""Reads metrics.jsonl fast: parsed once into columns that are kept beside it, then only what was appended."""

import codecs
import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from pydantic import TypeAdapter
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from ganlab import file_versions, listings
from ganlab.file_versions import FileVersion
from ganlab.foreign import open_regular, parse_json
from ganlab.runs.reports import is_number, is_report, parse_report
from ganlab.system_errors import in_words
from ganlab.whole_files import replacing

FORMAT = 2
TAIL_BYTES = 4096  # enough to tell lines that were appended from a file that was written anew
WORTH_KEEPING_BYTES = 256 * 2**10  # what is parsed in a few milliseconds is not written again


class Columns(NamedTuple):
    """Report lines turned on their side."""

    values: dict[str, np.ndarray]  # float64 [lines]; NaN where a line does not have the name
    damaged: int  # complete lines that could not be used


class _Stamp(NamedTuple):
    """Which state of the file the kept columns stand for."""

    format: int
    version: FileVersion
    parsed: int  # bytes up to the end of the last complete line
    tail: str  # digest of the bytes before `parsed`
    damaged: int
    names: list[str]


_STAMP = TypeAdapter(_Stamp)


def read(path: Path) -> Columns:
    """Columns of the complete lines of `path`; empty when there is no such file. ValueError when it cannot be read.

    A last line without its end is left for the next read. A file that became shorter, or was replaced, is read anew.
    """
    try:
        file = open_regular(path)
    except (FileNotFoundError, IsADirectoryError):
        return Columns({}, 0)
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    with file:
        now = file_versions.of(os.fstat(file.fileno()))
        kept, columns = _load(_cache_path(path))
        if kept and kept.version == now:
            return columns
        appended = kept and kept.version.inode == now.inode and kept.version.size_bytes < now.size_bytes
        start = kept.parsed if kept and appended and _tail(file, kept.parsed) == kept.tail else 0
        file.seek(start)
        content = file.read(now.size_bytes - start)
        content = content[: content.rfind(b"\n") + 1]
        columns = _joined(columns, parse(content)) if start else parse(content)
        if len(content) >= WORTH_KEEPING_BYTES:
            end = start + len(content)
            stamp = _Stamp(FORMAT, now, end, _tail(file, end), columns.damaged, list(columns.values))
            _keep(_cache_path(path), stamp, columns)
    return columns


def parse(content: bytes) -> Columns:
    """Columns of complete lines of JSON; what is no report with a `step` is counted as damaged."""
    content = content.removeprefix(codecs.BOM_UTF8)
    lines = [line for line in content.splitlines() if line.strip()]
    if not lines:
        return Columns({}, 0)
    try:
        # One call for all lines takes half the time of one call a line.
        found = parse_json(b"[" + b",".join(lines) + b"]")
    except ValueError:
        found = []
    if len(found) != len(lines):
        found = [parse_report(line) for line in lines]
    reports = [line for line in found if is_report(line)]
    keys = dict.fromkeys(key for shape in dict.fromkeys(map(tuple, reports)) for key in shape)
    return Columns({key: _column(line.get(key) for line in reports) for key in keys}, len(found) - len(reports))


def _column(cells: Iterable[Any]) -> np.ndarray:
    cells = list(cells)
    try:
        return np.array(cells, dtype=np.float64)  # None becomes NaN
    except (ValueError, TypeError, OverflowError):
        return np.array([cell if is_number(cell) else np.nan for cell in cells], dtype=np.float64)


def _joined(first: Columns, second: Columns) -> Columns:
    lengths = [len(next(iter(part.values.values()), ())) for part in (first, second)]
    names = dict.fromkeys([*first.values, *second.values])
    parts = [
        [part.values.get(name, np.full(length, np.nan)) for name in names]
        for part, length in zip((first, second), lengths, strict=True)
    ]
    values = {name: np.concatenate(pair) for name, *pair in zip(names, *parts, strict=True)}
    return Columns(values, first.damaged + second.damaged)


def _cache_path(path: Path) -> Path:
    return path.with_suffix(".cache")


def _tail(file: BinaryIO, end: int) -> str:
    start = max(0, end - TAIL_BYTES)
    file.seek(start)
    return hashlib.blake2b(file.read(end - start), digest_size=16).hexdigest()


def _load(path: Path) -> tuple[_Stamp | None, Columns]:
    """What was kept, or nothing when there is no cache or it cannot be used: it can always be made again."""
    empty = Columns({}, 0)
    if not listings.is_file(path):  # a named pipe would be waited for
        return None, empty
    try:
        with safe_open(path, "np") as file:
            stamp = _STAMP.validate_python(parse_json((file.metadata() or {}).get("stamp", "{}")))
            table = file.get_tensor("columns")  # [names, lines]
    except (SafetensorError, OSError, ValueError):
        return None, empty
    is_table = table.dtype == np.float64 and table.ndim == 2 and len(table) == len(stamp.names)
    if stamp.format != FORMAT or not is_table or (stamp.names and "step" not in stamp.names):
        return None, empty
    return stamp, Columns(dict(zip(stamp.names, table, strict=True)), stamp.damaged)


def _keep(path: Path, stamp: _Stamp, columns: Columns) -> None:
    # A folder that cannot be written to costs the time of the next parse, nothing else.
    with suppress(OSError, SafetensorError), replacing(path) as part:
        save_file({"columns": np.stack(list(columns.values.values()))}, part, {"stamp": json.dumps(stamp._asdict())})
