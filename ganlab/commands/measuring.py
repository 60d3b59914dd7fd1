"""`evaluate`, `export` and `classifier`: measurements, and the files that carry them."""

import json
from pathlib import Path
from typing import Annotated

import tyro

from ganlab import checkpoints, data, runs
from ganlab.checkpoints import Checkpoint
from ganlab.commands import names
from ganlab.commands.tables import metrics_table
from ganlab.export import to_onnx
from ganlab.metrics import kept
from ganlab.metrics.classifier import accuracy, save_classifier, train_classifier
from ganlab.metrics.condition_classifier import held_out, save_condition_classifier, train_condition_classifier
from ganlab.snapshots import Measured, measure_fully, snapshot_path
from ganlab.snapshots import export as export_snapshot

MIN_SAMPLES = 100


def evaluate(file: Annotated[str, tyro.conf.Positional], *, n: int = 10_000) -> int:
    """Measure a checkpoint's samples beside real test images.

    Args:
        file: a checkpoint file, or the name of a shipped checkpoint or of a run.
        n: number of samples, 100 or more; distances shrink as it grows.
    """
    model = checkpoints.load(names.model_file(file))
    measured = _measure(model, n)
    print(metrics_table(measured.metrics))
    if measured.codes:
        print(json.dumps(measured.codes, indent=2))
    return 0


def export(
    run: Annotated[str, tyro.conf.Positional],
    *,
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(with --onnx: the checkpoint's name)")] = None,
    step: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: the best so far)")] = None,
    n: int = 10_000,
    onnx: bool = False,
    net: str = "generator",
) -> int:
    """Write a snapshot of a run as a checkpoint, with its metrics, curves and sample sheets; or a net as ONNX.

    Args:
        run: name or folder of a run; with --onnx a checkpoint file, or the name of a shipped checkpoint or of a run.
        out: the file to write, ending in .safetensors or .onnx.
        step: step of the snapshot.
        n: number of samples to measure, 100 or more.
        onnx: write a net of a checkpoint for other runtimes: batch norm folded in, one input vector a picture.
        net: the net that --onnx writes, generator or encoder.
    """
    if onnx:
        return _export_onnx(run, net, out)
    if out is None:
        raise ValueError("--out is missing: the .safetensors file to write")
    names.suffix(out, (".safetensors",))
    folder = names.run(run)
    best = runs.read_status(folder).best_step
    model = checkpoints.load(snapshot_path(folder, best if step is None else step))
    measured = _measure(model, n)
    export_snapshot(model, folder, out, measured)
    print(f"{out}: step {model.card.step:,}")
    print(metrics_table(measured.metrics))
    return 0


def classifier(
    dataset: Annotated[str, tyro.conf.Positional] = "mnist",
    *,
    epochs: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: 8 for mnist, else 14)")] = None,
    seed: int = 0,
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(default: DATASET-classifier.safetensors)")] = None,
) -> int:
    """Train the classifier that the metrics read, from nothing: of digits, or of a dataset whose images have labels.

    Args:
        dataset: mnist, or a dataset of colour pictures with labels, such as iclevr or avatars.
        epochs: passes over the training images.
        seed: seed of weights, data order and distortions.
        out: the file to write; copied into ganlab/metrics it replaces the one in use.
    """
    epochs = (8 if dataset == "mnist" else 14) if epochs is None else epochs
    out = out or Path(f"{dataset}-classifier.safetensors")
    names.suffix(out, (".safetensors",))
    if epochs < 1:
        raise ValueError(f"--epochs is {epochs}; it must be 1 or more")
    if not data.describe(dataset).spec.conditions:
        labelled = ", ".join(name for name, entry in data.DATASETS.items() if entry.spec.conditions)
        raise ValueError(f"the images of {dataset} have no labels; choose from {labelled}")
    pack = data.load(dataset)
    out.parent.mkdir(parents=True, exist_ok=True)
    if dataset == "mnist":
        for epoch, net in train_classifier(pack, epochs=epochs, seed=seed):
            share = _told(epoch, epochs, accuracy(net, pack))
        save_classifier(net, out, {"test_accuracy": share})
    else:
        for epoch, several in train_condition_classifier(pack, epochs=epochs, seed=seed):
            share = _told(epoch, epochs, held_out(several, pack).accuracy)
        save_condition_classifier(several, out, {"test_accuracy": share, "epochs": epochs, "seed": seed})
    print(out)
    return 0


def _told(epoch: int, epochs: int, share: float) -> float:
    print(f"epoch {epoch} of {epochs}: {share:.2%} of the test images' labels are right", flush=True)
    return share


def _export_onnx(file: str, net: str, out: Path | None) -> int:
    model = checkpoints.load(names.model_file(file))
    out = out or Path(f"{model.card.name}.onnx")
    names.suffix(out, (".onnx",))
    content = to_onnx(model, net)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    print(f"{out}: {len(content) / 1e6:.1f} MB")
    return 0


def _measure(model: Checkpoint, n: int) -> Measured:
    if n < MIN_SAMPLES:
        raise ValueError(f"--n is {n}; the metrics need {MIN_SAMPLES} samples or more")
    pack = data.resized(data.load(model.card.data.name), model.card.data.size)
    return measure_fully(model, pack, kept.reference(pack), n)
