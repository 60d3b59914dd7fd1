"""Whole-file JSON, so that whatever cuts a run short leaves the last state of every record."""

from pathlib import Path

from pydantic import BaseModel

from ganlab.whole_files import replacing


def write(record: BaseModel, path: Path) -> None:
    """Put the record in the place of what `path` held."""
    with replacing(path) as part:
        part.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
