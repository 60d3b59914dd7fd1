"""Datasets on their way into a pack, part by part: none has to be in memory as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ganlab.data.packs import Pack, PackHeader

PART = 1_000  # pictures that are in memory at a time: 49 MB at 128 px in colour

Progress = Callable[[float, str], None]
"""Called with a share in [0, 1] and a line of text."""


class Part(NamedTuple):
    """Some pictures."""

    images: Tensor  # uint8 [n, C, H, W]
    conditions: Tensor  # uint8 [n, D]


@dataclass(frozen=True, kw_only=True, slots=True)
class Making(PackHeader):
    """What a pack will say, and its pictures in their order, each part made when it is asked for."""

    count: int  # pictures in all
    parts: Iterator[Part]


def making(pack: Pack, order: Tensor | None = None) -> Making:
    """A pack that is there, in another order if one is given, int64 [N]."""
    places = torch.arange(len(pack.images)) if order is None else order
    parts = (Part(pack.images[some], pack.conditions[some]) for some in places.split(PART))
    return Making(count=len(places), parts=parts, **_header(pack))


def collected(made: Making) -> Pack:
    """All of it in memory."""
    images, conditions = zip(*made.parts, strict=True)
    return Pack(images=torch.cat(images), conditions=torch.cat(conditions), **_header(made))


def part_by_part(build: Callable[[Progress], Pack]) -> Callable[[Progress], Making]:
    """What makes a small dataset at once, as what makes it in parts."""
    return lambda progress: making(build(progress))


def _header(source: PackHeader) -> dict[str, Any]:
    return {one.name: getattr(source, one.name) for one in fields(PackHeader)}
