"""`export`: a snapshot of a run as a checkpoint file, or a net of a checkpoint as an ONNX file."""

import sys
from pathlib import Path
from typing import Annotated

import tyro

from ganlab import checkpoints
from ganlab.api.measuring import measure
from ganlab.checkpoints import Checkpoint
from ganlab.commands import names
from ganlab.commands.tables import metrics_table
from ganlab.export import to_onnx
from ganlab.runs import RunFolder
from ganlab.snapshots import best_snapshot, snapshot_path, snapshots_measured
from ganlab.snapshots import export as export_snapshot
from ganlab.whole_files import replacing, require_room


def export(
    model: Annotated[str, tyro.conf.Positional],
    *,
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(with --onnx: the checkpoint's name)")] = None,
    step: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: the best so far)")] = None,
    n: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: 10,000, or as the dataset asks for)")] = None,
    onnx: bool = False,
    net: str = "generator",
) -> int:
    """Write a snapshot of a run as a checkpoint, with its metrics, curves and sample sheets; or a net as ONNX.

    Args:
        model: a run, by its name or folder; with --onnx any model: a checkpoint file, or the name of a shipped
            checkpoint or of a run.
        out: the file to write, ending in .safetensors, or in .onnx with --onnx.
        step: step of the snapshot.
        n: number of samples to measure, 100 or more.
        onnx: write a net of a checkpoint for other runtimes: batch norm folded in, one input vector a picture.
        net: the net that --onnx writes, generator or encoder.
    """
    if onnx:
        if step is not None or n is not None:
            raise ValueError(
                "--onnx writes the net of a whole checkpoint; export the step first, without --step and --n"
            )
        return _export_net(model, net, out)
    if net != "generator":
        raise ValueError(f"--net {net} is for --onnx; a checkpoint has all of its nets")
    if out is None:
        raise ValueError("--out is missing: the .safetensors file to write")
    if out.suffix == ".onnx":
        raise ValueError(f"{out} would be an ONNX file; add --onnx for one")
    return _export_snapshot(model, step, n, out)


def _export_snapshot(run: str, step: int | None, n: int | None, out: Path) -> int:
    names.suffix(out, (".safetensors",))
    folder = names.run(run)
    model = _chosen(folder, step)
    require_room(out, sum(weight.nbytes for net in model.nets.values() for weight in net.state_dict().values()))
    measured = measure(model, n)
    for problem in export_snapshot(model, folder, out, measured):
        print(problem, file=sys.stderr)
    print(f"{out}: step {model.card.step:,}")
    print(metrics_table(measured.metrics, measured.left_out))
    return 0


def _chosen(folder: RunFolder, step: int | None) -> Checkpoint:
    """The snapshot of a step, or the best one that can be read."""
    if step is None and (best := best_snapshot(folder, snapshots_measured(folder).best())):
        return best
    return checkpoints.load(snapshot_path(folder, step))


def _export_net(file: str, net: str, out: Path | None) -> int:
    model = checkpoints.load(names.model_file(file))
    out = out or Path(f"{model.card.name}.onnx")
    names.suffix(out, (".onnx",))
    content = to_onnx(model, net)
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as part:
        part.write_bytes(content)
    print(f"{out}: {len(content) / 1e6:.1f} MB")
    return 0
