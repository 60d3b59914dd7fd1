"""`evaluate`: what a checkpoint's samples measure."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import tyro

from ganlab import checkpoints
from ganlab.api.measuring import measure
from ganlab.checkpoints.codes import code_values
from ganlab.commands import names
from ganlab.commands.tables import metrics_table
from ganlab.counting import counted, number
from ganlab.data.spec import said_of
from ganlab.metrics.cost import cost
from ganlab.snapshots import Measured

ROUNDING = 1e-4
"""Share of a number by which it may differ where sums round the other way, as with another number of threads."""


def evaluate(
    file: Annotated[str, tyro.conf.Positional],
    *,
    n: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: 10,000, or as the dataset asks for)")] = None,
    fid: bool = False,
    write: bool = False,
) -> int:
    """Measure a checkpoint's samples beside real test images.

    Args:
        file: a checkpoint file, or the name of a shipped checkpoint or of a run.
        n: number of samples, 100 or more; distances shrink as it grows.
        fid: measure FID, too, by the weights of Inception on this machine; minutes to an hour.
        write: put the numbers into the file, in place of those that it carries; its pictures and nets stay as they are.
    """
    path = names.model_file(file)
    model = checkpoints.load(path)
    measured = measure(model, n, fid=fid)
    print(metrics_table(measured.metrics, measured.left_out))
    spent, one = cost(model), said_of("a picture", model.card.data.size)
    print(
        f"  {one} costs {spent.operations / 1e6:.1f} million operations and {spent.milliseconds:.2f} ms "
        f"on this CPU, with {spent.parameters:,} parameters"
    )
    if measured.codes:
        print(json.dumps(code_values(measured.codes), indent=2))
    if write:
        print(_written(path, model.card.metrics, measured))
    return 0


def _written(path: Path, before: Mapping[str, float], measured: Measured) -> str:
    """Put what was measured into the file; a sentence on what that changes. What was not asked for now stays."""
    other = {name: value for name, value in before.items() if name not in measured.metrics | measured.left_out}
    checkpoints.write_measured(path, other | measured.metrics, measured.codes, measured.left_out)
    moved = [
        f"{name} {number(before[name])} -> {number(value)}"
        for name, value in measured.metrics.items()
        if name in before and not math.isclose(value, before[name], rel_tol=ROUNDING, abs_tol=ROUNDING)
    ]
    new = len(measured.metrics.keys() - before.keys())
    told = f"{path}: {counted(new, 'new number')}"
    return f"{told}; moved: {', '.join(moved)}" if moved else f"{told}, all others as they were"
