"""What measurements may know of a dataset beyond its labels. Each dataset has one record of it, in its own file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from ganlab.data.spec import Condition
from ganlab.latents import Category

SAMPLES = 10_000  # of a trained model that are measured, unless the dataset asks for others
CLASSIFIERS = Path(__file__).with_name("classifiers")
"""Where the classifiers lie that come with the program."""


class Area(NamedTuple):
    """A part of the picture with a colour of its own that no label names, and the colours that it can have."""

    factor: Category
    rows: slice  # of 64
    columns: slice  # of 64
    palette: tuple[tuple[str, str], ...]  # colours as hexadecimal digits, each with its label


class Hiding(NamedTuple):
    """How one label hides others."""

    rule: Callable[[Tensor, Sequence[Condition]], Tensor]  # labels asked for => labels that can be seen, bool [N, D]
    by: str  # what hides them, in words


class ConditionList(NamedTuple):
    """Conditions that a model is asked for one by one, 50 latents each: a metric of the dataset's own."""

    name: str  # of the metric
    title: str
    text: str  # how to read it
    conditions: Callable[[], Tensor]  # uint8 [K, D]; ValueError where they cannot be read


@dataclass(frozen=True, slots=True)
class Modes:
    """Where points of a dataset lie: Gaussian noise around places, which belong to modes (clusters, arms)."""

    places: Tensor  # float32 [P, 2]
    mode: Tensor  # int64 [P], of each place
    count: int  # of modes
    deviation: float  # of the noise, along each coordinate


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """What reads a dataset's pictures, and what is measured of them beside what every dataset has."""

    classifier: Path | None = None  # that comes with the program
    mirrored: bool = False  # whether a picture mirrored left to right keeps its labels
    kind: str = ""  # what a picture shows, such as `digit`; empty where no word fits all
    nouns: tuple[str, ...] = ()  # factors whose labels say nothing without them: `grey hair`, not `grey`
    hiding: Hiding | None = None
    areas: tuple[Area, ...] = ()
    lists: tuple[ConditionList, ...] = ()
    samples: int = SAMPLES  # of a trained model that are measured
    channels_of: str = ""  # the dataset that each channel of a picture is a picture of
    real_samples: Callable[[Tensor, int], Tensor] | None = None
    """Makes so many of the test images [N, C, H, W], where a measure depends on their number."""
    modes: Callable[[], Modes] | None = None  # of points

    def check_lists(self) -> None:
        """ValueError for a list that the last measurement of a model could not read."""
        for one in self.lists:
            one.conditions()
