"""What differs between devices: how values get there, how to keep float32, and which kernels do the work."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor


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
