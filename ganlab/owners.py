"""Whom a run or an upload belongs to: a small file beside it."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ganlab.foreign import read_json, shortened
from ganlab.whole_files import replacing

MOST_IDENTITY = 2_000  # letters; OpenID Connect has a subject of at most 255
MOST_NAME = 320  # the longest e-mail address
MOST_BYTES = 65_536


class Person(BaseModel):
    """Somebody who has logged in. The issuer and its subject are the identity; the name is what others read.

    A name of more than `MOST_NAME` letters loses its middle.
    """

    model_config = ConfigDict(frozen=True)
    issuer: Annotated[str, Field(max_length=MOST_IDENTITY)]
    subject: Annotated[str, Field(max_length=MOST_IDENTITY)]
    name: Annotated[str, AfterValidator(lambda name: shortened(name, MOST_NAME))]

    @property
    def identity(self) -> tuple[str, str]:
        return self.issuer, self.subject


def write_owner(path: Path, person: Person) -> None:
    with replacing(path) as part:
        part.write_text(person.model_dump_json(indent=2), encoding="utf-8")


def read_owner(path: Path) -> Person | None:
    """The person in the file at `path`; None when there is no such file, or it is damaged."""
    try:
        return Person.model_validate(read_json(path, MOST_BYTES))
    except (OSError, ValueError):
        return None
