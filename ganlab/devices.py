"""What differs between devices: which are here, how values get there, how to keep float32, which kernels work."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Literal, NamedTuple

import torch
from torch import Tensor

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
"""What can be asked for; `auto` is CUDA where it is, else the CPU. MPS is the GPU of an Apple processor."""


class Backend(NamedTuple):
    """What torch calls a kind of device."""

    title: str
    is_here: Callable[[], bool]


BACKENDS: dict[str, Backend] = {
    "cpu": Backend("CPU", lambda: True),
    "cuda": Backend("CUDA device", lambda: torch.cuda.is_available()),
    "mps": Backend("MPS device (the GPU of an Apple processor)", lambda: torch.backends.mps.is_available()),
}


def names_here() -> list[str]:
    """What can be asked for on this machine."""
    return ["auto", *(name for name, backend in BACKENDS.items() if backend.is_here())]


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all that it was given."""
    if device.type in ("cuda", "mps"):
        getattr(torch, device.type).synchronize()


@contextmanager
def seeded(device: torch.device, seed: int) -> Iterator[None]:
    """A block in which torch's own generators, of the CPU and of `device`, begin with `seed`; then as they were."""
    own = torch.mps.get_rng_state() if device.type == "mps" else None
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            yield
    finally:
        if own is not None:
            torch.mps.set_rng_state(own)


def to_device(values: Tensor, device: torch.device) -> Tensor:
    """CPU values on `device`; a GPU fetches them by itself, so that the step does not wait for earlier work."""
    if device.type != "cuda":
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)


def without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """A block whose operations on `device` keep the number format of their inputs."""
    if not torch.amp.is_autocast_available(device.type):
        return nullcontext()
    return torch.autocast(device.type, enabled=False)


@contextmanager
def kernels_for_training(device: torch.device, *, allow_tf32: bool) -> Iterator[None]:
    """On a GPU, the fastest convolutions of those tried at first, as shapes stay; with TF32 only where it is allowed.

    Nothing is tried where somebody has asked torch for kernels that always do the same.
    """
    if device.type != "cuda":
        yield
        return
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.allow_tf32
    cudnn.benchmark, cudnn.allow_tf32 = not cudnn.deterministic, allow_tf32
    try:
        yield
    finally:
        cudnn.benchmark, cudnn.allow_tf32 = before
