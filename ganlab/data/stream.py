"""Batches drawn from a pack, and the border between bytes and floats."""

import math
from dataclasses import replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab.data.packs import Pack
from ganlab.data.spec import POINT
from ganlab.devices import to_device
from ganlab.distributed import WHOLE, Part

FULL = 3 * 64 * 64  # numbers of an image up to which as many are looked at together as is fastest


class Batch(NamedTuple):
    """Real images and what is known of them, on the training device."""

    images: Tensor  # float32 [B, C, H, W], in [-1, 1]
    conditions: Tensor  # float32 [B, D], 0 or 1: the columns of the dataset's conditions
    part: Part = WHOLE  # which part of the step's batch they are
    before: Tensor | None = None  # of a part: conditions [1, D] of the image before its first, the last for the first

    @property
    def neighbours(self) -> Tensor:
        """Conditions [B, D] of the image before each in the whole batch, whose first follows its last."""
        last = self.conditions[-1:] if self.before is None else self.before
        return torch.cat([last, self.conditions[:-1]])

    def split(self, parts: int) -> list["Batch"]:
        """It in so many equal parts."""
        images, conditions = self.images.chunk(parts), self.conditions.chunk(parts)
        before = [self.neighbours[:1], *(those[-1:] for those in conditions[:-1])]
        return [Batch(*values) for values in zip(images, conditions, self.part.split(parts), before, strict=True)]


class Stream:
    """Batches of the train split in shuffled epochs; which images a step gets depends on nothing but the step.

    Epoch `e` uses the permutation of seed `(seed, e)`, so that resuming at a step needs no stored position.
    """

    def __init__(
        self,
        pack: Pack,
        *,
        batch_size: int,
        seed: int,
        device: torch.device,
        mirror: bool = False,
        part: Part = WHOLE,
    ) -> None:
        images, conditions = pack.split("train")
        if batch_size > len(images):
            raise ValueError(
                f"batch_size {batch_size} is larger than the number of training images of "
                f"{pack.spec.name!r}; choose at most {len(images)}"
            )
        self.images = images.to(device)
        self.conditions = conditions.to(device)
        self.batch_size = batch_size
        self.seed = seed
        self.mirror = mirror  # left to right, each image half of the time
        self.part = part  # of each batch that comes out
        self._orders: dict[int, Tensor] = {}  # at most two epochs, on the device

    def batch(self, step: int) -> Batch:
        """The batch of step `step` (from 0), or the stream's part of it; a batch may span two epochs."""
        total = len(self.images)
        start = step * self.batch_size
        epoch, offset = divmod(start, total)
        order = self._order(epoch)[offset : offset + self.batch_size]
        if len(order) < self.batch_size:
            order = torch.cat([order, self._order(epoch + 1)[: self.batch_size - len(order)]])
        order, whole = self.part.of(order), order
        images = to_float(self.images.index_select(0, order))
        if self.mirror:
            rng = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
            chosen = to_device(self.part.of(torch.rand(self.batch_size, 1, 1, 1, generator=rng)), images.device) < 0.5
            images = torch.where(chosen, images.flip(3), images)
        conditions = self.conditions[order].float()
        if self.part.count == 1:
            return Batch(images, conditions)
        before = whole[len(order) * self.part.index - 1].view(1)
        return Batch(images, conditions, self.part, self.conditions[before].float())

    def _order(self, epoch: int) -> Tensor:
        if epoch not in self._orders:
            rng = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
            self._orders = {e: o for e, o in self._orders.items() if e >= epoch - 1}
            self._orders[epoch] = to_device(torch.randperm(len(self.images), generator=rng), self.images.device)
        return self._orders[epoch]


def at_once(shape: tuple[int, int, int], most: int) -> int:
    """How many images of this shape are floats at a time: `most` up to 64 px in colour, fewer of larger ones."""
    return max(1, min(most, most * FULL // math.prod(shape)))


def to_float(images: Tensor) -> Tensor:
    """Images as packs hold them => float32: uint8 pixels in [-1, 1], points as they are."""
    if images.is_floating_point():
        return images.float()
    return images.float().mul_(2 / 255).sub_(1)


def to_uint8(images: Tensor) -> Tensor:
    """Floats in [-1, 1] => uint8 pixels, rounded to nearest."""
    return images.float().add(1).mul_(255 / 2).round_().clamp_(0, 255).byte()


def as_packed(images: Tensor) -> Tensor:
    """What a generator makes [B, C, H, W] => as packs hold it: pixels as uint8, points as float32."""
    return images.float() if images.shape[-1] == POINT else to_uint8(images)


def resized(pack: Pack, size: int) -> Pack:
    """The same dataset at `size` x `size` pixels (bilinear, antialiased when it shrinks)."""
    if size == pack.spec.size:
        return pack
    if size < 1:
        raise ValueError(f"no image has {size} pixels a side; choose 1 or more")
    if pack.spec.points or size == POINT:
        raise ValueError(
            f"{pack.spec.name} has images of {pack.spec.size} px: points and pictures do not become others"
        )
    largest = max(size, pack.spec.size)
    parts = [
        F.interpolate(part.float(), (size, size), mode="bilinear", antialias=size < pack.spec.size)
        .round_()
        .clamp_(0, 255)
        .byte()
        for part in pack.images.split(at_once((pack.spec.channels, largest, largest), 4096))  # some hundred megabytes
    ]
    return replace(pack, spec=replace(pack.spec, size=size), images=torch.cat(parts))
