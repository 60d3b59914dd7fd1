"""Finding a model among many: by words, by kind and data, in an order that shows the best first."""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ganlab.checkpoints import Card
from ganlab.data.spec import size_in_words
from ganlab.explore.library import Model
from ganlab.families import FAMILIES
from ganlab.metrics import FLOOR, MIXTURE

DISTANCES = ("frechet_classifier", "frechet_pixels")
ORIGIN_WORDS = {"shipped": "shipped", "uploaded": "uploaded", "run": "your run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A model in a list of models; `card` is the reason where the file cannot be read."""

    model: Model
    name: str
    card: Card | str
    changed: float  # when its file was written, seconds since the epoch

    @property
    def family(self) -> str:
        """As pages show it; empty where nobody knows it."""
        return FAMILIES[self.card.recipe.family].TITLE if isinstance(self.card, Card) else ""

    @property
    def dataset(self) -> str:
        return self.card.data.name if isinstance(self.card, Card) else ""


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


def times_real(card: Card) -> float:
    """How many times as far from the training images as real test images are: 1 is perfect, infinite if unmeasured.

    By the Frechet distance of the classifier's features or that of the pixels, whichever is worse: features alone
    would call scenes with dull pixels better than real ones. Of a model with a mixture that of its samples counts.
    """
    ratios = [
        card.metrics.get(MIXTURE + name, card.metrics[name]) / card.metrics[FLOOR + name]
        for name in DISTANCES
        if name in card.metrics and card.metrics.get(FLOOR + name, 0) > 0
    ]
    return max(ratios, default=math.inf)


def own_then_best(listed: Sequence[Listed]) -> list[Listed]:
    """Runs and uploads, the newest first; then shipped models: the best of each dataset, the second best, and so on.

    Best by `times_real`. Files that cannot be read come last.
    """
    readable = [one for one in listed if isinstance(one.card, Card)]
    own = newest([one for one in readable if one.model.origin != "shipped"])
    shipped = closest([one for one in readable if one.model.origin == "shipped"])
    before: Counter[str] = Counter()
    places = {}
    for one in shipped:
        places[one.model.id] = before[one.dataset]
        before[one.dataset] += 1
    shipped.sort(key=lambda one: places[one.model.id])  # stable: within a place the closest first
    return [*own, *shipped, *(one for one in listed if not isinstance(one.card, Card))]


def closest(listed: Sequence[Listed]) -> list[Listed]:
    """The closest to real pictures first."""
    return sorted(listed, key=lambda one: times_real(one.card) if isinstance(one.card, Card) else math.inf)


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
    size = size_in_words(one.card.data.size) if isinstance(one.card, Card) else ""
    return " ".join([one.name, one.family, one.dataset, size, ORIGIN_WORDS[one.model.origin]]).lower()
