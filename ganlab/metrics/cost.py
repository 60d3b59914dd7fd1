"""What a picture costs its generator."""

import statistics
import time
from typing import NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from ganlab.checkpoints import Checkpoint

BATCH = 64
ROUNDS = 5


class Cost(NamedTuple):
    """What a model's pictures cost."""

    parameters: int  # of the generator, with batch norm's statistics
    operations: int  # floating point operations a picture: a multiplication and an addition are two
    milliseconds: float  # a picture, in batches of 64 on this machine's CPU, just now


@torch.inference_mode()
def cost(model: Checkpoint) -> Cost:
    """Count the operations of matrix products and convolutions, and take the median time of five batches."""
    generator, latents = model.nets["generator"], model.latent.from_seeds(range(BATCH))
    with FlopCounterMode(display=False) as counter:
        generator(latents)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        generator(latents)
        times.append(time.perf_counter() - began)
    return Cost(
        parameters=model.card.parameters["generator"],
        operations=counter.get_total_flops() // BATCH,
        milliseconds=statistics.median(times) * 1e3 / BATCH,
    )
