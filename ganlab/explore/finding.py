"""Finding a model among many: by words, by kind and data, in an order that shows the best first."""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ganlab.data.spec import size_in_words
from ganlab.explore.library import Model
from ganlab.explore.model_index import Line
from ganlab.families import FAMILIES

ORIGIN_WORDS = {"shipped": "shipped", "uploaded": "uploaded", "run": "your run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A model in a list of models; without a `line` where the file cannot be read."""

    model: Model
    name: str
    line: Line | None
    changed: float  # when its file was written, seconds since the epoch

    @property
    def family(self) -> str:
        """As pages show it; empty where nobody knows it."""
        return FAMILIES[self.line.family].TITLE if self.line else ""

    @property
    def dataset(self) -> str:
        return self.line.dataset if self.line else ""


def largest_size(listed: Sequence[Listed]) -> int:
    """Pixels of a side of the largest images that they draw, for `said_of`: 1 where all of them draw points."""
    return max((one.line.size for one in listed if one.line), default=0)


def matching(
    listed: Sequence[Listed], text: str, families: Collection[str] = (), datasets: Collection[str] = ()
) -> list[Listed]:
    """Those that have every word of `text` in their name, family, dataset, size or origin; and one of `families` and
    one of `datasets`, where there are any."""
    words = text.lower().split()
    return [
        one
        for one in listed
        if all(word in _words(one) for word in words)
        and (not families or one.family in families)
        and (not datasets or one.dataset in datasets)
    ]


def own_then_best(listed: Sequence[Listed]) -> list[Listed]:
    """Runs and uploads, the newest first; then shipped models: the best of each dataset, the second best, and so on.

    Best by `Line.likeness`. Files that cannot be read come last.
    """
    readable = [one for one in listed if one.line]
    own = newest([one for one in readable if one.model.origin != "shipped"])
    shipped = closest([one for one in readable if one.model.origin == "shipped"])
    before: Counter[str] = Counter()
    places = {}
    for one in shipped:
        places[one.model.id] = before[one.dataset]
        before[one.dataset] += 1
    shipped.sort(key=lambda one: places[one.model.id])  # stable: within a place the closest first
    return [*own, *shipped, *(one for one in listed if not one.line)]


def closest(listed: Sequence[Listed]) -> list[Listed]:
    """The closest to real pictures first."""
    return sorted(listed, key=lambda one: one.line.likeness if one.line else (False, -math.inf), reverse=True)


def newest(listed: Sequence[Listed]) -> list[Listed]:
    return sorted(listed, key=lambda one: -one.changed)


def by_name(listed: Sequence[Listed]) -> list[Listed]:
    """With the numbers in names as numbers: `dcgan-9` before `dcgan-28`."""
    return sorted(listed, key=lambda one: [part.zfill(12) for part in re.findall(r"\d+|\D+", one.name.lower())])


Order = Callable[[Sequence[Listed]], list[Listed]]
ORDERS: dict[str, Order] = {
    "Yours, then the best": own_then_best,
    "Closest to real": closest,
    "Newest": newest,
    "Name": by_name,
}


def _words(one: Listed) -> str:
    size = size_in_words(one.line.size) if one.line else ""
    return " ".join([one.name, one.family, one.dataset, size, ORIGIN_WORDS[one.model.origin]]).lower()
