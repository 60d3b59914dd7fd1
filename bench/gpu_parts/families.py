"""Every family, from one seed, on the CPU and on the GPU."""

from collections.abc import Callable

import torch

from bench.gpu_parts.curves import FAMILY_SETTINGS, ROUNDINGS, RULE, THREADS, agree, begin, deviations, recipe
from bench.gpu_parts.records import Families, FamilyCurves, Order
from ganlab import data


def measure(order: Order, record: Families, save: Callable[[], None]) -> None:
    record.steps, record.rule = 10 if order.rehearsal else 200, RULE
    torch.set_num_threads(1 if order.rehearsal else THREADS)
    width = 8 if order.rehearsal else 16
    pack = data.load("digits")
    for family in FAMILY_SETTINGS:
        exact, coarse = recipe(family, width=width), recipe(family, width=width, precision="bfloat16")
        here = begin(exact, pack, "cpu").go(record.steps)
        rounding = deviations(here, begin(exact, pack, "cpu", roundings=ROUNDINGS).go(record.steps))
        float32 = deviations(here, begin(exact, pack, order.device).go(record.steps))
        bfloat16 = deviations(here, begin(coarse, pack, order.device).go(record.steps))
        record.families.append(
            FamilyCurves(
                family=family, float32=float32, bfloat16=bfloat16, rounding=rounding, agrees=agree(float32, rounding)
            )
        )
        save()
    if wrong := [found.family for found in record.families if not found.agrees]:
        raise ValueError(f"curves on the GPU are not those of the CPU: {', '.join(wrong)}")
