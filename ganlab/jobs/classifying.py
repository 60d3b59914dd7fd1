"""The training of a dataset's classifier, in a process of its own: `python -m ganlab.jobs.classifying FOLDER START`."""

import sys
from pathlib import Path

from ganlab import listings, locks
from ganlab.data import catalogue
from ganlab.data.adding import Stopped
from ganlab.data.folder import data_folder
from ganlab.jobs import work
from ganlab.jobs.work import Status, Work
from ganlab.metrics import classifier_training

PROCESS = "ganlab.jobs.classifying"


def training_of(dataset: str) -> Work:
    """Where the training of its classifier is noted, whether there was one or not."""
    return Work(data_folder() / "classifiers" / dataset)


def status_of(dataset: str) -> Status | None:
    """What becomes of the training; None where there was none."""
    training = training_of(dataset)
    return work.read_status(training) if listings.is_file(training.status) else None


def start(dataset: str) -> None:
    """Have a process train it. ValueError where it cannot be trained, and while one is trained."""
    if why := classifier_training.why_none(dataset, _pictures(dataset)):
        raise ValueError(why)
    with locks.hold(training_of(dataset).path.parent.with_suffix(".lock"), patience_seconds=5.0):
        _start(dataset)


def _start(dataset: str) -> None:
    busy = [path.name for path in listings.folders(training_of(dataset).path.parent) if is_active(path.name)]
    if busy:
        raise ValueError(f"the classifier of {busy[0]} is being trained; wait until it is done, or cancel that")
    training = training_of(dataset)
    training.path.mkdir(parents=True, exist_ok=True)
    work.start(training, PROCESS)


def is_active(dataset: str) -> bool:
    """Whether its classifier is being trained now."""
    status = status_of(dataset)
    return status is not None and status.active


def main() -> int:
    """Train it; returns 1 when it cannot be done, and the status says why."""
    training = Work(Path(sys.argv[1]))
    return work.carry_out(training, sys.argv[2], lambda: _train(training))


def _train(training: Work) -> work.State:
    dataset = training.name
    tell = work.Teller(training, "training")
    said = ""

    def told(share: float) -> None:
        if listings.is_there(training.stop):
            raise Stopped("the training of the classifier was cancelled")
        tell(share, said)

    pack = catalogue.load(dataset)
    for epoch in classifier_training.train(pack, catalogue.classifier_path(dataset), told=told):
        said = str(epoch)
        print(said, flush=True)
    return "trained"


def _pictures(dataset: str) -> int:
    return len(catalogue.packed(dataset).images)


if __name__ == "__main__":
    sys.exit(main())
