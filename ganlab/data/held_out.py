"""A test split for datasets that come without one: some of the training images, chosen by what is in them."""

import hashlib
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.counting import counted
from ganlab.data.packs import Pack

SHARE = 0.1  # of the training images


class HeldOut(NamedTuple):
    """How a pack is split anew."""

    order: Tensor  # int64 [N]: the places of its images, those for training first
    train: int
    some: bool  # whether any is held out: not where all are alike


def hold_out(pack: Pack) -> HeldOut | None:
    """A tenth of the training images of a pack without a test split; None for one that has its own.

    The choice goes by a digest of pixels and conditions, so that it does not depend on the order of the images, and
    equal images stay on one side. A pack of images that are all equal, or of one, stays without. ValueError for no
    training images.
    """
    if pack.train < 1:
        raise ValueError(
            f"none of {counted(len(pack.images), 'image')} of {pack.spec.name} is for training; look at the list that "
            "splits them"
        )
    if pack.train < len(pack.images):
        return None
    digests = [_digest(pack, place) for place in range(len(pack.images))]
    distinct = sorted(set(digests))
    chosen = set(distinct[: min(max(1, round(SHARE * len(distinct))), len(distinct) - 1)])
    test = torch.tensor([digest in chosen for digest in digests])
    order = torch.cat([(~test).nonzero().flatten(), test.nonzero().flatten()])
    return HeldOut(order, len(test) - int(test.sum()), bool(chosen))


def split_summary(pack: Pack) -> str:
    """How many images each split has, and where the test split is from, in words."""
    test = len(pack.images) - pack.train
    words = f"{pack.train:,} training and {counted(test, 'test image')}"
    if pack.held_out:
        return f"{words} (a tenth of the training images, held out: the source has no test images)"
    return words if test else f"{words} (what needs test images is not measured)"


def _digest(pack: Pack, place: int) -> bytes:
    pixels, conditions = pack.images[place].contiguous(), pack.conditions[place].contiguous()
    return hashlib.blake2b(pixels.numpy().tobytes() + conditions.numpy().tobytes(), digest_size=16).digest()
