"""Which model each page opens on, of those that come along, and of one's own."""

from dataclasses import replace
from pathlib import Path

import pytest

from ganlab import checkpoints
from ganlab.checkpoints import Card
from ganlab.explore import capabilities
from ganlab.explore.preferences import PREFERENCES

SHIPPED = Path(__file__).parents[2] / "checkpoints"
FITS = {
    "codes": capabilities.has_codes,
    "attributes": capabilities.has_conditions,
    "reconstruct": capabilities.can_encode,
}


def cards(page: str) -> list[Card]:
    read = [checkpoints.read_card(path) for path in checkpoints.list_files(SHIPPED)]
    return [card for card in read if FITS.get(page, lambda card: True)(card)]


@pytest.mark.parametrize("page", PREFERENCES)
def test_no_page_opens_by_the_alphabet(page: str) -> None:
    rank = PREFERENCES[page]
    forwards, backwards = max(cards(page), key=rank), max(reversed(cards(page)), key=rank)
    assert forwards.name == backwards.name


@pytest.mark.parametrize(
    ("page", "metric", "share"),
    [("sample", "confident", 0.95), ("interpolate", "confident", 0.9), ("attributes", "obeys", 0.95)],
)
def test_what_one_sees_first_is_good(page: str, metric: str, share: float) -> None:
    best = max(cards(page), key=PREFERENCES[page])
    assert best.metrics[metric] >= share


def test_of_pictures_that_are_as_good_the_larger_are_on_the_stage() -> None:
    rank = PREFERENCES["sample"]
    assert max(cards("sample"), key=rank).name == "mnist-dcgan-64"
    known = {card.name: card for card in cards("sample")}
    small, large = known["mnist-dcgan-28"], known["mnist-dcgan-64"]
    worse = replace(large, metrics=large.metrics | {"frechet_classifier": 4 * large.metrics["frechet_classifier"]})
    unmeasured = replace(large, metrics={"frechet_classifier": 0.1})
    assert rank(large) > rank(small) > rank(worse) > rank(unmeasured)


def test_a_run_that_no_classifier_has_judged_takes_no_place_of_one_that_was() -> None:
    known = max(cards("sample"), key=PREFERENCES["sample"])
    unjudged = replace(known, metrics={"frechet_pixels": 1.0, "floor_frechet_pixels": 1.0})
    assert PREFERENCES["sample"](unjudged) < PREFERENCES["sample"](known)


def test_nothing_measured_is_no_error() -> None:
    for page, rank in PREFERENCES.items():
        for card in cards(page):
            assert rank(replace(card, metrics={}, codes={})) <= rank(card)
