"""Report D's sizes: nine DCGANs by FID, an MLP, curves, and digits counted."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy import stats

from ganlab.counting import number
from ganlab.explore import curves, readings
from ganlab.metrics.counts import chi_square, effective_classes
from ganlab.reports.answers import facts
from ganlab.reports.answers.values import study_result
from ganlab.reports.document import Block, Figure, Table, Text
from ganlab.reports.drawings import Bars, Line, Lines, Panel
from ganlab.reports.panels import DASHES
from ganlab.reports.sections.losses import POINTS, SMOOTHING
from ganlab.reports.subject import Subject, captioned
from ganlab.studies.digits import REPORTED_FID
from ganlab.studies.schema import Result

COUNTED = 100
PANELS_A_ROW = 3  # one a hidden size
AGREE = 0.6  # a rank correlation from which two orders are said to agree


class Told(NamedTuple):
    """A curve of report D: `start` and `factor` times what was logged."""

    quantity: str
    label: str
    start: float = 0.0
    factor: float = 1.0


OF_REALITY = (
    Told("discriminator/real", "D(x)"),
    Told("discriminator/fake", "1 - D(G(z)) before", 1.0, -1.0),
    Told("generator/fake", "1 - D(G(z)) after", 1.0, -1.0),
)
OF_LOSSES = (Told("discriminator/loss", "D"), Told("generator/loss", "G"))


def sizes_grid(subjects: Sequence[Subject]) -> list[Block]:
    """Report D's table of nine sizes beside ours, the ratios, and whether both order the sizes alike."""
    measured = {
        size: result.measured[max(result.measured)].get("frechet_classifier")
        for size in REPORTED_FID
        if (result := study_result("sizes", f"sizes-dcgan-{size[0]}-{size[1]}"))
    }
    rows, pairs = [], []
    for latent, hidden in REPORTED_FID:
        reported, ours = REPORTED_FID[latent, hidden], measured.get((latent, hidden))
        pairs += [(reported, ours)] if ours is not None else []
        rows.append(
            (
                str(latent),
                str(hidden),
                f"{reported:.2f}",
                "" if ours is None else number(ours),
                f"{reported / REPORTED_FID[100, 64]:.2f}",
                "" if ours is None or not measured.get((100, 64)) else number(ours / (measured[100, 64] or 1.0)),
            )
        )
    heads = ("latent", "hidden", "FID, the report", "Frechet, here", "report / its 100-64", "here / our 100-64")
    caption = (
        "FID by latent and hidden size after 5,000 steps at batch 64 (report D, its table; one seed). Here: one seed "
        "each, 10,000 samples, features of our digit classifier (python -m ganlab study sizes)."
    )
    blocks: list[Block] = [Table(name="sizes-grid", caption=caption, heads=heads, rows=tuple(rows))]
    if len(pairs) == len(REPORTED_FID):
        hiddens = sorted({hidden for _, hidden in measured})
        blocks.append(Text(text=_in_words(measured, hiddens, pairs)))
        series = tuple(
            (
                f"hidden {hidden}",
                tuple(
                    float(measured.get((latent, hidden)) or np.nan) for latent in sorted({size[0] for size in measured})
                ),
            )
            for hidden in hiddens
        )
        labels = tuple(f"latent {latent}" for latent in sorted({size[0] for size in measured}))
        bars = Bars(labels=labels, series=series, y_title="Frechet distance")
        blocks.append(Figure(name="sizes-bars", caption="Ours: lower is better, one seed each.", drawing=bars))
    return blocks


def _in_words(
    measured: Mapping[tuple[int, int], float | None], hiddens: Sequence[int], pairs: Sequence[tuple[float, float]]
) -> str:
    """What the two grids agree on."""
    latents = sorted({latent for latent, _ in measured})
    grids = (REPORTED_FID, measured)
    by_width = [[_mean([grid[latent, hidden] for latent in latents]) for hidden in hiddens] for grid in grids]
    by_latent = [[_mean([grid[latent, hidden] for hidden in hiddens]) for latent in latents] for grid in grids]
    rank = float(stats.spearmanr([a for a, _ in pairs], [b for _, b in pairs]).statistic)
    agree = "agree" if rank >= AGREE else "agree in part" if rank >= AGREE / 2 else "hardly agree"
    narrow = [row[0] / min(row[1:]) for row in by_width]
    latent = [max(row) / min(row) for row in by_latent]
    return (
        f"Means over latent sizes by hidden size: {_list(by_width[0], hiddens)} in the report, "
        f"{_list(by_width[1], hiddens)} here. The narrowest nets are {narrow[0]:.1f} times as far away as the best "
        f"ones in the report and {narrow[1]:.1f} times here. Means over hidden sizes by latent size: "
        f"{_list(by_latent[0], latents)} in the report, {_list(by_latent[1], latents)} here; the worst is "
        f"{latent[0]:.1f} times as far away as the best in the report and {latent[1]:.1f} times here. Size by size the "
        f"two orders {agree} (Spearman's rank correlation {rank:.2f}): with one seed each, neighbouring sizes cannot "
        "be told apart."
    )


def _mean(values: Sequence[float | None]) -> float:
    return float(np.mean([np.nan if value is None else value for value in values]))


def _list(values: Sequence[float], sizes: Sequence[int]) -> str:
    return ", ".join(f"{number(value)} at {size}" for value, size in zip(values, sizes, strict=True))


