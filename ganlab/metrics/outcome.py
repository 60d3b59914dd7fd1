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


def attempt_number(
    left_out: dict[str, str], name: str, measure: Callable[[], float | Interval | None]
) -> dict[str, float]:
    """The number by its name, with the ends of its interval as `NAME_low` and `NAME_high` where it has one.

    Empty where it could not be measured or is not finite, with the reason in `left_out`, and where there is no number.
    """
    found = attempt(left_out, name, measure=measure)
    if found is None:
        return {}
    value, *ends = found if isinstance(found, Interval) else (found,)
    if not math.isfinite(value):
        left_out[name] = "the result is not a finite number"
        return {}
    return {name: value, **dict(zip((f"{name}_low", f"{name}_high"), ends, strict=False))}


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
