"""What an address of the Playground shows, and what is said of what comes to nothing."""

import pytest

from ganlab.playground.failures import FAILURES
from ganlab.ui.playground.asked import DEFAULTS, asked


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ({"cure": "packs"}, "a cure is shown beside what it cures: add failure=collapse or hopping"),
        ({"cure": "nope"}, "add failure=collapse or hopping or strong or vanishing or exploding"),
        ({"failure": "nope", "cure": "packs"}, "there is no failure 'nope'"),
        ({"failure": "collapse", "cure": "nope"}, "collapse has no cure 'nope'; choose from paired, packs"),
        ({"failure": "collapse", "width": "8", "seed": "3"}, "without failure in the address, width, seed would count"),
        ({"drawing": "gICA"}, "add dataset=drawn"),
        ({"generator_lr": "1e6"}, "less than or equal to 0.1"),
    ],
)
def test_what_comes_to_nothing_is_said(address, told) -> None:
    assert told in asked(address).problem


@pytest.mark.parametrize("name", FAILURES)
def test_what_a_page_writes_into_its_address_is_no_problem(name) -> None:
    """While a failure is shown, the page writes its settings beside it."""
    written = {key: str(value) for key, value in FAILURES[name].settings.items()}
    for cure in FAILURES[name].cures:
        found = asked(written | {"failure": name, "cure": cure})
        assert (found.failure, found.cure, found.problem) == (name, cure, "")
    assert asked({}) == (DEFAULTS, "", "", "")
    assert asked({"width": "8"}) == (DEFAULTS | {"width": 8}, "", "", "")
