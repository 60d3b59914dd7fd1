"""Which lessons somebody has done, as JSON that a browser keeps."""

import json
from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ganlab.foreign import RealText, parse_as

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
    found = parse_as(_File, text, what="list of lessons", whole="the list", most=MOST_LETTERS)
    return frozenset(found.done) & frozenset(known)
