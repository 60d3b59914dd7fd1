"""Colours that no label names: those of clothes and background in drawn faces, read off the pixels."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.data import to_float
from ganlab.latents import Category


class Area(NamedTuple):
    """A part of the picture, and the colours that it can have."""

    factor: Category
    rows: slice  # of 64
    columns: slice  # of 64
    palette: tuple[tuple[str, str], ...]  # colours as hexadecimal digits, each with its label


CLOTHES = Area(
    Category(name="clothes", labels=("blue", "white", "green", "yellow", "red")),
    slice(57, 64),
    slice(18, 46),
    (
        ("65c9ff", "blue"),
        ("5199e4", "blue"),
        ("25557c", "blue"),
        ("e6e6e6", "white"),
        ("a7ffc4", "green"),
        ("ffffb1", "yellow"),
        ("ff488e", "red"),
        ("ff5c5c", "red"),
    ),
)
BACKGROUND = Area(
    Category(name="background", labels=("blue", "violet", "pink", "orange", "green")),
    slice(0, 12),
    slice(0, 10),
    (
        ("b6e3f4", "blue"),
        ("c0aede", "violet"),
        ("d1d4f9", "violet"),
        ("ffd5dc", "pink"),
        ("ffdfbf", "orange"),
        ("c9ecd0", "green"),
    ),
)


def read_colours(area: Area, images: Tensor) -> Tensor:
    """Ones at the label whose colour is nearest to the area's median, float32 [N, labels].

    Images are uint8 [N, 3, H, W] of any size.
    """
    height, width = images.shape[2:]
    part = to_float(images[:, :, _scaled(area.rows, height), _scaled(area.columns, width)]).flatten(2)
    colours = torch.tensor([list(bytes.fromhex(digits)) for digits, _ in area.palette]) * (2 / 255) - 1
    nearest = torch.cdist(part.median(2).values, colours).argmin(1)
    labels = torch.tensor([area.factor.labels.index(label) for _, label in area.palette])
    return torch.nn.functional.one_hot(labels[nearest], area.factor.dim).float()


def _scaled(part: slice, side: int) -> slice:
    """The pixels of `side` that `part` of 64 touches: at least one."""
    return slice(math.floor(part.start * side / 64), math.ceil(part.stop * side / 64))
