"""Learning curves: losses, and what the discriminator says of real and generated images."""

import math
from collections.abc import Sequence

import numpy as np

from ganlab.explore import curves
from ganlab.explore.curves import Curves
from ganlab.reports.document import Block, Figure, Section, Text
from ganlab.reports.drawings import Dash, Line, Lines, Panel
from ganlab.reports.subject import Subject
from ganlab.snapshots import QUALITY

POINTS = 600
SMOOTHING = 0.02  # half-life of the moving average, share of the run
DASHES: tuple[Dash, ...] = ("solid", "dash", "dot")
EQUAL = 0.5
NEAR = 0.1  # that outputs may be off one half at an equilibrium
LAST = 0.1  # share of a run that stands for its end


def losses(subjects: Sequence[Subject]) -> Section | None:
    """Panels of all that was logged, with a reading of the discriminator's outputs."""
    drawn = [subject for subject in subjects if subject.entry.curves]
    logged = [name for subject in drawn for name in subject.entry.curves.quantities if not name.startswith(QUALITY)]
    shown = curves.panels(list(dict.fromkeys(logged)))
    if not shown:
        return None
    panels = tuple(_panel(drawn, title, names) for title, names in shown.items())
    keys = [_key(title, names) for title, names in shown.items() if len(names) > 1]
    told = f" Solid, dashed and dotted: {'; '.join(keys)}." if len(drawn) > 1 and keys else ""
    caption = f"Learning curves, smoothed with a half-life of {SMOOTHING:.0%} of the run.{told}"
    blocks: list[Block] = [Figure(name="losses", caption=caption, drawing=Lines(panels=panels, x_title="step"))]
    blocks += [Text(text=text) for subject in drawn if (text := reading(subject.name, subject.entry.curves))]
    return Section(title="Learning curves", blocks=tuple(blocks))


def reading(name: str, logged: Curves) -> str:
    """What the discriminator's outputs say of the balance at the end, in words; empty where there are none."""
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
    if max(abs(real - EQUAL), abs(fake - EQUAL)) <= NEAR:
        return told + "Both are near one half: the discriminator can hardly tell real from generated images."
    if real - fake > 2 * NEAR:
        return told + (
            "Real images get clearly more than one half and generated ones less: the discriminator still tells them "
            "apart, and the equilibrium at one half is not reached."
        )
    return told + "The two are close to each other, but not at one half."


def _panel(subjects: Sequence[Subject], title: str, names: Sequence[str]) -> Panel:
    several = len(subjects) > 1
    lines = []
    for place, subject in enumerate(subjects):
        logged = subject.entry.curves
        half_life = SMOOTHING * float(logged.columns["step"].max())
        for number, name in enumerate(names):
            if name not in logged.columns:
                continue
            x, y = curves.line(logged, name, half_life=half_life, points=POINTS)
            words = curves.describe_quantity(name).title
            lines.append(
                Line(
                    label=subject.name if several else words,
                    detail=words if several and len(names) > 1 else "",
                    x=x,
                    y=y,
                    colour=place if several else number,
                    dash=DASHES[number % len(DASHES)],
                )
            )
    outputs = title == curves.OUTPUTS
    return Panel(
        title=title,
        y_title="probability" if outputs else "loss" if title == curves.LOSSES else "value",
        lines=tuple(lines),
        level=EQUAL if outputs else None,
        level_label="equilibrium" if outputs else "",
        y_range=(-0.02, 1.02) if outputs else None,
    )


def _key(title: str, names: Sequence[str]) -> str:
    return f"{', '.join(curves.describe_quantity(name).title for name in names)} ({title})"


def end(values: np.ndarray) -> float:
    """The mean over the last tenth of a logged quantity; NaN where nothing is finite."""
    known = values[np.isfinite(values)]
    return float(known[-max(1, round(LAST * len(known))) :].mean()) if len(known) else float("nan")
