"""Shows: prepared views of the app, one after the other, each an address with a line of text; as JSON.

The JSON is `{"ganlab": "show", "views": [{"address": "sample?model=mnist-dcgan-28&live=7", "text": "A seven"}]}`.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from ganlab.foreign import RealText, parse_as, shortened

MOST = 100
MOST_ADDRESS, MOST_TEXT = 4_000, 200  # letters
MOST_BYTES = 2**20
_ADDRESS = re.compile(r"(?P<page>[a-z]+)(\?[^#\s\\]*)?")


class View(NamedTuple):
    """An address below the app's root, and what is said of it."""

    address: str
    text: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")
    address: Annotated[RealText, Field(min_length=1, max_length=MOST_ADDRESS)]
    text: Annotated[RealText, Field(max_length=MOST_TEXT)] = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")
    ganlab: Literal["show"]
    views: Annotated[list[_Entry], Field(max_length=MOST)]


def address_of(page: str, query: Mapping[str, Sequence[str]]) -> str:
    """The address of a page with its query. ValueError when it is too long."""
    address = f"{page}?{urlencode(query, doseq=True)}" if query else page
    if len(address) > MOST_ADDRESS:
        raise ValueError(f"the address of this page has {len(address):,} letters; a view has at most {MOST_ADDRESS:,}")
    return address


def line(text: str) -> str:
    """A text as a view can have it, and as `from_json` takes it: one line of what can be seen, and not too long."""
    return shortened(" ".join(text.split())[:MOST_TEXT])


def to_json(views: Sequence[View]) -> str:
    """What `from_json` reads."""
    return json.dumps({"ganlab": "show", "views": [view._asdict() for view in views]}, indent=1)


def from_json(content: str | bytes, pages: Collection[str]) -> list[View]:
    """The views of a JSON text. ValueError for one that is too large, damaged, something else, or leads elsewhere.

    pages: the names of pages that views may lead to.
    """
    found = parse_as(_File, content, what="file of a show", most=MOST_BYTES, remedy="save the show again")
    for number, entry in enumerate(found.views, 1):
        match = _ADDRESS.fullmatch(entry.address)
        if not match or match["page"] not in pages:
            raise ValueError(
                f"its view {number} leads to {shortened(entry.address, 60)!r}, which is no page of this app; "
                f"addresses begin with {', '.join(sorted(pages))}"
            )
    return [View(entry.address, line(entry.text)) for entry in found.views]
