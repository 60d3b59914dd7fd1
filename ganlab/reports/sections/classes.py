"""How often each class is drawn: counts against the data's shares, with a test and its power."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ganlab.explore import readings
from ganlab.metrics.counts import LEVEL, chi_square, effective_classes, power, without_class
from ganlab.metrics.obedience import asked_of
from ganlab.reports.document import Block, Figure, Table, Text
from ganlab.reports.drawings import Bars
from ganlab.reports.subject import Subject

SAMPLES = 2_000
BY_HAND = 100  # as reports count


def of_classes(subject: Subject) -> list[Block]:
    """Of a model whose images have one class each, and that is not asked for one."""
    model = subject.model
    if model is None or not model.card.data.classes or subject.pack is None:
        return []
    reader = readings.classifier_of(model.card.data)
    if reader is None:
        return []
    latents = model.latent.from_seeds(range(SAMPLES))
    if asked_of(model.latent, model.card.data, latents) is not None:
        return []
    read = reader.read(model.images(latents).permute(0, 3, 1, 2)).probabilities.argmax(1)
    labels = model.card.data.classes
    prior = subject.pack.prior()
    counts, few = (torch.bincount(part, minlength=len(labels)) for part in (read, read[:BY_HAND]))
    shares = counts.double() / counts.sum()
    series = (("samples", tuple(shares.tolist())), ("training images", tuple(prior.tolist())))
    drawn = ", drawn from the mixture prior" if model.latent.mixture else ""
    caption = f"Share of each class in the samples of seeds 0 to {SAMPLES - 1:,}{drawn}, as the classifier reads them."
    bars = Bars(labels=tuple(labels), series=series, y_title="share")
    return [
        Figure(name="classes", caption=caption, drawing=bars),
        _table(labels, counts, few, prior, drawn),
        Text(text=_in_words(counts, few, prior)),
    ]


def _table(labels: Sequence[str], counts: Tensor, few: Tensor, prior: Tensor, drawn: str) -> Table:
    rows = tuple(
        (label, f"{few[i]}", f"{counts[i]:,}", f"{counts[i] / counts.sum():.3f}", f"{prior[i]:.3f}")
        for i, label in enumerate(labels)
    )
    heads = ("class", f"of the first {BY_HAND}", f"of {SAMPLES:,}", "share", "share in the data")
    caption = f"Samples of seeds 0 to {SAMPLES - 1:,}{drawn}, by the class that a classifier reads."
    return Table(name="classes", caption=caption, heads=heads, rows=rows)


def _in_words(counts: Tensor, few: Tensor, prior: Tensor) -> str:
    rng = torch.Generator().manual_seed(0)
    test, small = chi_square(counts, prior), chi_square(few, prior)
    share = counts.double() / prior
    rarest = int(torch.where(prior > 0, share, torch.inf).argmin())  # of the classes that there are
    missing = power(prior, without_class(prior, rarest), BY_HAND, rng)
    halved = power(prior, without_class(prior, rarest, left=0.5), BY_HAND, rng)
    verdict = "differ from" if test.p < LEVEL else "cannot be told from"
    diverse = effective_classes(counts / counts.sum())
    return (
        f"The counts {verdict} the data's shares (chi-square {test.statistic:.1f} with {test.degrees} degrees "
        f"of freedom, p = {test.p:.2g}; the classes are as diverse as {diverse:.2f} equally frequent ones). "
        f"Of {BY_HAND} samples alone the test says p = {small.p:.2g}, and it would notice a generator that never draws "
        f"the rarest class in {missing:.0%} of all tries, one that draws it half as often in {halved:.0%}: {BY_HAND} "
        "counts do not show that nothing is missing."
    )
