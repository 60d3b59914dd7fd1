"""What each way of a convolution costs, forward and backward, for layers as nets have them; `nets/ways.py` follows it.

One core. All ways of a layer take turns, so that a busy machine slows all of them; the time is the process's own.
"""

import argparse
import itertools
import json
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.nets.convolutions import Gather, Plan, Spread
from ganlab.nets.ways import Shape, Ways, ways_for

BATCH = 64


class Layer(NamedTuple):
    """A convolution from a large map to a small one, or a transposed one back."""

    large_channels: int
    small_channels: int
    kernel: int
    stride: int
    size: int  # pixels of the large map's sides
    transposed: bool = False


IMAGES = (
    *(Layer(channels, 64, 4, 2, 64, back) for channels in (1, 3) for back in (False, True)),
    Layer(1, 24, 4, 2, 64),
    Layer(3, 32, 4, 2, 64),
    Layer(1, 48, 4, 2, 28),
)
MAPS = (
    *(Layer(64 * n, 128 * n, 4, 2, 32 // n) for n in (1, 2, 4)),
    *(Layer(24 * n, 48 * n, 4, 2, 32 // n) for n in (1, 2, 4)),
    Layer(256, 512, 4, 2, 8, transposed=True),
    Layer(48, 96, 4, 2, 14),
    *(Layer(width, width, 3, 1, size) for width, size in ((256, 4), (128, 8), (64, 16))),
    *(Layer(width, width // 2, 1, 1, size) for width, size in ((256, 4), (128, 8))),
)
LAYERS = [
    *((layer, torch.bfloat16) for layer in (*IMAGES, *MAPS)),
    *((layer, torch.float32) for layer in (*IMAGES, Layer(96, 192, 4, 2, 8))),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(json.dumps([measure(layer, dtype, options.rounds) for layer, dtype in LAYERS]))


def measure(layer: Layer, dtype: torch.dtype, rounds: int) -> dict[str, object]:
    """Milliseconds of each way of a layer, forward and backward, medians; and which of them the table takes."""
    padding = (layer.kernel - 1) // 2
    side = (layer.size + 2 * padding - layer.kernel) // layer.stride + 1
    shape = Shape(layer.kernel, layer.stride, padding, (layer.size,) * 2, (side,) * 2)
    taken = ways_for(layer.large_channels, shape, dtype)
    ways = [Ways(*names) for names in itertools.product(("kernel", "product"), repeat=3)]
    calls = {w: _call(layer, Plan(shape, w, dtype)) for w in ways if w.spread == "kernel" or layer.large_channels <= 4}
    times: dict[Ways, list[float]] = {way: [] for way in calls}
    for number in range(rounds + 2):
        for way, call in calls.items():
            began = time.process_time()
            call()
            if number >= 2:  # the first two warm up
                times[way].append((time.process_time() - began) * 1e3)
    medians = {way: statistics.median(values) for way, values in times.items()}
    return {
        "layer": dict(layer._asdict(), format=str(dtype).removeprefix("torch.")),
        "taken": " ".join(taken),
        "ms": {" ".join(way): round(value, 2) for way, value in medians.items()},
    }


def _call(layer: Layer, plan: Plan) -> Callable[[], None]:
    rng = torch.Generator().manual_seed(0)
    ends = (layer.large_channels, plan.shape.large), (layer.small_channels, plan.shape.small)
    (into, size), (out, other) = reversed(ends) if layer.transposed else ends
    x, grad = (
        torch.randn(BATCH, channels, *sides, generator=rng)
        .to(plan.dtype, memory_format=torch.channels_last)
        .requires_grad_()
        for channels, sides in ((into, size), (out, other))
    )
    weight = torch.randn(
        layer.small_channels, layer.large_channels, plan.shape.kernel, plan.shape.kernel, generator=rng
    )
    weight = weight.to(plan.dtype, memory_format=torch.channels_last).requires_grad_()

    def call() -> None:
        y: Tensor = Spread.apply(x, weight, plan) if layer.transposed else Gather.apply(x, weight, None, plan)
        torch.autograd.grad(y, (x, weight), grad.detach())

    return call


if __name__ == "__main__":
    main()
