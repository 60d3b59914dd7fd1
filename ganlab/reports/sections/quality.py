"""Quality against steps, as snapshots measured it while the model trained."""

from collections.abc import Mapping, Sequence

import numpy as np

from ganlab.explore import quality as measured
from ganlab.explore.curves import Curves
from ganlab.explore.differences import noun_of
from ganlab.explore.quality import DIVERSE
from ganlab.metrics import FLOOR, METRICS
from ganlab.reports import panels
from ganlab.reports.document import Figure, Section, Table, Text
from ganlab.reports.drawings import Lines
from ganlab.reports.sections.losses import banded, together
from ganlab.reports.subject import Subject, has_mixture
from ganlab.snapshots import QUALITY
from ganlab.take_snapshot import SAMPLES_WHILE_TRAINING

PLAIN = " Snapshots of a VAE are measured on its plain prior: the mixture is fitted at the end."
OF_MANY_SAMPLES = ("modes", "modes_kl")
"""What real images measure of these is no level for a snapshot's fewer samples."""


def quality(subjects: Sequence[Subject]) -> Section | None:
    """A panel a metric, the best step marked; a note where a file carries no such curves."""
    runs = together(subjects)
    names = [name for name in METRICS if any(QUALITY + name in run.columns for run in runs.values())]
    if not names:
        return Section(
            title="Quality against steps",
            blocks=(Text(text="Nothing was kept of what was measured while training; files of later runs carry it."),),
        )
    missing = [name for name, run in runs.items() if not any(QUALITY + one in run.columns for one in names)]
    look = panels.Look(levels=levels(subjects, names))
    called = noun_of([subject.entry for subject in subjects])
    drawing = Lines(
        panels=panels.panels(runs, {METRICS[name].title: [QUALITY + name] for name in names}, look), x_title="step"
    )
    figure = Figure(
        name="quality",
        caption=(
            f"What each snapshot measured, of {SAMPLES_WHILE_TRAINING:,} samples or, of a study, of more. Circles mark "
            f"the best step; dotted is what real test {called}s measure. Fewer samples make distances larger than "
            f"at the end, and find fewer modes.{PLAIN if any(map(has_mixture, subjects)) else ''}{banded(runs)}"
        ),
        drawing=drawing,
    )
    notes = [Text(text=f"Nothing was kept of what was measured while training of {', '.join(missing)}.")] * bool(
        missing
    )
    return Section(title="Quality against steps", blocks=(figure, *notes, _best(runs, names), _table(runs, names)))


def levels(subjects: Sequence[Subject], names: Sequence[str]) -> dict[str, float]:
    """What real images measure, by title; none where subjects learnt from different data."""
    found = {}
    for name in names:
        if name in OF_MANY_SAMPLES:
            continue
        floors = {subject.entry.metrics.get(FLOOR + name) for subject in subjects} - {None}
        if len(floors) == 1 and (floor := floors.pop()) is not None:
            found[METRICS[name].title] = floor
    return found


def _best(runs: Mapping[str, Curves], names: Sequence[str]) -> Table:
    rows = []
    for name, run in runs.items():
        for metric in names:
            if (step := measured.best_step(run.columns, metric)) is None:
                continue
            values = run.columns[QUALITY + metric]
            known = values[np.isfinite(values)]
            best = values[np.flatnonzero(run.columns["step"] == step)[0]]
            rows.append((name, METRICS[metric].title, f"{step:,}", f"{best:.4g}", f"{known[-1]:.4g}"))
    heads = ("model", "metric", "best step", "there", "at the end")
    return Table(
        name="best-steps",
        caption=(
            "The best snapshot by each metric, as the figure has it, among those after the first step whose samples "
            f"differ: with a diversity of {DIVERSE:g} of the data's or more, where there are such."
        ),
        heads=heads,
        rows=tuple(rows),
    )


def _table(runs: Mapping[str, Curves], names: Sequence[str]) -> Table:
    rows = []
    for label, run in runs.items():
        columns = run.columns
        known = [name for name in names if QUALITY + name in columns]
        if not known:
            continue
        for place in np.flatnonzero(np.any([np.isfinite(columns[QUALITY + name]) for name in known], axis=0)):
            cells = [columns[QUALITY + name][place] if name in known else np.nan for name in names]
            numbers = ["" if not np.isfinite(value) else f"{value:.4g}" for value in cells]
            rows.append((label, f"{int(columns['step'][place]):,}", *numbers))
    heads = ("model", "step", *(METRICS[name].title for name in names))
    return Table(name="quality", caption="The same as numbers.", heads=heads, rows=tuple(rows))
