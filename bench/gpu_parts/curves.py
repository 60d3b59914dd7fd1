"""The loss curves of a family in small, and how far two runs' are apart."""

import os
from dataclasses import dataclass
from itertools import accumulate

import torch

from ganlab.data import Pack, Stream
from ganlab.families import FAMILIES
from ganlab.loop import Report, train
from ganlab.recipes import Recipe
from ganlab.training_state import Run, start

REPORT_EVERY = 10  # steps
THREADS = min(4, os.cpu_count() or 1)  # of the CPU's runs: nets this small gain nothing from more
ROUNDINGS = 16  # that the initial weights are moved by, to see how far that drives curves apart
TIMES = 10.0  # as far may another implementation be
COUNTS = ("c1_read",)  # shares of a few hundred images: they jump where a loss moves a little
LEAST = 2e-4  # where roundings drive nothing apart; bfloat16 is five times farther away from the first report on
RULE = (
    f"means over {REPORT_EVERY} steps; a GPU adds in another order, so its curves may at any step lie {TIMES:g} times "
    f"as far from the CPU's as those of a CPU run whose initial weights are {ROUNDINGS} float32 roundings off have "
    f"lain so far, or {LEAST:g} of a curve's mean size if that is more; the first reports decide: games are chaotic"
)

FAMILY_SETTINGS: dict[str, dict[str, float]] = {
    "gan": {},
    "cgan": {"mismatched_weight": 1.0},
    "acgan": {},
    "infogan": {"consistency_weight": 1.0},
    "vae": {},
}
"""What makes each family take all of its code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A run with its data."""

    run: Run
    stream: Stream

    def go(self, steps: int) -> list[Report]:
        """Train on, so many steps."""
        end = self.run.step + steps
        return list(train(self.run, self.stream, report_every=REPORT_EVERY, stop=lambda: self.run.step >= end))


def recipe(family: str, *, width: int, precision: str = "float32", steps: int = 10_000) -> Recipe:
    """A small recipe of the family on the small digits."""
    settings = {"width": width, "latent_size": 16} | FAMILY_SETTINGS[family]
    return Recipe.model_validate(
        {
            "name": f"gpu-{family}",
            "dataset": "digits",
            "family": family,
            "steps": steps,
            "batch_size": 32,
            "mirror": True,
            "precision": precision,
            "config": FAMILIES[family].Config(**settings),
        }
    )


def begin(made: Recipe, pack: Pack, device: str, *, roundings: int = 0) -> Begun:
    """Start a run; its initial weights are those of every device, or `roundings` float32 roundings off."""
    where = torch.device(device)
    run = start(made, pack.spec, where)
    if roundings:
        rng = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for weight in run.nets.parameters():
                signs = torch.randint(2, weight.shape, generator=rng) * 2 - 1
                weight.mul_(1 + roundings * 2.0**-24 * signs.to(weight.device))
    stream = Stream(pack, batch_size=made.batch_size, seed=made.seed, device=where, mirror=made.mirror)
    return Begun(run=run, stream=stream)


def deviations(ours: list[Report], others: list[Report]) -> list[float]:
    """At each report the largest difference of a curve, as a share of its mean size.

    ValueError for reports of other steps, and for one that is not a number.
    """
    if [report.step for report in ours] != [report.step for report in others] or not ours:
        raise ValueError("the two runs did not report the same steps")
    worst = torch.zeros(len(ours), dtype=torch.float64)
    for key in (key for key in ours[0].values if not key.endswith(COUNTS)):
        one, other = (torch.tensor([report.values[key] for report in reports]).double() for reports in (ours, others))
        worst = worst.maximum((one - other).abs() / one.abs().mean().clamp_min(1e-6))
    if not worst.isfinite().all():
        raise ValueError("a curve has values that are not finite")
    return [float(f"{value:.3g}") for value in worst.tolist()]


def agree(found: list[float], rounding: list[float]) -> bool:
    """Whether curves are as near to each other as `RULE` asks for, at each report."""
    return all(one <= limit for one, limit in zip(found, limits(rounding), strict=True))


def limits(rounding: list[float]) -> list[float]:
    """How far curves may be apart at each report, from how far roundings drive them apart until then."""
    return [max(LEAST, TIMES * most) for most in accumulate(rounding, max)]
