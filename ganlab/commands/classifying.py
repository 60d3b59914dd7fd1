"""`classifier` and `data classifier`: training what reads the pictures of a dataset."""

from pathlib import Path
from typing import Annotated

import tyro

from ganlab import data
from ganlab.commands import names
from ganlab.data import Pack, catalogue
from ganlab.metrics import classifier_training

MOST_SEED = 2**31 - 1  # as that of a training


def classifier(
    dataset: Annotated[str, tyro.conf.Positional],
    *,
    epochs: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: by the number of images)")] = None,
    seed: int = 0,
    out: Annotated[Path | None, tyro.conf.arg(help_behavior_hint="(default: DATASET-classifier.safetensors)")] = None,
) -> int:
    """Train a classifier of a dataset's labels from nothing, into a file of its own.

    Args:
        dataset: a dataset whose images have labels.
        epochs: passes over the training images.
        seed: seed of weights, data order and distortions.
        out: the file to write; copied into ganlab/data/classifiers it replaces the one that comes with the program.
    """
    out = out or Path(f"{dataset}-classifier.safetensors")
    names.suffix(out, (".safetensors",))
    _check(dataset, epochs, seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    _train(data.load(dataset), epochs, seed, out)
    return 0


def dataset_classifier(
    name: Annotated[str, tyro.conf.Positional],
    *,
    epochs: Annotated[int | None, tyro.conf.arg(help_behavior_hint="(default: by the number of images)")] = None,
    seed: int = 0,
) -> int:
    """Train the classifier of a dataset, so that models of it are measured by what it sees.

    Args:
        name: a dataset of 1,000 or more images that have labels; `data list` shows them.
        epochs: passes over the training images.
        seed: seed of weights, data order and distortions.
    """
    name = names.dataset(name)
    _check(name, epochs, seed)
    if catalogue.evaluation(name).classifier:
        raise ValueError(classifier_training.why_none(name, 0))
    pack = data.load(name)
    if why := classifier_training.why_none(name, len(pack.images)):
        raise ValueError(why)
    _train(pack, epochs, seed, catalogue.classifier_path(name))
    return 0


def _check(dataset: str, epochs: int | None, seed: int) -> None:
    if not 0 <= seed <= MOST_SEED:
        raise ValueError(f"--seed is {seed}; choose a whole number from 0 to {MOST_SEED:,}")
    if epochs is not None and epochs < 1:
        raise ValueError(f"--epochs is {epochs}; it must be 1 or more")
    spec = data.describe(dataset).spec
    if spec.points or not spec.conditions:
        raise ValueError(classifier_training.why_none(dataset, 0))


def _train(pack: Pack, epochs: int | None, seed: int, out: Path) -> None:
    for epoch in classifier_training.train(pack, out, epochs=epochs, seed=seed):
        print(epoch, flush=True)
    print(out)
