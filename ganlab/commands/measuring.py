"""`evaluate`: what a checkpoint's samples measure."""

import json
from typing import Annotated

import tyro

from ganlab import checkpoints
from ganlab.api.measuring import measure
from ganlab.checkpoints.codes import code_values
from ganlab.commands import names
from ganlab.commands.tables import metrics_table
from ganlab.metrics.cost import cost


def evaluate(
    file: Annotated[str, tyro.conf.Positional],
    *,
    n: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: 10,000, or as the dataset asks for)")] = None,
    fid: bool = False,
) -> int:
    """Measure a checkpoint's samples beside real test images.

    Args:
        file: a checkpoint file, or the name of a shipped checkpoint or of a run.
        n: number of samples, 100 or more; distances shrink as it grows.
        fid: measure FID, too, by the weights of Inception on this machine; minutes to an hour.
    """
    model = checkpoints.load(names.model_file(file))
    measured = measure(model, n, fid=fid)
    print(metrics_table(measured.metrics, measured.left_out))
    spent = cost(model)
    print(
        f"  a picture costs {spent.operations / 1e6:.1f} million operations and {spent.milliseconds:.2f} ms "
        f"on this CPU, with {spent.parameters:,} parameters"
    )
    if measured.codes:
        print(json.dumps(code_values(measured.codes), indent=2))
    return 0
