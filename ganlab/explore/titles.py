"""What categories and attributes are called where people choose one of them."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ganlab.latents import Attributes, Category


class Titled(NamedTuple):
    """A category, or one attribute of a set."""

    factor: Category | Attributes
    label: str  # of the attribute; empty for a category


def titles(factors: Iterable[Category | Attributes]) -> dict[str, Titled]:
    """Each by its own name; an attribute that is called as another thing is, with the name of its set beside it."""
    found = [
        Titled(factor, label)
        for factor in factors
        for label in (factor.labels if isinstance(factor, Attributes) else ("",))
    ]
    times = Counter(one.label or one.factor.name for one in found)
    return {
        f"{one.label} ({one.factor.name})" if times[one.label] > 1 else one.label or one.factor.name: one
        for one in found
    }
