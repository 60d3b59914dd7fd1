"""Recipes: what ships, settings from text, and messages that name the field."""

import json
from dataclasses import replace

import pytest

from ganlab.data import DATASETS
from ganlab.families import FAMILIES
from ganlab.recipes import RECIPES, Recipe, parse_recipe, recipe


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_can_be_built_and_survives_json(name: str) -> None:
    made = recipe(name)
    assert made.name == name
    assert parse_recipe(json.loads(made.model_dump_json())) == made
    spec = replace(DATASETS[made.dataset].spec, size=made.image_size)
    assert "generator" in FAMILIES[made.family].build(made.config, spec)


def test_settings_are_read_from_text_by_the_type_of_their_field() -> None:
    made = recipe("digits-quick").with_settings(
        {"steps": "20", "generator_lr": "1e-3", "config.width": "8", "adversarial": "hinge"}
    )
    assert (made.steps, made.config.generator_lr, made.config.width) == (20, 0.001, 8)
    assert recipe("digits-quick").steps != 20


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"wdth": 8}, r"digits-quick has no setting 'wdth', did you mean 'width'\? choose from name, .*width"),
        ({"width": "wide"}, "width"),
        ({"steps": 0}, "steps.*greater than or equal to 1"),
        ({"adversarial": "nonsense"}, "adversarial.*'non-saturating'"),
        ({"dataset": "mnst"}, "choose from digits, mnist, fashion-mnist"),
        ({"family": "gna"}, "unknown family 'gna'; choose from gan"),
        ({"penalty": "r1-r2", "discriminator_norm": "batch"}, "set discriminator_norm to spectral or none"),
        ({"config": {}}, "has no setting 'config'"),
        ({"name": "../evil"}, "name"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recipe("digits-quick").with_settings(settings)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        parse_recipe({"colour": "red"})
    with pytest.raises(ValueError, match="unknown recipe 'nonsense'; choose from digits-quick"):
        recipe("nonsense")


@pytest.mark.parametrize("values", [None, [], "text", {"config": 3}])
def test_values_that_are_no_recipe_are_refused(values: object) -> None:
    with pytest.raises(ValueError, match=r"recipe|config"):
        parse_recipe(values)


def test_a_recipe_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Recipe().steps = 3
