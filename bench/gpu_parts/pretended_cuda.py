"""Every family's images and losses on pretended CUDA tensors, which any CUDA build of torch has without a GPU.

They have shapes, number formats and devices, and no numbers: what mixes devices or formats, or reads a number back,
is found. Gradients need a real GPU.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import torch
from torch._subclasses import FakeTensorMode

from bench.gpu_parts.curves import FAMILY_SETTINGS, recipe
from bench.gpu_parts.records import Devices, Mixing, Order
from ganlab.data import Batch, describe
from ganlab.families import FAMILIES

CUDA = torch.device("cuda")
BATCH = 8


def measure(order: Order, record: Devices, save: Callable[[], None]) -> None:
    if not can_pretend():
        record.note = "left out: this build of torch has no CUDA to pretend"
        return
    for family in FAMILY_SETTINGS:
        record.families.append(Mixing(family=family, error=error_of(family)))
        save()
    if wrong := [f"{found.family}: {found.error}" for found in record.families if found.error]:
        raise ValueError("; ".join(wrong))


def can_pretend() -> bool:
    """Whether this torch was built with CUDA."""
    return torch.version.cuda is not None


def error_of(family: str) -> str:
    """What goes wrong when the family draws images and judges them; empty when nothing does."""
    spec, module = describe("digits").spec, FAMILIES[family]
    config = recipe(family, width=8).config
    try:
        with _pretended():
            with CUDA:
                nets = module.build(config, spec)
                batch = Batch(torch.zeros(BATCH, *spec.shape), torch.zeros(BATCH, spec.condition_dim))
            rng = torch.Generator().manual_seed(0)
            with torch.autocast("cuda", torch.bfloat16):
                drawn = module.draw(config, spec)(nets, batch, rng)
                losses = [phase.loss(nets, batch, drawn, rng).total for phase in module.phases(config, spec)]
    except (RuntimeError, AssertionError) as error:
        return str(error).strip().splitlines()[0]
    wrong = [loss for loss in losses if loss.device.type != "cuda" or loss.dtype != torch.float32]
    if drawn.images.dtype != torch.bfloat16:
        return f"the generator worked in {drawn.images.dtype}"
    return f"a loss came out as {wrong[0].dtype} on {wrong[0].device}" if wrong else ""


@contextmanager
def _pretended() -> Iterator[None]:
    """What torch itself would refuse without a GPU, before it comes to the tensors."""
    common = "torch.cuda.amp.common.amp_definitely_not_available"
    with (
        mock.patch.object(torch.Tensor, "pin_memory", lambda values: values),
        mock.patch(common, return_value=False),
        mock.patch("torch.cuda.is_bf16_supported", return_value=True),
        FakeTensorMode(),
    ):
        yield
