"""Report A's diagnoses of failures, beside what the monitor said of small runs that fail in these ways."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ganlab import runs
from ganlab.explore import comparison
from ganlab.explore.comparison import Source
from ganlab.jobs.examples import examples
from ganlab.reports.document import Block, Figure, Table
from ganlab.reports.drawings import Tiles
from ganlab.reports.subject import Subject


class Diagnosis(NamedTuple):
    """What the report says goes wrong, and the run that came along as an example of it; without one, why."""

    words: str
    run: str = ""
    why_none: str = ""


DIAGNOSES = (
    Diagnosis("mode collapse", "failure-collapse"),
    Diagnosis(
        "the discriminator is too strong: its loss is below 0.001 and stays there", "failure-strong-discriminator"
    ),
    Diagnosis(
        "the discriminator has diverged: the generator's loss is 0, its own about 50",
        why_none=(
            "cannot last here: losses are computed of logits, whose gradient stays 1 however wrong the discriminator "
            "is. Computed of probabilities, a sigmoid that has reached 1 for a fake has no gradient left, and torch's "
            "BCELoss says 100 for it and 0 for a real image: 50 on average, for ever"
        ),
    ),
    Diagnosis("the learning rate is too small: no convergence in the time given", "failure-slow"),
    Diagnosis("not in the report: some digits are never drawn", "failure-dropped-digits"),
)

SHOWN = 8  # pictures of a run


def failures(subjects: Sequence[Subject]) -> list[Block]:
    """A line a diagnosis with the monitor's first finding and when it spoke, then the last samples of each run."""
    kept = {run.name: run for run in examples()}
    rows, sheets = [], {}
    for diagnosis, name, why_none in DIAGNOSES:
        run = kept.get(name)
        if run is None:
            rows.append((diagnosis, name or "none", "", why_none or "no run of it came along", ""))
            continue
        status = runs.read_status(run)
        found = [(f"{one.step:,} of {status.steps:,}", f"{one.kind}: {one.message}") for one in status.findings]
        step, said = found[0] if found else ("", "nothing")
        rows.append((diagnosis, name, step, said, ", ".join(one.kind for one in status.findings[1:])))
        entry = comparison.read(Source(id=name, name=name, run=run))
        if entry.sheet_steps:
            sheets[name.removeprefix("failure-")] = comparison.sheet(entry, entry.sheet_steps[-1])[:SHOWN]
    caption = (
        "What the report says goes wrong, and what the monitor said first of a run that was made to fail so, one seed; "
        "each is some hundred steps of narrow nets on the digits of scikit-learn (python -m ganlab examples puts them "
        "among the runs; make failures trains them again)."
    )
    heads = ("diagnosis", "run", "said at step", "what the monitor said first", "and later")
    blocks: list[Block] = [Table(name="failures", caption=caption, heads=heads, rows=tuple(rows))]
    if sheets:
        drawing = Tiles(images=np.concatenate(list(sheets.values())), columns=SHOWN, sides=tuple(sheets))
        caption = "Samples of the first seeds at the last step of each of these runs."
        blocks.append(Figure(name="failures", caption=caption, drawing=drawing))
    return blocks
