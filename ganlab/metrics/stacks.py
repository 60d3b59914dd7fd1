"""Modes of pictures whose channels are pictures of digits: which stacks are drawn, and how evenly (Stacked MNIST)."""

import math

import torch
from torch import Tensor

from ganlab.data import catalogue
from ganlab.metrics.readers import Reader, reader


def channel_reader(name: str) -> Reader | None:
    """The classifier that reads each channel of the pictures of the dataset `name`; None where there is none."""
    of = catalogue.evaluation(name).channels_of
    return reader(of) if of else None


def read_stacks(images: Tensor, known: Reader) -> tuple[Tensor, int]:
    """The mode of each picture, int64 [N], of uint8 images [N, C, H, W], and how many modes there are."""
    n, channels, height, width = images.shape
    classes = len(known.data.classes)
    digits = known.read(images.reshape(n * channels, 1, height, width)).probabilities.argmax(1).view(n, channels)
    places = classes ** torch.arange(channels - 1, -1, -1)
    return (digits * places).sum(1), classes**channels


def modes_drawn(stacks: Tensor) -> int:
    """Number of different modes among those of pictures [N]."""
    return len(stacks.unique())


def divergence_from_uniform(stacks: Tensor, modes: int) -> float:
    """KL(shares || uniform) in nats of the modes of pictures [N]; about (modes - 1) / (2 N) for an even generator."""
    return shares_divergence(torch.bincount(stacks, minlength=modes).double() / len(stacks))


def shares_divergence(shares: Tensor) -> float:
    """KL(shares || uniform) in nats of the shares [K] of modes."""
    return math.log(len(shares)) - torch.special.entr(shares).sum().item()
