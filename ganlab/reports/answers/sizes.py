"""Report D's sizes: nine DCGANs by FID, an MLP, curves, and digits counted."""

from collections.abc import Mapping, Sequence

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

COUNTED = 100
AGREE = 0.6  # a rank correlation from which two orders are said to agree


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
    means = [
        [float(np.mean([value or np.nan for (_, size), value in grid.items() if size == hidden])) for hidden in hiddens]
        for grid in (REPORTED_FID, measured)
    ]
    theirs, ours = (
        ", ".join(f"{number(value)} at {hidden}" for hidden, value in zip(hiddens, row, strict=True)) for row in means
    )
    rank = float(stats.spearmanr([a for a, _ in pairs], [b for _, b in pairs]).statistic)
    agree = "agree" if rank >= AGREE else "agree in part" if rank >= AGREE / 2 else "hardly agree"
    gaps = [row[0] / min(row[1:]) for row in means]
    return (
        f"Means over latent sizes by hidden size: {theirs} in the report, {ours} here. The narrowest nets are "
        f"{gaps[0]:.1f} times as far away as the best ones in the report and {gaps[1]:.1f} times here. Size by size "
        f"the two orders {agree} (Spearman's rank correlation {rank:.2f}): with one seed each, neighbouring sizes "
        "cannot be told apart."
    )


def reality(subjects: Sequence[Subject]) -> list[Block]:
    """Report D's own curves: D(x), and 1 - D(G(z)) before and after the update."""
    blocks: list[Block] = []
    told = (
        ("discriminator/real", "D(x)", 0.0, 1.0),
        ("discriminator/fake", "1 - D(G(z)) before", 1.0, -1.0),
        ("generator/fake", "1 - D(G(z)) after", 1.0, -1.0),
    )
    for subject in subjects:
        logged = subject.entry.curves
        half_life = SMOOTHING * float(logged.columns["step"].max())
        lines = []
        for place, (name, label, start, factor) in enumerate(told):
            if name in logged.columns:
                x, y = curves.line(logged, name, half_life=half_life, points=POINTS)
                lines.append(Line(label=label, x=x, y=start + factor * y, colour=place, dash=DASHES[place]))
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
