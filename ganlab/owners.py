"""Whom a run or an upload belongs to: a small file beside it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ganlab.foreign import read_json
from ganlab.whole_files import replacing


class Person(BaseModel):
    """Somebody who has logged in. The issuer and its subject are the identity; the name is what others read."""

    model_config = ConfigDict(frozen=True)
    issuer: str
    subject: str
    name: str

    @property
    def identity(self) -> tuple[str, str]:
        return self.issuer, self.subject


def write_owner(path: Path, person: Person) -> None:
    with replacing(path) as part:
        part.write_text(person.model_dump_json(indent=2), encoding="utf-8")


def read_owner(path: Path) -> Person | None:
    """The person in the file at `path`; None when there is no such file, or it is damaged."""
    try:
        return Person.model_validate(read_json(path))
    except (OSError, ValueError):
        return None
