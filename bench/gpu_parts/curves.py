"""The loss curves of a family in small, and how far two sets of them are apart."""

from dataclasses import dataclass

import torch

from ganlab.data import Pack, Stream
from ganlab.families import FAMILIES
from ganlab.recipes import Recipe
from ganlab.train import Report, Run, start, train

REPORT_EVERY = 10  # steps
ROUNDINGS = 16  # that the initial weights are moved by, to see how far that drives curves apart
TIMES = 10.0  # as far may another implementation be
COUNTS = ("c1_read",)  # shares of a few hundred images: they jump where a loss moves a little
LEAST = 1e-3  # tolerance where roundings drive nothing apart
RULE = (
    f"means over {REPORT_EVERY} steps; a GPU adds in another order, so its curves may lie {TIMES:g} times as far from "
    f"the CPU's as those of a CPU run whose initial weights are {ROUNDINGS} float32 roundings off, or {LEAST:g} of a "
    "curve's mean size if that is more"
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


def deviation(ours: list[Report], others: list[Report]) -> float:
    """The largest difference of a report, as a share of its curve's mean size; infinite where curves are not alike."""
    if [report.step for report in ours] != [report.step for report in others] or not ours:
        return float("inf")
    worst = 0.0
    for key in (key for key in ours[0].values if not key.endswith(COUNTS)):
        one, other = (torch.tensor([report.values[key] for report in reports]).double() for reports in (ours, others))
        size = max(one.abs().mean().item(), 1e-6)
        difference = (one - other).abs().max().item() / size
        worst = max(worst, difference if difference == difference else float("inf"))
    return worst


def tolerance(rounding: float) -> float:
    """How far curves of another device may lie from the CPU's; see `RULE`."""
    return max(LEAST, TIMES * rounding)
