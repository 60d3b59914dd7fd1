"""Training what reads the pictures of a dataset, from nothing, into a file."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ganlab import caches
from ganlab.counting import counted
from ganlab.data import DataSpec, Pack, catalogue
from ganlab.data.packs import fingerprint
from ganlab.metrics import classifiers
from ganlab.metrics.outcome import attempt_number
from ganlab.system_errors import in_words
from ganlab.whole_files import require_room

FEWEST_PICTURES = 1_000  # of fewer, a classifier learns the pictures and not their labels


class Epoch(NamedTuple):
    """A pass over the training images, and what the classifier makes of test images after it."""

    number: int  # from 1
    of: int
    accuracy: float | None  # share of the test images' labels that it finds
    why_not: str = ""  # it could not be measured

    def __str__(self) -> str:
        if self.accuracy is None:
            return f"epoch {self.number} of {self.of}: the accuracy is not measured ({self.why_not})"
        return f"epoch {self.number} of {self.of}: {self.accuracy:.2%} of the test images' labels are right"


def why_none(name: str, pictures: int) -> str:
    """Why the dataset of that name, of so many pictures, gets no classifier of its own; empty where it can."""
    spec = catalogue.describe(name).spec
    if not _has_labels(spec):
        known = {other: catalogue.find(other) for other in catalogue.names()}
        labelled = ", ".join(other for other, entry in known.items() if entry and _has_labels(entry.spec))
        what = f"{name} has points, and no images" if spec.points else f"the images of {name} have no labels"
        return f"{what}; choose from {labelled}"
    if catalogue.evaluation(name).classifier:
        return f"a classifier of {name} comes with the program; `classifier {name}` trains one beside it"
    if pictures < FEWEST_PICTURES:
        return f"{name} has {counted(pictures, 'image')}; a classifier needs {FEWEST_PICTURES:,} or more"
    return ""


def _has_labels(spec: DataSpec) -> bool:
    """Whether there are images, and something is known of them."""
    return bool(spec.conditions) and not spec.points


def train(
    pack: Pack, out: Path, *, epochs: int | None = None, seed: int = 0, told: Callable[[float], object] = lambda s: None
) -> Iterator[Epoch]:
    """Train one and write it to `out` after the last epoch.

    `told` hears after each step which share of all is done; what it raises ends the training, and nothing is written.
    A disk without room is told before the first step; one that fills up meanwhile costs another place, which the
    ValueError names.
    """
    name = classifiers.kind_for(pack.spec)
    kind = classifiers.KINDS[name]
    require_room(out, classifiers.size_bytes(pack.spec))
    epochs = epochs or classifiers.epochs_for(name, pack.train)
    mirror = catalogue.evaluation(pack.spec.name).mirrored
    measured: dict[str, float] = {}
    for epoch, net in kind.train(pack, epochs=epochs, seed=seed, mirror=mirror, told=told):
        left_out: dict[str, str] = {}
        measured = attempt_number(left_out, "test_accuracy", partial(kind.accuracy, net, pack))
        yield Epoch(epoch, epochs, measured.get("test_accuracy"), left_out.get("test_accuracy", ""))
    # The pack's own, or of one of earlier versions, which has none.
    known = pack.fingerprint or fingerprint(pack)
    save = partial(
        classifiers.save, net, pack=pack, fingerprint=known, measured=measured | {"epochs": epochs, "seed": seed}
    )
    try:
        save(out)
    except OSError as error:
        saved = _save_elsewhere(save, out, error)
        raise ValueError(
            f"{in_words(error, out)}\nthe classifier is in {saved}; when there is room, move it to {out}"
        ) from error


def _save_elsewhere(save: Callable[[Path], None], out: Path, error: OSError) -> Path:
    """Where the classifier is now that could not be written to `out`; raises the `error` where it can be nowhere."""
    for folder in (caches.own_folder(), Path.cwd()):
        if folder and folder != out.parent:
            with suppress(OSError):
                save(folder / out.name)
                return folder / out.name
    raise error
