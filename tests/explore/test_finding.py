"""Which models are found, and in which order."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from ganlab import checkpoints
from ganlab.checkpoints import Card
from ganlab.explore import finding, model_index, preferences
from ganlab.explore.finding import ORDERS, Listed
from ganlab.explore.library import Model, Origin

SHIPPED = Path(__file__).parents[2] / "checkpoints"


def shipped() -> list[Listed]:
    return [listed(path.stem, checkpoints.read_card(path)) for path in checkpoints.list_files(SHIPPED)]


def listed(name: str, card: Card | None, *, origin: Origin = "shipped", changed: float = 0.0) -> Listed:
    model = Model(name, Path(f"{name}.safetensors"), origin, name)
    return Listed(model=model, name=name, line=model_index.line(card) if card else None, changed=changed)


@pytest.fixture(scope="module")
def card() -> Card:
    return checkpoints.read_card(SHIPPED / "mnist-mlp-28.safetensors")


def measured(card: Card, **metrics: float) -> Card:
    return replace(card, metrics=metrics)


def test_the_worse_of_two_distances_relative_to_real_images_counts(card: Card) -> None:
    known = {"frechet_classifier": 0.4, "floor_frechet_classifier": 0.2}
    assert model_index.times_real(measured(card, **known)) == pytest.approx(2)
    known |= {"frechet_pixels": 9.0, "floor_frechet_pixels": 1.0}
    assert model_index.times_real(measured(card, **known)) == pytest.approx(9)
    assert model_index.times_real(measured(card, frechet_pixels=9.0)) == math.inf


def test_newcomers_see_the_best_of_each_dataset_first() -> None:
    found = finding.own_then_best(shipped())
    datasets = list(dict.fromkeys(one.dataset for one in found))
    assert [one.dataset for one in found[: len(datasets)]] == datasets
    for first in found[: len(datasets)]:
        of_data = [one.line.likeness for one in found if one.line and one.dataset == first.dataset]
        assert of_data[0] == max(of_data)


def test_those_that_a_classifier_has_judged_come_before_those_of_pixels_alone(card: Card) -> None:
    pixels = measured(card, frechet_pixels=1.1, floor_frechet_pixels=1.0)
    judged = measured(card, frechet_classifier=2.0, floor_frechet_classifier=1.0)
    models = [listed("pixels", pixels), listed("judged", judged)]
    assert [one.name for one in finding.closest(models)] == ["judged", "pixels"]
    assert preferences.likeness(judged) > preferences.likeness(pixels)
    assert finding.own_then_best(shipped())[0].name == "mnist-dcgan-64"


def test_ones_own_come_first_the_newest_before_all(card: Card) -> None:
    models = [
        listed("shipped", measured(card, frechet_pixels=1.0, floor_frechet_pixels=1.0), changed=99),
        listed("broken", None, origin="uploaded", changed=100),
        listed("old-run", card, origin="run", changed=1),
        listed("upload", card, origin="uploaded", changed=3),
        listed("new-run", card, origin="run", changed=2),
    ]
    assert [one.name for one in finding.own_then_best(models)] == ["upload", "new-run", "old-run", "shipped", "broken"]
    assert finding.newest(models)[0].name == "broken"


def test_numbers_in_names_are_numbers(card: Card) -> None:
    names = ["gan-100", "gan-9", "Gan-28", "gan"]
    assert [one.name for one in finding.by_name([listed(name, card) for name in names])] == [
        "gan",
        "gan-9",
        "Gan-28",
        "gan-100",
    ]


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_keeps_all_models(order: str, card: Card) -> None:
    models = [*shipped(), listed("broken", None), listed("mine", card, origin="run")]
    assert sorted(one.name for one in ORDERS[order](models)) == sorted(one.name for one in models)


@pytest.mark.parametrize(
    ("text", "families", "datasets", "expected"),
    [
        ("", (), (), 17),
        ("MNIST  infogan", (), (), 2),
        ("64 px faces", (), (), 4),
        ("", ("VAE",), (), 3),
        ("", ("VAE", "ACGAN"), ("avatars",), 2),
        ("your run", (), (), 0),
        ("nonsense", (), (), 0),
    ],
)
def test_words_and_filters_all_have_to_fit(
    text: str, families: tuple[str, ...], datasets: tuple[str, ...], expected: int
) -> None:
    assert len(finding.matching(shipped(), text, families, datasets)) == expected


def test_a_file_that_cannot_be_read_is_found_by_its_name() -> None:
    broken = listed("broken", None)
    assert finding.matching([broken], "broken") == [broken]
    assert not finding.matching([broken], "", ("GAN",))
