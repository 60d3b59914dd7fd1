"""Differentiable augmentation (Zhao et al. 2020): how pictures are changed before a discriminator sees them.

Real and generated pictures go through the same changes in the turns of both players, so that a discriminator cannot
learn a small dataset by heart, and the generator does not learn the changes.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from ganlab.counting import counted
from ganlab.devices import to_device
from ganlab.distributed import WHOLE, Part

Augment = Literal[
    "auto",
    "none",
    "colour",
    "translation",
    "cutout",
    "colour,translation",
    "colour,cutout",
    "translation,cutout",
    "colour,translation,cutout",
]
"""What a recipe may ask for: changes by name, or that the number of training images decides."""

FEW_IMAGES = 10_000  # below so many training images `auto` means all changes, ...
FEWEST_PASSES = 100
"""... where a run sees each so many times. After 53 passes over 300 pictures models without changes were the better
ones in every case that was tried (docs/few-pictures.md): there was not the time to learn them by heart."""
SHIFT = 1 / 8  # of the picture's size, at most
CUT = 1 / 2  # of the picture's size: the side of the square that is cut out


class Change(NamedTuple):
    """One kind of change: what is drawn for each picture, and what it does to it."""

    draw: Callable[[int, int, torch.Generator], Tensor]  # pictures B, their size in pixels => numbers [B, K]
    apply: Callable[[Tensor, Tensor], Tensor]  # pictures [B, C, H, W], those numbers => pictures


Drawn = dict[str, Tensor]
"""The numbers [B, K] of each change, by its name, in the order in which they are applied."""


def changes_for(setting: Augment, images: int, seen: int) -> tuple[str, ...]:
    """Names of the changes that `setting` stands for, of `images` training images of which a run sees `seen` in all."""
    if setting == "auto":
        return tuple(CHANGES) if images < FEW_IMAGES and seen >= FEWEST_PASSES * images else ()
    return tuple(name for name in setting.split(",") if name != "none")


def in_words(setting: Augment, images: int, seen: int) -> str:
    """Which changes pictures go through, and why; empty where there are none."""
    if not (names := changes_for(setting, images, seen)):
        return ""
    told = ", ".join(names)
    if setting != "auto":
        return told
    passes = f"{seen / max(1, images):,.0f}"
    number = counted(images, "training image is", "training images are")
    return f"{told} (by itself: {number} fewer than {FEW_IMAGES:,}, each is seen {passes} times)"


def draw_changes(names: tuple[str, ...], images: Tensor, rng: torch.Generator, part: Part = WHOLE) -> Drawn:
    """Random numbers for pictures [B, C, H, W] like these, on their device; `part` of the step's batch they are."""
    count, size = len(images), images.shape[-1]
    return {name: to_device(part.drawn(count, CHANGES[name].draw, size, rng), images.device) for name in names}


def changed(images: Tensor, drawn: Drawn) -> Tensor:
    """Pictures [B, C, H, W] in [-1, 1] after the changes; a gradient goes back through all of them.

    What comes in from outside, and what is cut out, is 0: the middle between black and white. Brightness and contrast
    may leave the range.
    """
    for name, numbers in drawn.items():
        images = CHANGES[name].apply(images, numbers)
    return images.contiguous(memory_format=torch.channels_last)


def _draw_colour(count: int, size: int, rng: torch.Generator) -> Tensor:
    """Shift of the brightness in [-0.5, 0.5), factors of saturation in [0, 2) and of contrast in [0.5, 1.5)."""
    return torch.rand(count, 3, generator=rng) * torch.tensor([1.0, 2.0, 1.0]) + torch.tensor([-0.5, 0.0, 0.5])


def _colour(images: Tensor, numbers: Tensor) -> Tensor:
    """Brightness, saturation and contrast, in this order; grey pictures have no saturation."""
    brightness, saturation, contrast = (column[:, None, None, None] for column in numbers.unbind(1))
    images = images + brightness
    if images.shape[1] > 1:
        grey = images.mean(1, keepdim=True)
        images = grey + (images - grey) * saturation
    middle = images.mean((1, 2, 3), keepdim=True)
    return middle + (images - middle) * contrast


def _draw_translation(count: int, size: int, rng: torch.Generator) -> Tensor:
    """Whole pixels down and to the right."""
    most = int(size * SHIFT + 0.5)
    return torch.randint(-most, most + 1, (count, 2), generator=rng)


def _translation(images: Tensor, numbers: Tensor) -> Tensor:
    for dim, shift in zip((2, 3), numbers.unbind(1), strict=True):
        size = images.shape[dim]
        source = torch.arange(size, device=images.device) - shift[:, None]  # [B, size]: where each line comes from
        shape = [len(images), 1, 1, 1]
        shape[dim] = size
        lines = source.clamp(0, size - 1).view(shape).expand(images.shape)
        images = images.gather(dim, lines) * (source == source.clamp(0, size - 1)).view(shape)
    return images


def _draw_cutout(count: int, size: int, rng: torch.Generator) -> Tensor:
    """The middle of the square, row and column, in pixels."""
    return torch.randint(0, size + 1 - _cut(size) % 2, (count, 2), generator=rng)


def _cutout(images: Tensor, numbers: Tensor) -> Tensor:
    size = images.shape[-1]
    line = torch.arange(size, device=images.device)
    first = numbers - _cut(size) // 2  # [B, 2]
    rows, columns = ((line >= start[:, None]) & (line < start[:, None] + _cut(size)) for start in first.unbind(1))
    return images * ~(rows[:, None, :, None] & columns[:, None, None, :])


def _cut(size: int) -> int:
    return int(size * CUT + 0.5)


CHANGES: dict[str, Change] = {
    "colour": Change(_draw_colour, _colour),
    "translation": Change(_draw_translation, _translation),
    "cutout": Change(_draw_cutout, _cutout),
}
"""In the order in which they are applied."""
