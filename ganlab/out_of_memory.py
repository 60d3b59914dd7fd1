"""Memory that does not suffice, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

GPU_SIGNS = (
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
"""What torch's own allocator says, and the driver and its libraries when others have filled the card."""
CPU_SIGNS = ("can't allocate memory", "DefaultCPUAllocator", "bad allocation")
"""What torch says on a CPU, where the error has no type of its own."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory did not suffice."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(sign in str(error) for sign in GPU_SIGNS + CPU_SIGNS)
    )


@contextmanager
def in_words(remedy: str) -> Iterator[None]:
    """Make a ValueError that names the remedy of the errors of NumPy and torch when memory does not suffice."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        on_gpu = any(sign in str(error) for sign in GPU_SIGNS)
        place = "the GPU's memory" if on_gpu else "this machine's memory"
        reason = (" ".join(str(error).split()) or type(error).__name__)[:300]
        raise ValueError(f"{place} is too small for this; {remedy} ({reason})") from error
