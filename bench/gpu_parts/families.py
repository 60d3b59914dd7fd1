"""Every family, from one seed, on the CPU and on the GPU."""

from collections.abc import Callable

from bench.gpu_parts.curves import FAMILY_SETTINGS, ROUNDINGS, RULE, begin, deviation, recipe, tolerance
from bench.gpu_parts.records import Families, FamilyCurves, Order
from ganlab import data


def measure(order: Order, record: Families, save: Callable[[], None]) -> None:
    record.steps, record.rule = 20 if order.rehearsal else 200, RULE
    width = 8 if order.rehearsal else 16
    pack = data.load("digits")
    for family in FAMILY_SETTINGS:
        exact, coarse = recipe(family, width=width), recipe(family, width=width, precision="bfloat16")
        here = begin(exact, pack, "cpu").go(record.steps)
        rounding = deviation(here, begin(exact, pack, "cpu", roundings=ROUNDINGS).go(record.steps))
        float32 = deviation(here, begin(exact, pack, order.device).go(record.steps))
        bfloat16 = deviation(here, begin(coarse, pack, order.device).go(record.steps))
        allowed = tolerance(rounding)
        record.families.append(
            FamilyCurves(
                family=family,
                float32=float32,
                rounding=rounding,
                tolerance=allowed,
                agrees=float32 <= allowed,
                bfloat16=bfloat16,
            )
        )
        save()
    if wrong := [found.family for found in record.families if not found.agrees]:
        raise ValueError(f"curves on the GPU are not those of the CPU: {', '.join(wrong)}")
