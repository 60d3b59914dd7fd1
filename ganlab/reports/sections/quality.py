"""Quality against steps, as snapshots measured it while the model trained."""

from collections.abc import Sequence

import numpy as np

from ganlab.execute import SAMPLES_WHILE_TRAINING
from ganlab.explore import quality as measured
from ganlab.metrics import FLOOR, METRICS
from ganlab.reports.document import Figure, Section, Table, Text
from ganlab.reports.drawings import Line, Lines, Mark, Panel
from ganlab.reports.subject import Subject
from ganlab.snapshots import QUALITY

MOST_PANELS = 5


def quality(subjects: Sequence[Subject]) -> Section | None:
    """A panel a metric, the best step marked; a note where a file carries no such curves."""
    drawn = [subject for subject in subjects if _names(subject)]
    names = list(dict.fromkeys(name for subject in drawn for name in _names(subject)))[:MOST_PANELS]
    if not names:
        return Section(
            title="Quality against steps",
            blocks=(Text(text="Nothing was kept of what was measured while training; files of later runs carry it."),),
        )
    panels = tuple(_panel(drawn, name) for name in names)
    figure = Figure(
        name="quality",
        caption=(
            f"What each snapshot measured of {SAMPLES_WHILE_TRAINING:,} samples. Circles mark the best step; dotted is "
            "what real test images measure. Fewer samples make distances larger than at the end."
        ),
        drawing=Lines(panels=panels, x_title="step"),
    )
    return Section(title="Quality against steps", blocks=(figure, _table(drawn, names)))


def _names(subject: Subject) -> list[str]:
    found = subject.entry.curves.columns
    return [name for name in METRICS if QUALITY + name in found and METRICS[name].lower_is_better is not None]


def _panel(subjects: Sequence[Subject], name: str) -> Panel:
    lines, marks = [], []
    floor = None
    for place, subject in enumerate(subjects):
        columns = subject.entry.curves.columns
        if QUALITY + name not in columns:
            continue
        x, y = columns["step"], columns[QUALITY + name]
        known = np.isfinite(y)
        lines.append(Line(label=subject.name, x=x[known], y=y[known], colour=place, marker=True))
        best = measured.best_step(columns, name)
        if best is not None:
            value = float(y[known][x[known] == best][0])
            marks.append(Mark(label=f"step {best:,}", x=float(best), y=value))
        floor = subject.entry.metrics.get(FLOOR + name, floor)
    return Panel(
        title=METRICS[name].title,
        y_title="lower is better" if METRICS[name].lower_is_better else "higher is better",
        lines=tuple(lines),
        level=floor,
        level_label="real images" if floor is not None else "",
        marks=tuple(marks),
    )


def _table(subjects: Sequence[Subject], names: Sequence[str]) -> Table:
    rows = []
    for subject in subjects:
        columns = subject.entry.curves.columns
        known = [name for name in names if QUALITY + name in columns]
        for place in np.flatnonzero(np.any([np.isfinite(columns[QUALITY + name]) for name in known], axis=0)):
            cells = [columns[QUALITY + name][place] if name in known else np.nan for name in names]
            numbers = ["" if not np.isfinite(value) else f"{value:.4g}" for value in cells]
            rows.append((subject.name, f"{int(columns['step'][place]):,}", *numbers))
    heads = ("model", "step", *(METRICS[name].title for name in names))
    return Table(name="quality", caption="The same as numbers.", heads=heads, rows=tuple(rows))
