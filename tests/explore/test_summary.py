from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from ganlab import checkpoints
from ganlab.beginning import Beginning
from ganlab.checkpoints import Origin
from ganlab.counting import number
from ganlab.explore.summary import explained, facts, meanings, measurements, origin, training
from ganlab.metrics import METRICS


@pytest.fixture
def card(checkpoint_file):
    return checkpoints.read_card(checkpoint_file)


def test_facts_say_what_it_is_and_how_large(card):
    count = sum(p.numel() for p in checkpoints.load(card.path).nets["generator"].state_dict().values())
    assert facts(card).startswith(f"GAN · digits · 28 px · {count / 1000:.0f} k parameters · ")
    assert facts(replace(card, parameters={"generator": 1_234_567})).split(" · ")[3] == "1.2 M parameters"
    assert card.created[:10] in facts(card)


def test_measurements_stand_beside_those_of_real_images(card):
    rows = measurements(replace(card, metrics={"confident": 0.91234, "floor_confident": 0.98, "unknown": 1.0}))
    assert [(row.title, row.value, row.floor) for row in rows] == [("Recognisable", "0.912", "0.98")]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.00012345, "0.00012"), (0.0213, "0.0213"), (12.345, "12.3"), (10_000.0, "10,000")]
)
def test_numbers_have_three_digits_that_count(value, text):
    assert number(value) == text


def test_a_card_says_on_what_terms_its_images_are_given(card):
    assert "CC BY 4.0" in origin(card)
    first = replace(card, origin=Origin())  # files of the first versions do not say
    assert origin(first) == origin(card)
    assert origin(replace(first, data=replace(card.data, name="cats"))) == "cats, a dataset that is unknown here"


def test_every_metric_is_explained_alone_and_points_to_its_better_end():
    assert [row.title for row in meanings(["samples", "confident"])] == ["Recognisable", "Samples"]  # their order
    rows = dict(zip(METRICS, meanings(METRICS), strict=True))
    assert (rows["frechet_classifier"].arrow, rows["obeys"].arrow, rows["diversity"].arrow) == ("\u2193", "\u2191", "")
    assert [name for name, metric in METRICS.items() if metric.text.startswith("the same")] == []
    assert explained("frechet_classifier").endswith("Lower is better.")
    assert explained("confident").startswith("Share of samples")
    assert explained("samples") == "Number of samples that were measured."


@pytest.mark.parametrize(
    ("created", "zone", "date"),
    [
        ("2026-03-07T23:30:00+00:00", "UTC", "2026-03-07"),
        ("2026-03-07T23:30:00+00:00", "Asia/Kolkata", "2026-03-08"),
        ("2026-03-07T23:30:00", "Pacific/Auckland", "2026-03-08"),
        ("2026-03-08T03:30:00+00:00", "America/New_York", "2026-03-07"),
        ("the other day", "America/New_York", "the other "),
        ("9999-12-31T23:59:59+00:00", "Asia/Kolkata", "9999-12-31"),
    ],
)
def test_the_date_is_that_of_the_zone(card, created, zone, date):
    assert facts(replace(card, created=created), ZoneInfo(zone)).endswith(f" · {date}")


def test_a_card_says_how_its_training_differed(card):
    assert training(card) == "Augmentation: colour, translation, cutout."
    begun = replace(card, began_from=Beginning(name="faces", step=1200, digest="0" * 64))
    assert training(begun) == "Began with nets of faces (step 1,200); augmentation: colour, translation, cutout."
    assert training(replace(card, augmentation=())) == ""
