"""Which lessons somebody has done, as JSON that a browser keeps."""

import json
from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganlab.foreign import RealText, reasons

MOST_LETTERS = 10_000


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")
    ganlab: Literal["lessons"]
    done: Annotated[list[Annotated[RealText, Field(max_length=60)]], Field(max_length=100)]


def to_json(done: Collection[str]) -> str:
    """What `from_json` reads."""
    return json.dumps({"ganlab": "lessons", "done": sorted(done)})


def from_json(text: str, known: Collection[str]) -> frozenset[str]:
    """The lessons done, as far as they are `known`. ValueError for text that says nothing of lessons."""
    if len(text) > MOST_LETTERS:
        raise ValueError(f"it has {len(text):,} letters; at most {MOST_LETTERS:,} are read")
    try:
        found = _File.model_validate_json(text)
    except ValidationError as error:
        raise ValueError(f"it is no list of lessons ({reasons(error, 'the list')})") from error
    return frozenset(found.done) & frozenset(known)
