"""Learning curves: losses, and what the discriminator says of real and generated images."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ganlab.explore import curves, seeds
from ganlab.explore.curves import Curves
from ganlab.losses import ADVERSARIAL
from ganlab.reports import panels
from ganlab.reports.document import Block, Figure, Section, Text
from ganlab.reports.drawings import Lines
from ganlab.reports.subject import Subject
from ganlab.snapshots import QUALITY

POINTS = 600
SMOOTHING = 0.02  # half-life of the moving average, share of the run
NEAR = 0.1  # that outputs may be off one half at an equilibrium
NO_QUALITY = (
    "This says how the two players are balanced, not how good the pictures are: against a discriminator that knows "
    "little, poor pictures come to one half, too."
)
LAST = 0.1  # share of a run that stands for its end


def losses(subjects: Sequence[Subject]) -> Section | None:
    """Panels of all that was logged, with a reading of the discriminator's outputs."""
    drawn = [subject for subject in subjects if subject.entry.curves]
    runs = together(drawn)
    logged = [name for run in runs.values() for name in run.quantities if not name.startswith(QUALITY)]
    shown = curves.panels(list(dict.fromkeys(logged)))
    if not shown:
        return None
    look = panels.Look(half_life=_half_life, points=POINTS, by_quantity=len(runs) == 1)
    keys = [_key(title, names) for title, names in shown.items() if len(names) > 1]
    told = f" Solid, dashed and dotted: {'; '.join(keys)}." if len(runs) > 1 and keys else ""
    caption = f"Learning curves, smoothed with a half-life of {SMOOTHING:.0%} of the run.{told}{banded(runs)}"
    drawing = Lines(panels=panels.panels(runs, shown, look), x_title="step")
    blocks: list[Block] = [Figure(name="losses", caption=caption, drawing=drawing)]
    blocks += [Text(text=text) for subject in drawn if (text := _reading(subject))]
    if len(blocks) > 1:
        blocks.append(Text(text=NO_QUALITY))
    return Section(title="Learning curves", blocks=tuple(blocks))


def together(subjects: Sequence[Subject]) -> dict[str, Curves]:
    """The curves by name: of runs that differ in their seed alone the mean with its deviation."""
    found = seeds.groups([subject.entry for subject in subjects], [subject.name for subject in subjects])
    return {group.name: seeds.mean_curves([subjects[place].entry.curves for place in group.places]) for group in found}


def banded(runs: Mapping[str, Curves]) -> str:
    """What the bands of a figure are, a sentence; empty where it has none."""
    return " Bands are one standard deviation over seeds, around their mean." if any(map(_low, runs.values())) else ""


def reading(name: str, logged: Curves, *, loss: str = "non-saturating") -> str:
    """What the discriminator's outputs say of the balance at the end, in words; empty where there are none.

    `loss` names the adversarial loss, which says whether the outputs are probabilities.
    """
    ends = {
        quantity: end(logged.columns[quantity])
        for quantity in ("discriminator/real", "discriminator/fake", "generator/fake")
        if quantity in logged.columns
    }
    real, fake = ends.get("discriminator/real"), ends.get("discriminator/fake")
    if real is None or fake is None or not math.isfinite(real + fake):
        return ""
    after = f" and {ends['generator/fake']:.2f} after" if "generator/fake" in ends else ""
    told = (
        f"{name}: over the last tenth of the run D(x) averages {real:.2f}, and D(G(z)) {fake:.2f} before the "
        f"discriminator's update{after}. "
    )
    if loss not in ADVERSARIAL or not ADVERSARIAL[loss].odds:
        named = f"the {loss} loss" if loss else "this loss"
        return told + (
            f"They are sigmoids of logits, and with {named} no probabilities; the larger the gap of "
            f"{real - fake:.2f}, the better the discriminator tells real from generated data."
        )
    if max(abs(real - panels.EQUAL), abs(fake - panels.EQUAL)) <= NEAR:
        return told + (
            f"Both are within {NEAR:g} of one half, {real - fake:.2f} apart: the discriminator can hardly tell real "
            "from generated data."
        )
    if real - fake > 2 * NEAR:
        return told + (
            f"They are {real - fake:.2f} apart: the discriminator still tells real from generated data, and the "
            "equilibrium at one half is not reached."
        )
    return told + "The two are close to each other, but not at one half."


def _reading(subject: Subject) -> str:
    recipe = subject.entry.recipe
    loss = getattr(recipe.config, "adversarial", "") if recipe else ""
    return reading(subject.name, subject.entry.curves, loss=loss)


def _half_life(run: Curves) -> float:
    return SMOOTHING * float(run.columns["step"].max())


def _low(run: Curves) -> bool:
    return bool(run.low)


def _key(title: str, names: Sequence[str]) -> str:
    return f"{', '.join(curves.describe_quantity(name).title for name in names)} ({title})"


def end(values: np.ndarray) -> float:
    """The mean over the last tenth of a logged quantity; NaN where nothing is finite."""
    known = values[np.isfinite(values)]
    return float(known[-max(1, round(LAST * len(known))) :].mean()) if len(known) else float("nan")
