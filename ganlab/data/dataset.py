"""What a dataset is, before it is packed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ganlab.data.evaluation import Evaluation
from ganlab.data.making import Making, Progress
from ganlab.data.spec import DataSpec

__all__ = ["Dataset", "Making", "Progress", "Source", "silent"]

Source = Literal["included", "drawn", "downloaded", "own", "added"]
"""Comes with a package; is drawn by the program; is downloaded when missing; is the user's own copy of a known dataset,
never fetched; was added by a user, and is known from its pack alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """A dataset that can be packed, and what a person should know before doing so."""

    title: str
    spec: DataSpec
    train: int  # images in the train split, for counting epochs
    licence: str  # of the images, as far as it is known
    source: Source
    build: Callable[[Progress], Making]
    files: tuple[str, ...] = ()  # patterns under the data folder, any of which finds the user's own files
    makes: str = ""  # what the program draws, in words with their number
    fingerprint: str = ""  # of the pictures of a dataset that a user added, see `ganlab.data.packs`
    evaluation: Evaluation = field(default_factory=Evaluation)
    larger: Mapping[int, Callable[[Progress], Making]] = field(default_factory=dict)
    """Further sizes in pixels, each packed from the source into a file of its own, and what makes those packs."""
    enlarges: bool = False  # whether its source has no more pixels, so that larger images are made of its pack
    made_from: str = ""  # name of the dataset whose images this one is made of


def silent(share: float, text: str) -> None:
    """A `Progress` that says nothing."""
