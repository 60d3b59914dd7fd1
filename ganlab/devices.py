"""What differs between devices: which are here, how values get there, how to keep float32, which kernels work."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab import cards
from ganlab.choices import instead
from ganlab.foreign import shortened


class Backend(NamedTuple):
    """What torch calls a kind of device."""

    title: str
    is_here: Callable[[], bool]


BACKENDS: dict[str, Backend] = {
    "cpu": Backend("CPU", lambda: True),
    "cuda": Backend("CUDA device", cards.are_here),
    "mps": Backend("MPS device (the GPU of an Apple processor)", lambda: torch.backends.mps.is_available()),
}


def names_here() -> list[str]:
    """What can be asked for on this machine: `auto` is CUDA where it is, else the CPU; `cuda:1` is the second card."""
    several = len(cards.here()) > 1
    numbered = [f"cuda:{number}" for number in range(len(cards.here()))] if several else []
    return ["auto", *(name for name, backend in BACKENDS.items() if backend.is_here()), *numbered]


def is_name(text: str) -> bool:
    """Whether a device can be called so, here or on another machine."""
    return text == "auto" or text in BACKENDS or cards.number_in(text) is not None


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name, which is one of `names_here`; ValueError lists them.

    A trainer that was given cards by its scheduler sees those alone, whatever their numbers are elsewhere.
    """
    if not is_name(name):
        raise ValueError(f"unknown device {shortened(name, 60)!r}{instead(name, names_here())}")
    number = cards.number_in(name)
    if name == "auto":
        return torch.device("cuda" if BACKENDS["cuda"].is_here() else "cpu")
    kind = name.partition(":")[0]
    if not BACKENDS[kind].is_here():
        raise ValueError(f"torch finds no {BACKENDS[kind].title} here; choose from {', '.join(names_here())}")
    if number is None:
        return torch.device(kind)
    if number in cards.given():
        return torch.device(kind, cards.given().index(number))
    if number >= len(cards.here()):
        raise ValueError(f"there is no device {name} here; choose from {', '.join(names_here())}")
    return torch.device(kind, number)


def make_current(device: torch.device) -> None:
    """Have what torch does on a card without naming one, such as pinning memory, take no memory of the first."""
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


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


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[object]:
    """A block whose operations on `device` multiply in `dtype`."""
    return without_autocast(device) if dtype == torch.float32 else torch.autocast(device.type, dtype)


def without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """A block whose operations on `device` keep the number format of their inputs."""
    if not torch.amp.is_autocast_available(device.type) or not torch.is_autocast_enabled(device.type):
        return nullcontext()  # which costs nothing: steps of small nets enter several of these blocks
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


def working_dtype(precision: str, device: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it natively, float32 elsewhere, unless the recipe says which."""
    if precision != "auto":
        return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]
    if device.type == "mps":
        return torch.float32  # systems before macOS 14 have no bfloat16
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    return torch.bfloat16 if _cpu_multiplies_bfloat16() else torch.float32


def _cpu_multiplies_bfloat16() -> bool:
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.is_file() and any(
        {"avx512_bf16", "amx_bf16"} & set(line.split())
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.startswith("flags")
    )
