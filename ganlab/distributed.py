"""Several processes that train one model: what each has of a batch, and how they come to the same weights.

Every process holds all weights and a part of each batch. What is not a mean over images (batch norm's statistics,
random numbers, losses that compare the images of a batch) is made for the whole batch, so that the mean of the
processes' gradients is the gradient of one process with the whole batch. There is no wrapper around the nets: where a
turn leaves a weight out, as a penalty alone does, one would let the processes drift apart and say nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import torch
import torch.distributed as dist
from torch import Tensor

P = ParamSpec("P")
LARGEST_DIFFERENCE = 1e-3
"""Between the processes' weights, beside the largest weight: processors of two kinds round differently, and no more."""


class ProcessLost(ValueError):
    """Another process of the run has ended, or does not answer."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Those that train a run together, as one of them sees it; the first (rank 0) decides, and writes the files.

    Every method but the properties has to be called by all of them, in the same order. Alone, none does anything.
    """

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        return self.rank == 0

    @property
    def part(self) -> "Part":
        """What this one has of a batch."""
        return Part(self.rank, self.count, self)

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Make each tensor the mean of those that the processes have in its place; in one message."""
        if self.count > 1:
            self._exchange(list(tensors), lambda flat: dist.all_reduce(flat), self.count)

    def copy_first(self, tensors: Iterable[Tensor]) -> None:
        """Make each tensor that of the first process."""
        if self.count > 1:
            alike: dict[tuple[torch.dtype, torch.device], list[Tensor]] = {}
            for tensor in tensors:
                alike.setdefault((tensor.dtype, tensor.device), []).append(tensor)
            for group in alike.values():
                self._exchange(group, lambda flat: dist.broadcast(flat, 0))

    def average_gradients(self, weights: Iterable[Tensor]) -> None:
        """Make each gradient the mean of the processes'; a weight without one has none in any process."""
        if self.count > 1:
            self.average([weight.grad for weight in weights if weight.grad is not None])

    def any(self, wish: bool) -> bool:
        """Whether one of them wishes it: all get the same answer, at the same step."""
        if self.count == 1:
            return wish
        wishes = torch.tensor([float(wish)])
        with lost_in_words():
            dist.all_reduce(wishes)
        return bool(wishes.item())

    def mean(self, values: Tensor) -> Tensor:
        """The mean of the processes' values; gradients go back through it to all of them, of any order."""
        return values if self.count == 1 else _Sum.apply(values) / self.count

    def side_by_side(self, values: Tensor) -> Tensor:
        """Values [...] of each process => [count, ...], in the order of their ranks; gradients go back as by `mean`."""
        rows = [values if rank == self.rank else torch.zeros_like(values) for rank in range(self.count)]
        return torch.stack(rows) if self.count == 1 else _Sum.apply(torch.stack(rows))

    def check_alike(self, weights: Sequence[Tensor]) -> None:
        """ValueError where the weights of the processes have drifted apart; what overflowed is for the monitor."""
        if self.count == 1:
            return
        own = torch.cat([weight.detach().reshape(-1) for weight in weights]).nan_to_num(0, 0, 0)
        shared = own.clone()
        self.average([shared])
        largest = shared.abs().max().clamp_min(1e-12)
        apart = float((own - shared).abs().max() / largest)
        if self.any(apart > LARGEST_DIFFERENCE):
            raise ValueError(
                "the processes of this run no longer have the same weights, so it ends here; resume it from its last "
                "saved state, and tell us: this must not happen"
            )

    def _exchange(self, tensors: list[Tensor], send: Callable[[Tensor], object], share: int = 1) -> None:
        if not tensors:
            return
        with torch.no_grad():
            flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
            with lost_in_words():
                send(flat)
            if share > 1:
                flat /= share
            for tensor, values in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
                tensor.copy_(values.view(tensor.shape))


@contextmanager
def lost_in_words() -> Iterator[None]:
    """Make a ProcessLost of what torch says when it cannot reach another process."""
    try:
        yield
    except RuntimeError as error:  # all that torch says, of a closed connection and of a limit that is over
        raise ProcessLost(
            "another process of this run has ended or does not answer, so it ends here; resume it: it goes on from "
            f"its last saved state ({' '.join(str(error).split())[:200]})"
        ) from error


ALONE = Processes()


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a step's batch some images are: one of `count` that are equally large, in order."""

    index: int = 0
    count: int = 1
    processes: Processes = ALONE  # that have the other parts, where not this one has them all

    def of(self, rows: Tensor) -> Tensor:
        """The part's own of the rows of the whole batch."""
        size = len(rows) // self.count
        return rows[self.index * size : (self.index + 1) * size]

    def drawn(
        self, images: int, draw: Callable[Concatenate[int, P], Tensor], *args: P.args, **kwargs: P.kwargs
    ) -> Tensor:
        """Random rows for the part's `images`: what `draw` makes for the whole batch, less what is for others.

        `draw` gets the number of rows, then the other arguments.
        """
        return self.of(draw(images * self.count, *args, **kwargs))

    def split(self, parts: int) -> list["Part"]:
        """It in so many parts."""
        return [Part(self.index * parts + number, self.count * parts, self.processes) for number in range(parts)]


WHOLE = Part()


class _Sum(torch.autograd.Function):
    """The sum of what the processes have; its gradient is the sum of the gradients that they have of it."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.contiguous().clone()
        with lost_in_words():
            dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return _Sum.apply(grad)
