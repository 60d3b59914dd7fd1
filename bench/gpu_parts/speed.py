"""How fast a step and the drawing of samples are, how much of the card that is, and where the time goes."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.flop_counter import FlopCounterMode

from bench.gpu_parts.peaks import bfloat16_teraflops
from bench.gpu_parts.profiling import profile
from bench.gpu_parts.records import Order, SamplingSpeed, Speed, StepSpeed
from bench.step import RECIPE, our_steps, plain_steps
from ganlab import data
from ganlab.data import Pack, Stream, to_float
from ganlab.devices import to_device
from ganlab.recipes import Recipe
from ganlab.step import train_step
from ganlab.training_state import start


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much is measured."""

    images: tuple[int, ...]  # pixels
    batches: tuple[int, ...]
    width: int
    steps: int  # of a turn
    turns: int
    samples: int  # of a batch
    profiled: int  # steps


REAL = Sizes(images=(28, 32, 64), batches=(64, 256), width=64, steps=20, turns=5, samples=1024, profiled=20)
TINY = Sizes(images=(28,), batches=(8,), width=8, steps=2, turns=2, samples=8, profiled=2)


def measure(order: Order, record: Speed, save: Callable[[], None]) -> None:
    sizes, device = TINY if order.rehearsal else REAL, torch.device(order.device)
    card = torch.cuda.get_device_name() if device.type == "cuda" else "a CPU"
    peak = bfloat16_teraflops(card)
    record.peak = f"{peak:g} TFLOP/s, dense bfloat16, of {card}" if peak else f"not known for {card}"
    digits = data.load("digits")
    for image_size in sizes.images:
        pack = data.resized(digits, image_size)
        for batch_size in sizes.batches:
            made = _recipe(image_size, batch_size, sizes.width)
            record.steps.append(_step_speed(made, pack, device, sizes, peak))
            save()
        record.sampling.append(_sampling_speed(made, pack, device, sizes))
        save()
    for batch_size in sizes.batches:
        made = _recipe(sizes.images[-1], batch_size, sizes.width)
        record.profiles.append(profile(made, pack, device, sizes.profiled))
        save()


def _recipe(image_size: int, batch_size: int, width: int) -> Recipe:
    return RECIPE.with_settings({"image_size": image_size, "batch_size": batch_size, "width": width})


def _step_speed(made: Recipe, pack: Pack, device: torch.device, sizes: Sizes, peak: float | None) -> StepSpeed:
    """Both loops in turns, so that whatever slows the machine slows both; medians over the turns."""
    ours = our_steps(made, pack, device)
    plain = plain_steps(made, pack.spec, device, _loaded(pack, made.batch_size))
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for turn in range(sizes.turns + 1):
        for name, steps in (("ours", ours), ("plain", plain)):
            seconds = _timed(steps, sizes.steps, device)
            if turn:  # the first chooses kernels
                times[name].append(seconds / sizes.steps)
    ours_s, plain_s = (statistics.median(values) for values in times.values())
    teraflops = _operations(made, pack, device) / ours_s / 1e12
    return StepSpeed(
        image_size=made.image_size,
        batch_size=made.batch_size,
        ours_ms=round(ours_s * 1e3, 3),
        plain_ms=round(plain_s * 1e3, 3),
        ratio=round(plain_s / ours_s, 2),
        images_per_second=round(made.batch_size / ours_s, 1),
        teraflops=round(teraflops, 3),
        share_of_peak=round(teraflops / peak, 5) if peak else None,
    )


def _loaded(pack: Pack, batch_size: int) -> Iterator[Tensor]:
    """Real images as a tutorial loads them, decoded beforehand: torchvision need not be there."""
    dataset = TensorDataset(to_float(pack.split("train")[0]))
    while True:
        for (images,) in DataLoader(dataset, batch_size=batch_size, shuffle=True, drop_last=True):
            yield images


def _timed(steps: Iterator[None], n: int, device: torch.device) -> float:
    """Seconds of `n` steps; both loops read a loss at the end of each, and so wait for the device."""
    began = time.perf_counter()
    for _ in islice(steps, n):
        pass
    wait_for(device)
    return time.perf_counter() - began


def _operations(made: Recipe, pack: Pack, device: torch.device) -> int:
    """Floating point operations of a step, forwards and backwards, by torch's own counter."""
    run = start(made, pack.spec, device)
    batch = Stream(pack, batch_size=made.batch_size, seed=0, device=device).batch(0)
    with FlopCounterMode(display=False) as counter:
        train_step(run, batch)
    return counter.get_total_flops()


@torch.inference_mode()
def _sampling_speed(made: Recipe, pack: Pack, device: torch.device, sizes: Sizes) -> SamplingSpeed:
    """Of the averaged generator, as snapshots draw: latents from the CPU, float32."""
    run = start(made, pack.spec, device)
    rng = torch.Generator().manual_seed(0)

    def draw() -> None:
        run.ema["generator"](to_device(run.latent.sample(sizes.samples, rng), device))

    for _ in range(3):
        draw()
    wait_for(device)
    began = time.perf_counter()
    for _ in range(sizes.steps):
        draw()
    wait_for(device)
    seconds = (time.perf_counter() - began) / sizes.steps
    return SamplingSpeed(
        image_size=made.image_size, batch_size=sizes.samples, images_per_second=round(sizes.samples / seconds, 1)
    )


def wait_for(device: torch.device) -> None:
    """Return when the device has done what it was asked for."""
    if device.type == "cuda":
        torch.cuda.synchronize()
