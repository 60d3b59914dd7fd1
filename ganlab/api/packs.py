"""The pictures that models learn from, as arrays."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ganlab import data
from ganlab.api import arguments
from ganlab.api.pictures import Pictures
from ganlab.api.refusals import as_values
from ganlab.choices import instead
from ganlab.data import Pack
from ganlab.latents import side_by_side


def datasets() -> list[str]:
    """The names that `dataset` and `train` know: the built-in ones, then those that you have added."""
    return data.names()


def dataset(name: str, *, size: int | None = None) -> "Dataset":
    """The dataset of that name, packed first where it is not yet, which may download or draw it.

    size: pixels a side; by default the dataset's own.

    ValueError lists the names when there is none, and says what to do where its pictures are missing.
    """
    return Dataset(pack_of(name, size))


def pack_of(name: str, size: int | None) -> Pack:
    """The pack of `dataset`, without what Python callers see of it."""
    size = None if size is None else arguments.whole("size", size, least=1)
    with as_values():
        return data.load(arguments.text("dataset", name), size)


class Dataset:
    """A dataset, from `ganlab.dataset`: pictures for training, others for testing, and what is known of each."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    @property
    def name(self) -> str:
        """What the dataset is called."""
        return self._pack.spec.name

    @property
    def licence(self) -> str:
        """The terms of its pictures, as far as they are known."""
        return self._pack.licence

    @property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """The labels that a picture can have, by the factor that they belong to; empty where nothing is known."""
        return {condition.name: condition.labels for condition in self._pack.spec.conditions}

    @property
    def train(self) -> Pictures:
        """The training pictures, uint8 [N, H, W, C]; of points where they are, float32 [N, 1, 1, 2]."""
        return self._pictures("train")

    @property
    def test(self) -> Pictures:
        """The test pictures, as the training pictures."""
        return self._pictures("test")

    def known(self, factor: str, part: Literal["train", "test"] = "train") -> NDArray[np.uint8]:
        """Which labels of a factor each picture has, uint8 [N, labels] of 0 and 1.

        ValueError for a factor or a part that there is not.
        """
        conditions = self._pack.split(part)[1]
        for condition, columns in side_by_side(self._pack.spec.conditions):
            if condition.name == factor:
                return conditions[:, columns].numpy()
        raise ValueError(f"{self.name} has no factor {factor!r}{instead(factor, self.labels)}")

    def __repr__(self) -> str:
        pack = self._pack
        return f"Dataset({self.name!r}, {pack.train:,} for training, {len(pack.images) - pack.train:,} for testing)"

    def _pictures(self, part: str) -> Pictures:
        return Pictures(self._pack.split(part)[0].permute(0, 2, 3, 1).numpy())
