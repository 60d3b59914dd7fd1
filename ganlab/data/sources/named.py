"""Data sets that torchvision downloads, by name."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab.data.folder import data_folder
from ganlab.data.sources.collection import TEST, TRAIN, Collection, Labels, Read, Words, identity_of
from ganlab.data.sources.names import Names
from ganlab.data.torchvision_import import torchvision
from ganlab.full_disk import check_room


class Named(NamedTuple):
    """A data set of torchvision, and how its two splits are asked for."""

    loader: str  # class of torchvision.datasets
    train: dict[str, object]
    test: dict[str, object]
    licence: str
    transposed: bool = False  # EMNIST stores its pictures lying
    titles: tuple[str, ...] = ()  # where torchvision does not know them


def _emnist(split: str) -> Named:
    return Named(
        "EMNIST",
        {"split": split, "train": True},
        {"split": split, "train": False},
        "EMNIST (Cohen, Afshar, Tapson, van Schaik), from NIST Special Database 19",
        transposed=True,
    )


NAMED: dict[str, Named] = {
    "cifar10": Named("CIFAR10", {"train": True}, {"train": False}, "CIFAR-10 (Krizhevsky); its terms are not known"),
    "kmnist": Named("KMNIST", {"train": True}, {"train": False}, "CC BY-SA 4.0 (KMNIST, CODH)"),
    "emnist-letters": _emnist("letters"),
    "emnist-balanced": _emnist("balanced"),
    "svhn": Named(
        "SVHN",
        {"split": "train"},
        {"split": "test"},
        "SVHN (Netzer et al.): non-commercial use only",
        titles=tuple(map(str, range(10))),
    ),
}


def open_named(name: str) -> Collection:
    """Both splits of the data set, downloaded by torchvision when they are not here, with the checksums it knows.

    ValueError says how to go on without the internet.
    """
    named = NAMED[name]
    folder = data_folder() / "torchvision"
    parts = []
    for options in (named.train, named.test):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            parts.append(getattr(torchvision().datasets, named.loader)(str(folder), download=True, **options))
        except (ImportError, OSError, RuntimeError) as error:
            check_room(error, folder)
            reason = " ".join(str(error).split())
            raise ValueError(
                f"{name} is not here and could not be downloaded ({reason}); connect to the internet and try again, or "
                f"copy torchvision's files of it into {folder}"
            ) from error
    pixels = [_pixels(part, named) for part in parts]
    counts = [len(one) for one in pixels]
    codes = np.concatenate([_codes(part) for part in parts])
    titles = named.titles or tuple(map(str, parts[0].classes))

    def stream(start: int) -> Iterator[Read]:
        for place in range(start, sum(counts)):
            first = place < counts[0]
            yield partial(pixels[0 if first else 1].__getitem__, place if first else place - counts[0])

    return Collection(
        title=name,
        identity=identity_of(name.encode(), *(str(one.shape).encode() for one in pixels)),
        names=Names.of(f"{name} {place + 1:,}" for place in range(sum(counts))),
        stream=stream,
        labels=Labels(
            columns=(Words("class", titles, codes),),
            sides=np.repeat(np.array([TRAIN, TEST], np.int8), counts),
            origin="labels of the data set",
        ),
        licence=named.licence,
    )


def _pixels(data: Any, named: Named) -> NDArray[np.uint8]:
    """uint8 [N, H, W] or [N, H, W, 3]."""
    pixels = np.asarray(data.data)
    if pixels.ndim == 4 and pixels.shape[1] == 3:  # SVHN
        pixels = pixels.transpose(0, 2, 3, 1)
    return pixels.swapaxes(1, 2) if named.transposed else pixels


def _codes(data: Any) -> NDArray[np.int32]:
    found = data.labels if hasattr(data, "labels") else data.targets
    return np.asarray(found, np.int32)
