"""`classifier` and `data classifier`: training what reads the pictures of a dataset."""

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro

from ganlab import caches, data
from ganlab.commands import names
from ganlab.data import Pack, catalogue
from ganlab.data.packs import fingerprint
from ganlab.metrics import classifiers
from ganlab.metrics.outcome import attempt_number
from ganlab.system_errors import in_words
from ganlab.whole_files import require_room

FEWEST_PICTURES = 1_000  # of fewer, a classifier learns the pictures and not their labels


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
    _check(dataset, epochs)
    return _train(data.load(dataset), epochs, seed, out)


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
    _check(name, epochs)
    if catalogue.evaluation(name).classifier:
        raise ValueError(f"a classifier of {name} comes with the program; `classifier {name}` trains one beside it")
    pack = data.load(name)
    if len(pack.images) < FEWEST_PICTURES:
        raise ValueError(f"{name} has {len(pack.images):,} images; a classifier needs {FEWEST_PICTURES:,} or more")
    return _train(pack, epochs, seed, catalogue.classifier_path(name))


def _check(dataset: str, epochs: int | None) -> None:
    if epochs is not None and epochs < 1:
        raise ValueError(f"--epochs is {epochs}; it must be 1 or more")
    if not data.describe(dataset).spec.conditions:
        known = {name: catalogue.find(name) for name in catalogue.names()}
        labelled = ", ".join(name for name, entry in known.items() if entry and entry.spec.conditions)
        raise ValueError(f"the images of {dataset} have no labels; choose from {labelled}")


def _train(pack: Pack, epochs: int | None, seed: int, out: Path) -> int:
    """Train and save. A disk without room is told before; one that fills up meanwhile costs another place."""
    name = classifiers.kind_for(pack.spec)
    kind = classifiers.KINDS[name]
    require_room(out, classifiers.size_bytes(pack.spec))
    epochs = epochs or classifiers.epochs_for(name, pack.train)
    mirror = catalogue.evaluation(pack.spec.name).mirrored
    for epoch, net in kind.train(pack, epochs=epochs, seed=seed, mirror=mirror):
        measured = _told(epoch, epochs, partial(kind.accuracy, net, pack))
    # The pack's own, or of one of earlier versions, which has none.
    known = pack.fingerprint or fingerprint(pack)
    save = partial(
        classifiers.save, net, pack=pack, fingerprint=known, measured=measured | {"epochs": epochs, "seed": seed}
    )
    try:
        save(out)
    except OSError as error:
        saved = _save_elsewhere(save, out, error)
        print(
            f"{in_words(error, out)}\nthe classifier is in {saved}; when there is room, move it to {out}",
            file=sys.stderr,
        )
        return 1
    print(out)
    return 0


def _save_elsewhere(save: Callable[[Path], None], out: Path, error: OSError) -> Path:
    """Where the classifier is now that could not be written to `out`; raises the `error` where it can be nowhere."""
    for folder in (caches.own_folder(), Path.cwd()):
        if folder and folder != out.parent:
            with suppress(OSError):
                save(folder / out.name)
                return folder / out.name
    raise error


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
