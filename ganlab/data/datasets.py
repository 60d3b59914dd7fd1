"""The datasets by name, and how one becomes a pack on disk."""

from typing import Literal

from ganlab import listings
from ganlab.data import avatars, celeba, digits, iclevr, mnist, shapes, stacked_mnist
from ganlab.data.dataset import Dataset, Progress, silent
from ganlab.data.folder import data_folder
from ganlab.data.held_out import split_summary, with_test_split
from ganlab.data.packs import Pack, load_pack, pack_path, save_pack
from ganlab.foreign import shortened

DATASETS: dict[str, Dataset] = {
    "digits": digits.DATASET,
    "mnist": mnist.MNIST,
    "fashion-mnist": mnist.FASHION_MNIST,
    "stacked-mnist": stacked_mnist.DATASET,
    "avatars": avatars.DATASET,
    "celeba": celeba.DATASET,
    "iclevr": iclevr.DATASET,
    "shapes": shapes.DATASET,
}

State = Literal["packed", "offline", "drawn", "files", "download", "missing"]
"""A pack is there; it is made in a moment; it is drawn in minutes; the user's files are there; they must be
downloaded; they must be brought by the user."""


def describe(name: str) -> Dataset:
    """The registry's entry; ValueError lists the names when there is none."""
    if name not in DATASETS:
        raise ValueError(f"unknown dataset {shortened(name, 60)!r}; choose from {', '.join(DATASETS)}")
    return DATASETS[name]


def state(name: str) -> State:
    """What has to happen before the dataset can be trained on."""
    dataset = describe(name)
    if is_packed(name):
        return "packed"
    if dataset.made_from:
        below = state(dataset.made_from)
        return "files" if below == "packed" else below
    folder = data_folder()
    if listings.is_folder(folder) and any(path for pattern in dataset.files for path in folder.glob(pattern)):
        return "files"
    states: dict[str, State] = {
        "included": "offline",
        "drawn": "drawn",
        "downloaded": "download",
        "own": "missing",
    }
    return states[dataset.source]


def is_packed(name: str) -> bool:
    return listings.is_file(pack_path(describe(name).spec.name))


def load(name: str, progress: Progress = silent) -> Pack:
    """The pack of dataset `name`, made first when it is not there yet. ValueError names one that cannot be read."""
    if not is_packed(name):
        _build(name, progress)
    return _loaded(name, progress)


def pack(name: str, progress: Progress = silent) -> Pack:
    """As `load`, but a pack that cannot be read is made again."""
    try:
        packed(name)
    except ValueError:
        _build(name, progress)
    return _loaded(name, progress)


def packed(name: str) -> Pack:
    """The pack of dataset `name`. ValueError when there is none, when it cannot be read, and when it is another's."""
    return load_pack(pack_path(name), describe(name).spec)


def _build(name: str, progress: Progress) -> None:
    progress(0.0, f"packing {describe(name).title}")
    save_pack(with_test_split(describe(name).build(progress)), pack_path(name))


def _loaded(name: str, progress: Progress) -> Pack:
    pack = packed(name)
    progress(1.0, f"{split_summary(pack)} in {pack_path(name)}")
    return pack
