"""What the address of the Playground asks for, and in words what of it cannot be or comes to nothing."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ganlab.choices import instead
from ganlab.data.drawn_points import DRAWN
from ganlab.foreign import shortened
from ganlab.playground.failures import FAILURES
from ganlab.playground.settings import BASE, DRAWING, SETTINGS, drawing_of, recipe_of, values_of

FAILURE, CURE = "failure", "cure"  # in the address, beside the settings
DEFAULTS = values_of(BASE)
ADDRESSED = (*SETTINGS, DRAWING)
MOST_LETTERS = 60  # of what the address says


class Asked(NamedTuple):
    """What is shown first."""

    settings: dict[str, Any]  # of the one game, where no failure is shown
    failure: str = ""  # a name of `FAILURES`
    cure: str = ""  # beside it
    problem: str = ""  # the first one, in words


def asked(address: Mapping[str, str]) -> Asked:
    """What an address asks for; `address` are its parameters that the page knows, as they are written."""
    settings, wrong = _settings({name: value for name, value in address.items() if name in ADDRESSED})
    failure, cure, unknown = _failure(address.get(FAILURE, ""), address.get(CURE, ""))
    return Asked(settings, failure, cure, wrong or unknown or _passed_over(address, settings, failure))


def _settings(written: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The settings, and why they cannot be where they cannot."""
    try:
        return values_of(recipe_of(written), drawing_of(written)), ""
    except ValueError as error:
        return DEFAULTS, str(error)


def _failure(failure: str, cure: str) -> tuple[str, str, str]:
    """The failure and the cure that are shown, and what cannot be."""
    if failure and failure not in FAILURES:
        return "", "", f"there is no failure {shortened(failure, MOST_LETTERS)!r}{instead(failure, FAILURES)}"
    if not failure:
        return "", "", f"a cure is shown beside what it cures: add {FAILURE}={_cured_by(cure)}" if cure else ""
    cures = FAILURES[failure].cures
    first = next(iter(cures))
    if cure and cure not in cures:
        return failure, first, f"{failure} has no cure {shortened(cure, MOST_LETTERS)!r}{instead(cure, cures)}"
    return failure, cure or first, ""


def _cured_by(cure: str) -> str:
    """The failures that have a cure of that name; all where none has."""
    return " or ".join([name for name, one in FAILURES.items() if cure in one.cures] or FAILURES)


def _passed_over(address: Mapping[str, str], settings: Mapping[str, Any], failure: str) -> str:
    """What sets nothing though it could be set; empty where all of the address counts."""
    if failure:
        own = DEFAULTS | dict(FAILURES[failure].settings)
        names = [name for name in ADDRESSED if settings[name] not in (own[name], DEFAULTS[name])]
        told = f"{failure} is shown with settings of its own: without {FAILURE} in the address, {', '.join(names)}"
        return f"{told} would count" if names else ""
    if address.get(DRAWING) and not settings[DRAWING]:
        return f"a drawing is learnt from only as the dataset {DRAWN}: add dataset={DRAWN}"
    return ""
