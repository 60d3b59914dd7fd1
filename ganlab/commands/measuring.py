"""`evaluate` and `classifier`: measurements, and the classifier that they read."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro

from ganlab import caches, checkpoints, data
from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import code_values
from ganlab.commands import names
from ganlab.commands.tables import metrics_table
from ganlab.data import Pack
from ganlab.metrics import kept
from ganlab.metrics.classifier import accuracy, save_classifier, train_classifier
from ganlab.metrics.condition_classifier import (
    ConditionClassifier,
    held_out,
    save_condition_classifier,
    train_condition_classifier,
)
from ganlab.metrics.cost import cost
from ganlab.metrics.outcome import attempt_number
from ganlab.snapshots import Measured, measure_fully
from ganlab.system_errors import in_words
from ganlab.whole_files import require_room

MIN_SAMPLES = 100
ROOM_BYTES = 2 * 2**20  # more than a classifier takes
Write = Callable[[Path], None]


def evaluate(file: Annotated[str, tyro.conf.Positional], *, n: int = 10_000) -> int:
    """Measure a checkpoint's samples beside real test images.

    Args:
        file: a checkpoint file, or the name of a shipped checkpoint or of a run.
        n: number of samples, 100 or more; distances shrink as it grows.
    """
    model = checkpoints.load(names.model_file(file))
    measured = measure(model, n)
    print(metrics_table(measured.metrics, measured.left_out))
    spent = cost(model)
    print(
        f"  a picture costs {spent.operations / 1e6:.1f} million operations and {spent.milliseconds:.2f} ms "
        f"on this CPU, with {spent.parameters:,} parameters"
    )
    if measured.codes:
        print(json.dumps(code_values(measured.codes), indent=2))
    return 0


def measure(model: Checkpoint, n: int) -> Measured:
    """What `n` samples of the model measure, beside real test images; ValueError for fewer than 100."""
    if n < MIN_SAMPLES:
        raise ValueError(f"--n is {n}; the metrics need {MIN_SAMPLES} samples or more")
    pack = data.resized(data.load(model.card.data.name), model.card.data.size)
    return measure_fully(model, pack, kept.reference(pack), n)


def classifier(
    dataset: Annotated[str, tyro.conf.Positional] = "mnist",
    *,
    epochs: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: 8 for mnist, else 14)")] = None,
    seed: int = 0,
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(default: DATASET-classifier.safetensors)")] = None,
) -> int:
    """Train the classifier that the metrics read, from nothing: of digits, or of other images that have labels.

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
    require_room(out, ROOM_BYTES)  # told now, not after an hour of training
    learn = _learn_digits if dataset == "mnist" else _learn_conditions
    write = learn(pack, epochs, seed)
    try:
        write(out)
    except OSError as error:
        saved = _write_elsewhere(write, out, error)
        print(f"{in_words(error)}\nthe classifier is in {saved}: move it where there is room", file=sys.stderr)
        return 1
    print(out)
    return 0


def _write_elsewhere(write: Write, out: Path, error: OSError) -> Path:
    """Where the trained classifier is now, since it could not be written to `out`; the `error` where it is nowhere."""
    for folder in (caches.own_folder(), Path.cwd()):
        if folder and folder != out.parent:
            with suppress(OSError):
                write(folder / out.name)
                return folder / out.name
    raise error


def _learn_digits(pack: Pack, epochs: int, seed: int) -> Write:
    for epoch, net in train_classifier(pack, epochs=epochs, seed=seed):
        measured = _told(epoch, epochs, partial(accuracy, net, pack))
    return lambda out: save_classifier(net, out, measured)


def _learn_conditions(pack: Pack, epochs: int, seed: int) -> Write:
    for epoch, net in train_condition_classifier(pack, epochs=epochs, seed=seed):
        measured = _told(epoch, epochs, partial(_accuracy, net, pack))
    return lambda out: save_condition_classifier(net, out, measured | {"epochs": epochs, "seed": seed})


def _accuracy(net: ConditionClassifier, pack: Pack) -> float:
    return held_out(net, pack).accuracy


def _told(epoch: int, epochs: int, measure: Callable[[], float]) -> dict[str, float]:
    """The accuracy on the test split as a header has it, once it is said; empty where it cannot be measured."""
    left_out: dict[str, str] = {}
    measured = attempt_number(left_out, "test_accuracy", measure)
    if measured:
        said = f"{measured['test_accuracy']:.2%} of the test images' labels are right"
    else:
        said = f"the accuracy is not measured ({left_out['test_accuracy']})"
    print(f"epoch {epoch} of {epochs}: {said}", flush=True)
    return measured