def reality(subjects: Sequence[Subject]) -> list[Block]:
    """Report D's own curves: D(x), and 1 - D(G(z)) before and after the update."""
    blocks: list[Block] = []
    for subject in subjects:
        logged = subject.entry.curves
        half_life = SMOOTHING * float(logged.columns["step"].max())
        lines = []
        for place, one in enumerate(OF_REALITY):
            if one.quantity in logged.columns:
                x, y = curves.line(logged, one.quantity, half_life=half_life, points=POINTS)
                y = one.start + one.factor * y
                lines.append(Line(label=one.label, x=x, y=y, colour=place, dash=DASHES[place]))
        panel = Panel(
            title="How real each side looks",
            y_title="probability",
            lines=tuple(lines),
            level=0.5,
            level_label="equilibrium",
            y_range=(-0.02, 1.02),
        )
        words = "The report's own curves: all three meet at one half where the players are equal."
        caption = captioned(subjects, subject, words)
        drawing = Lines(panels=(panel,), x_title="step")
        blocks.append(Figure(name=f"{subject.slug}-reality", caption=caption, drawing=drawing))
    return blocks


def every_size(subjects: Sequence[Subject]) -> list[Block]:
    """D(x), and 1 - D(G(z)) before and after the update, of each net that the study trained, then their losses."""
    names = [f"sizes-dcgan-{latent}-{hidden}" for latent, hidden in REPORTED_FID]
    found = [result for name in (*names, "mnist-mlp-32") if (result := study_result("sizes", name)) and result.curves]
    if not found:
        return []
    sides = tuple(_kept_panel(result, "probability", OF_REALITY, level=0.5) for result in found)
    losses = tuple(_kept_panel(result, "loss", OF_LOSSES, level=None) for result in found)
    measured = "means over hundredths of each run, one seed (python -m ganlab study sizes)."
    return [
        Figure(
            name="sizes-reality",
            caption=f"The report's curves for each latent / hidden size, and the MLP: {measured}",
            drawing=Lines(panels=sides, x_title="step", columns=PANELS_A_ROW),
        ),
        Figure(
            name="sizes-losses",
            caption=f"Losses of D and G for each size: {measured}",
            drawing=Lines(panels=losses, x_title="step", columns=PANELS_A_ROW),
        ),
    ]


def _kept_panel(result: Result, y_title: str, told: Sequence[Told], *, level: float | None) -> Panel:
    x = np.array(result.curves["step"], float)
    lines = tuple(
        Line(
            label=one.label,
            x=x,
            y=one.start + one.factor * np.array(result.curves[one.quantity], float),
            colour=place,
            dash=DASHES[place],
        )
        for place, one in enumerate(told)
        if one.quantity in result.curves
    )
    title = result.name.removeprefix("sizes-dcgan-").removeprefix("mnist-").replace("-", " / ", 1)
    y_range = (-0.02, 1.02) if level is not None else None
    return Panel(title=title, y_title=y_title, lines=lines, level=level, y_range=y_range)


def mlp_over_steps(subjects: Sequence[Subject]) -> list[Block]:
    """Losses of the nets of the study, from what it kept."""
    result = study_result("sizes", "mnist-mlp-32")
    if result is None or not result.curves:
        return []
    x = np.array(result.curves["step"], float)
    lines = tuple(
        Line(label=label, x=x, y=np.array(result.curves[name], float), colour=place)
        for place, (name, label) in enumerate((("discriminator/loss", "D"), ("generator/loss", "G")))
        if name in result.curves
    )
    panel = Panel(title="Losses", y_title="loss", lines=lines)
    caption = "The MLP of the study, means over stretches of the run (python -m ganlab study sizes)."
    return [Figure(name="mlp-losses", caption=caption, drawing=Lines(panels=(panel,), x_title="step"))]


def counted_by_hand(subjects: Sequence[Subject]) -> list[Block]:
    """The 100 digits that the report counted, beside 100 of ours, each with its test against MNIST's shares."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is None or subject.pack is None:
            continue
        reader = readings.classifier_of(subject.model.card.data)
        if reader is None:
            continue
        images = subject.model.images(subject.model.latent.from_seeds(range(COUNTED)))
        digits = reader.read(images.permute(0, 3, 1, 2)).probabilities.argmax(1)
        ours, theirs = torch.bincount(digits, minlength=10), torch.tensor(facts.COUNTED_BY_HAND)
        prior = subject.pack.prior()
        rows = []
        for who, counts in (("the report, by hand", theirs), ("here, by a classifier", ours)):
            test = chi_square(counts, prior)
            diverse = effective_classes(counts / counts.sum())
            rows.append((who, *map(str, counts.tolist()), f"{test.statistic:.1f}", f"{test.p:.2g}", f"{diverse:.2f}"))
        heads = ("100 digits", *map(str, range(10)), "chi-square, 9 df", "p", "effective classes")
        caption = captioned(
            subjects, subject, f"Digits among {COUNTED} pictures; ours are those of seeds 0 to {COUNTED - 1}."
        )
        blocks.append(Table(name=f"{subject.slug}-hundred", caption=caption, heads=heads, rows=tuple(rows)))
        series = (
            ("the report", tuple((theirs / theirs.sum()).tolist())),
            ("here", tuple((ours / ours.sum()).tolist())),
            ("MNIST", tuple(prior.tolist())),
        )
        bars = Bars(labels=tuple(map(str, range(10))), series=series, y_title="share")
        blocks.append(
            Figure(name=f"{subject.slug}-hundred", caption="The same as shares beside MNIST's own.", drawing=bars)
        )
    return blocks
