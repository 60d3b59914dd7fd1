"""Gradient accumulation: a batch that goes through the nets in parts, one after the other, as if it went at once.

Every part begins with the random generators and the buffers as they were when the turn began: each then draws the
whole batch's numbers and takes its own, and spectral norm's estimate moves on once a turn. Batch norm alone sees the
difference: its statistics are those of a part.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganlab.data import Batch
from ganlab.types import Drawn

DrawPart = Callable[[Batch], Drawn]


class Randomness(NamedTuple):
    """States of the generators that a turn draws from: the run's, and torch's own, which dropout uses."""

    of_run: Tensor
    of_torch: Tensor
    of_device: Tensor | None


class Drawing(NamedTuple):
    """The images of a step in parts, without the graphs that lead to them: those would fill the memory."""

    parts: list[Batch]
    drawn: list[Drawn]
    before: Randomness  # where they began, ...
    buffers: dict[str, Tensor]  # ... as did the nets' buffers: to draw them again


@torch.no_grad()
def draw_parts(draw: DrawPart, nets: nn.Module, parts: list[Batch], rng: torch.Generator) -> Drawing:
    """Draw the images of a step, once for all phases."""
    before, buffers = _now(rng, parts[0]), {name: buffer.clone() for name, buffer in nets.named_buffers()}
    return Drawing(parts, [draw(part) for part in _each_anew(parts, nets, rng)], before, buffers)


def turn(
    draw: DrawPart, nets: nn.ModuleDict, drawing: Drawing, rng: torch.Generator, again: Sequence[str]
) -> Iterator[tuple[Batch, Drawn]]:
    """Each part with its images for one phase's turn.

    `again` names the nets that draw, where the phase moves one of them: the images are then drawn again, with their
    graph, from buffers that are as they were before.
    """
    for name, value in drawing.buffers.items():
        if name.split(".")[0] in again:
            nets.get_buffer(name).copy_(value)
    for number, part in enumerate(_each_anew(drawing.parts, nets, rng)):
        drawn = drawing.drawn[number]
        if again:
            here = _now(rng, part)
            _put_back(drawing.before, rng, part)
            drawn = draw(part)
            _put_back(here, rng, part)
        yield part, drawn


def _each_anew(parts: list[Batch], nets: nn.Module, rng: torch.Generator) -> Iterator[Batch]:
    """The parts of a turn, before each of which generators and buffers go back to where the turn began.

    Afterwards the buffers are the means of what the parts made of them. They change between the parts only: a graph
    that has not been walked yet may need them.
    """
    before, buffers = _now(rng, parts[0]), list(nets.buffers())
    began = [buffer.clone() for buffer in buffers]
    moved = [torch.zeros_like(buffer) for buffer in buffers]
    for part in parts:
        _put_back(before, rng, part)
        for buffer, value in zip(buffers, began, strict=True):
            buffer.copy_(value)
        yield part
        for total, buffer, value in zip(moved, buffers, began, strict=True):
            total += buffer - value
    for buffer, value, total in zip(buffers, began, moved, strict=True):
        mean = total / len(parts) if total.is_floating_point() else total // len(parts)
        buffer.copy_(value + mean)


def _now(rng: torch.Generator, part: Batch) -> Randomness:
    device = part.images.device
    on_gpu = torch.cuda.get_rng_state(device) if device.type == "cuda" else None
    return Randomness(rng.get_state(), torch.get_rng_state(), on_gpu)


def _put_back(state: Randomness, rng: torch.Generator, part: Batch) -> None:
    rng.set_state(state.of_run)
    torch.set_rng_state(state.of_torch)
    if state.of_device is not None:
        torch.cuda.set_rng_state(state.of_device, part.images.device)
