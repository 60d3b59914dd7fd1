"""Which kernels a step's time goes to, and how long none runs."""

from collections.abc import Iterable
from typing import Any

import torch
from torch.profiler import ProfilerActivity

from bench.gpu_parts.records import Kernel, Profile
from ganlab.data import Pack, Stream
from ganlab.recipes import Recipe
from ganlab.step import train_step
from ganlab.training_state import start

MOST_KERNELS = 15
WARM_UP = 10  # steps


def profile(made: Recipe, pack: Pack, device: torch.device, steps: int) -> Profile:
    """Of `steps` steps of the loop; on a CPU, its operations stand for kernels and gaps are not known."""
    run = start(made, pack.spec, device)
    stream = Stream(pack, batch_size=made.batch_size, seed=0, device=device)
    for _ in range(WARM_UP if device.type == "cuda" else 1):
        train_step(run, stream.batch(run.step))
    on_gpu = device.type == "cuda"
    if on_gpu:
        torch.cuda.synchronize()
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
    with torch.profiler.profile(activities=activities) as profiler:
        for _ in range(steps):
            train_step(run, stream.batch(run.step))
        if on_gpu:
            torch.cuda.synchronize()
    kernels = [event for event in profiler.events() if _is_kernel(event)]
    spans = [(event.time_range.start, event.time_range.end) for event in kernels]
    by_name = [
        (
            average.key,
            average.count,
            average.self_device_time_total if on_gpu else average.self_cpu_time_total,
        )
        for average in profiler.key_averages()
        if not on_gpu or _is_kernel(average)
    ]
    total = sum(microseconds for _, _, microseconds in by_name) or 1.0
    return Profile(
        image_size=made.image_size,
        batch_size=made.batch_size,
        steps=steps,
        kernels=[
            Kernel(name=name[:120], calls=calls, ms=round(microseconds / 1e3, 4), share=round(microseconds / total, 4))
            for name, calls, microseconds in sorted(by_name, key=lambda row: -row[2])[:MOST_KERNELS]
        ],
        share_without_kernel=round(1 - busy_share(spans), 4) if on_gpu else None,
    )


def _is_kernel(event: Any) -> bool:
    """Whether it is work of the GPU itself, and not a name that the profiler lays over a stretch of it."""
    return bool(event.device_type.name == "CUDA" and not event.is_user_annotation)


def busy_share(spans: Iterable[tuple[float, float]]) -> float:
    """Share of the time from the first begin to the last end that lies in any of the spans; 0 for none."""
    ordered = sorted(spans)
    if not ordered:
        return 0.0
    busy, reached = 0.0, ordered[0][0]
    for begin, end in ordered:
        busy += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    whole = reached - ordered[0][0]
    return busy / whole if whole else 1.0
