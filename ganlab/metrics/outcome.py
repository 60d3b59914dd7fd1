"""Measurements that may fail, each by itself: what was measured, and why the rest was not."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from ganlab.foreign import shortened

MOST_LETTERS = 300  # of a reason
LEAST_IMAGES = 100
"""Of fewer images, a distribution says more of their number than of the generator."""

Found = TypeVar("Found")


class Outcome(NamedTuple):
    """What was measured, and why the rest was not."""

    values: dict[str, float]  # finite numbers by metric
    left_out: dict[str, str]  # reasons by metric


def attempt(left_out: dict[str, str], *names: str, measure: Callable[[], Found]) -> Found | None:
    """What `measure` returns; None where it fails, and `left_out` then has the reason under each of the names."""
    try:
        return measure()
    except Exception as error:
        # Measurements run through four libraries. Whatever one raises, the trained model and the other numbers are
        # worth more than this one, and the reason is kept for the reader.
        left_out |= dict.fromkeys(names, _reason(error))
        return None


class Interval(NamedTuple):
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


class Spread(NamedTuple):
    """A number that is a mean, with the standard deviation of what it is the mean of."""

    value: float
    deviation: float


Number = float | Interval | Spread | None
"""None where the number does not apply after all."""

ENDS: dict[type, tuple[str, ...]] = {Interval: ("_low", "_high"), Spread: ("_deviation",), float: ()}
"""What stands behind the name of a metric for what was measured with it."""


def attempt_number(left_out: dict[str, str], name: str, measure: Callable[[], Number]) -> dict[str, float]:
    """The number by its name, with what was measured with it under the same name and one of `ENDS`.

    Empty where it could not be measured or is not finite, with the reason in `left_out`, and where there is no number.
    """
    found = attempt(left_out, name, measure=measure)
    if found is None:
        return {}
    numbers = tuple(found) if isinstance(found, Interval | Spread) else (found,)
    if not all(map(math.isfinite, numbers)):
        left_out[name] = "the result is not a finite number"
        return {}
    return {f"{name}{end}": value for end, value in zip(("", *ENDS.get(type(found), ())), numbers, strict=True)}


def in_full(values: Mapping[str, float], name: str, number: Callable[[float], str]) -> str:
    """A number as text, with its interval, `0.93 [0.92, 0.94]`, or its deviation, `0.011 ± 0.006`; empty without it."""
    if name not in values:
        return ""
    low, high, deviation = (values.get(f"{name}{end}") for end in ("_low", "_high", "_deviation"))
    if low is not None and high is not None:
        return f"{number(values[name])} [{number(low)}, {number(high)}]"
    return number(values[name]) + ("" if deviation is None else f" ± {number(deviation)}")


def by_reason(left_out: Mapping[str, str]) -> dict[str, list[str]]:
    """The names that share each reason."""
    found: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        found.setdefault(reason, []).append(name)
    return found


def require_images(found: int, least: int, kind: str = "images") -> None:
    """ValueError for fewer images than a measurement needs."""
    if not found and least:
        raise ValueError(f"there are no {kind}")
    if found < least:
        raise ValueError(f"it needs {least:,} or more {kind}, and there are {found:,}")


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    told = text if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: {text}"
    return shortened(told, MOST_LETTERS)
