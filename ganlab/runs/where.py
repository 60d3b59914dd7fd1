"""Where a run was sent to: a small file in its directory. A run without one is trained on this machine."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganlab import listings
from ganlab.foreign import read_json, reasons, shortened
from ganlab.runs.paths import RunFolder
from ganlab.system_errors import in_words
from ganlab.whole_files import replacing

LOCAL = "local"


class Where(BaseModel):
    """A place where runs are trained, and what a run is called there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backend: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    """Never implied: a file that has lost it says nothing, least of all that the run is trained here."""
    handle: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{0,100}$")] = ""
    """The number or name that the backend gave it; empty until it has."""


HERE = Where(backend=LOCAL)


def write_where(folder: RunFolder, where: Where) -> None:
    for path in (folder.where_copy, folder.where):
        with replacing(path, durable=True) as part:
            part.write_text(where.model_dump_json(indent=2), encoding="utf-8")


def read_where(folder: RunFolder) -> Where:
    """From `where.json`, or from its copy where that file is damaged or lost.

    ValueError names the file and the remedy: what was sent elsewhere must not be taken for a run of this machine.
    """
    problems = []
    for path in (folder.where, folder.where_copy):
        if not listings.is_there(path):
            continue
        try:
            return Where.model_validate(read_json(path))
        except ValidationError as error:
            problems.append(reasons(error, "its values"))
        except (OSError, ValueError) as error:
            problems.append(shortened(in_words(error, path), 300))
    if problems:
        raise ValueError(
            f"{folder.where} cannot be used ({problems[0]}); put the file back if you have it, or delete it and "
            f"{folder.where_copy.name} when the run is trained nowhere else"
        )
    return HERE


def is_here(folder: RunFolder) -> bool:
    """Whether its trainer is a process of this machine, whose lock tells whether it lives. ValueError as above."""
    return read_where(folder).backend == LOCAL
