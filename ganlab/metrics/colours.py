"""Colours that no label names, such as those of clothes in drawn faces, read off the pixels."""

import math

import torch
from torch import Tensor

from ganlab.data import to_float
from ganlab.data.evaluation import Area


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
