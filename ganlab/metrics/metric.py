"""What a metric is: a number of samples, how to show it, how to read it, and what it needs."""

from collections.abc import Callable
from typing import NamedTuple

from ganlab.metrics.intervals import Ends
from ganlab.metrics.outcome import Number
from ganlab.metrics.samples import Need, Samples

Measure = Callable[[Samples], Number]


class Metric(NamedTuple):
    """A number: how to show it, how to read it, what it needs, and how it is measured."""

    title: str
    lower_is_better: bool | None  # None: neither, a description
    text: str
    measure: Measure
    needs: frozenset[Need] = frozenset()  # or it does not apply
    least: int = 1  # images
    interval: Callable[[Samples, float], Ends] | None = None  # 95 %, of the samples and of what they measured


def needs(*names: Need) -> frozenset[Need]:
    """What a metric needs."""
    return frozenset(names)
