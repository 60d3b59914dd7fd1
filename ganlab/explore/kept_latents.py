"""Latents that somebody keeps, in an order of their own, some with names: JSON for files and browsers, and a link.

The JSON is `{"ganlab": "kept latents", "model": ..., "latents": [{"latent": "7@0.8;digit=3", "name": "my seven"}]}`.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict, Field

from ganlab.counting import counted
from ganlab.explore import points
from ganlab.explore.points import Point
from ganlab.foreign import RealText, parse_as, shortened

MOST = 128
MOST_NAME = 60  # letters
MOST_MODEL = 200
MOST_BYTES = 2**20
MOST_LATENT = 20_000  # letters
LINK, LINK_NAMES = "tray-latents", "names"  # in an address
MOST_LINK = 6_000  # letters: browsers and servers take 8,000


class Kept(NamedTuple):
    """A latent that somebody keeps."""

    point: Point
    name: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")
    latent: Annotated[RealText, Field(min_length=1, max_length=MOST_LATENT)]
    name: Annotated[RealText, Field(max_length=MOST_NAME)] = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")
    ganlab: Literal["kept latents"]
    model: Annotated[RealText, Field(max_length=MOST_MODEL)] = ""
    latents: Annotated[list[_Entry], Field(max_length=MOST)]


class Read(NamedTuple):
    """What a JSON text held."""

    kept: list[Kept]
    model: str  # that they were kept with, where that is said


def called(text: str) -> str:
    """A name as it can be kept, and as `from_json` takes it: of what can be seen, and not too long."""
    return shortened(text[:MOST_NAME]).strip()


def to_json(kept: Sequence[Kept], model: str = "") -> str:
    """What `from_json` reads; `model` is the one that was open."""
    entries = [{"latent": str(one.point), "name": one.name} for one in kept]
    return json.dumps({"ganlab": "kept latents", "model": shortened(model, MOST_MODEL), "latents": entries}, indent=1)


def from_json(content: str | bytes) -> Read:
    """The latents of a JSON text. ValueError for one that is too large, damaged, or something else."""
    found = parse_as(_File, content, what="file of kept latents", most=MOST_BYTES, remedy="export them again")
    kept = []
    for number, entry in enumerate(found.latents, 1):
        try:
            found_here = points.parse(entry.latent)
        except ValueError as error:
            raise ValueError(f"its latent {number} cannot be read ({error})") from error
        if len(found_here) != 1:
            raise ValueError(f"its latent {number} cannot be read (it holds {len(found_here)}; each has an entry)")
        kept.append(Kept(found_here[0], called(entry.name)))
    return Read(kept, found.model)


def to_query(kept: Sequence[Kept]) -> dict[str, str]:
    """The latents as parts of an address. ValueError where they are too long for one."""
    query = {LINK: points.write([one.point for one in kept])}
    if any(one.name for one in kept):
        query[LINK_NAMES] = ",".join(quote(one.name, safe=" ") for one in kept)
    if sum(map(len, query.values())) > MOST_LINK:
        raise ValueError("these are too long for a link; export them as a file instead")
    return query


def from_query(kept: str, names: str = "") -> list[Kept]:
    """What `to_query` wrote. ValueError for text that names no latents."""
    if len(kept) + len(names) > 2 * MOST_LINK:
        raise ValueError("the link is too long")
    found = points.parse(kept)
    if len(found) > MOST:
        raise ValueError(f"the link names {counted(len(found), 'latent')}; at most {MOST} are kept")
    told = [called(unquote(name)) for name in names.split(",")] if names else []
    return _readable([Kept(point, name) for point, name in zip(found, [*told, *[""] * len(found)], strict=False)])


def added(kept: Sequence[Kept], more: Sequence[Kept]) -> list[Kept]:
    """Both, each latent once, under the newer name where it has one. ValueError when they are too many."""
    names = {one.point: one.name for one in kept}
    for one in more:
        names[one.point] = one.name or names.get(one.point, "")
    if len(names) > MOST:
        raise ValueError(f"at most {MOST} latents are kept, and there would be {len(names)}; forget some first")
    return _readable([Kept(point, name) for point, name in names.items()])


def _readable(kept: list[Kept]) -> list[Kept]:
    """They, if `from_json` would read them again; a browser that keeps others loses them all. ValueError if not."""
    if any(len(str(one.point)) > MOST_LATENT for one in kept) or len(to_json(kept)) > MOST_BYTES:
        raise ValueError("these latents are too long to be kept; keep fewer, or such with fewer factors")
    return kept
