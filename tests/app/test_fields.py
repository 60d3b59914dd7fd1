"""The training form's fields: from schemas, and from what people type."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from ganlab.data import BUILT_IN
from ganlab.recipes import RECIPES
from ganlab.ui.training import fields
from ganlab.ui.training.estimating import duration

QUICK = RECIPES["digits-quick"]


class Settings(BaseModel):
    kind: Literal["a", "b"] = Field("b", description="which one")
    size: Literal[28, 32] = 28
    fast: bool = True
    count: int = Field(3, ge=1, le=2000)
    rate: float = Field(2e-4, gt=0, lt=1, description="how fast")
    label: str = "x"


def test_every_kind_of_field_is_understood():
    found = {field.name: field for field in fields.fields_of(Settings())}
    kinds = {name: field.kind for name, field in found.items()}
    assert kinds == {
        "kind": "choice",
        "size": "choice",
        "fast": "switch",
        "count": "integer",
        "rate": "number",
        "label": "text",
    }
    assert (found["kind"].choices, found["kind"].value, found["kind"].help) == (("a", "b"), "b", "Which one")
    assert (found["count"].minimum, found["count"].maximum, found["count"].help) == (1, 2000, " (1 to 2,000)")
    assert found["rate"].help == "How fast (0 to 1)"


def test_a_field_without_a_widget_is_named():
    class Odd(BaseModel):
        layers: list[int] = [1]

    with pytest.raises(ValueError, match="no widget for the setting 'layers'"):
        fields.fields_of(Odd())


@pytest.mark.parametrize("name", RECIPES)
def test_the_form_of_every_recipe_holds_all_settings_with_their_values(name):
    values = RECIPES[name].model_dump()
    config = values.pop("config")
    assert {field.name: field.value for field in fields.fields(RECIPES[name])} == values | config


@pytest.mark.parametrize("name", RECIPES)
def test_how_a_model_learns_is_not_shown_as_what_it_is(name):
    words = ("_lr", "optimizer", "beta", "smoothing", "decay", "patience", "penalty")
    learning = [field for field in fields.fields(RECIPES[name]) if any(word in f"_{field.name}" for word in words)]
    assert len(learning) > 3
    assert {field.group for field in learning} == {"Optimisation"}


def test_every_adversarial_loss_is_explained():
    [field] = [field for field in fields.fields(QUICK) if field.name == "adversarial"]
    assert len(field.choices) > 1
    assert [choice for choice in field.choices if choice not in field.help] == []


def test_registries_give_the_choices():
    found = {field.name: field for field in fields.fields(QUICK)}
    assert found["dataset"].choices == tuple(BUILT_IN)
    assert found["generator_lr"].title == "Generator learning rate"
    assert found["discriminator_optimizer"].title == "Discriminator optimiser"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("generator_lr", " 1e-3 ", 1e-3),
        ("generator_lr", "2", 2.0),
        ("steps", "20,000", 20_000),
        ("adversarial", "hinge", "hinge"),
        ("image_size", "32", 32),
        ("name", "mine", "mine"),
    ],
)
def test_what_is_typed_becomes_a_value(name: str, text: str, value: Any):
    [field] = [field for field in fields.fields(QUICK) if field.name == name]
    found = fields.parse(field, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("generator_lr", "fast", "'fast' is not a number such as"),
        ("steps", "1.5", "not a whole number"),
        ("adversarial", "hing", "none of non-saturating, hinge"),
        ("width", "8, 2", "2 is out of range: 4 to 256"),
        ("generator_lr", "nan", "out of range"),
    ],
)
def test_nonsense_is_refused_in_words(name: str, text: str, message: str):
    [field] = [field for field in fields.fields(QUICK) if field.name == name]
    with pytest.raises(ValueError, match=message):
        fields.parse_list(field, text)


def test_the_recipe_itself_complains_about_one_setting_only():
    assert "greater than 0" in fields.complaint(QUICK, "generator_lr", 0.0)
    assert "small letters" in fields.complaint(QUICK, "name", "Ä")
    assert fields.complaint(QUICK, "generator_lr", 1e-3) == ""
    batch = QUICK.with_settings({"discriminator_norm": "batch"})
    assert fields.complaint(batch, "penalty", "r1-r2") == ""  # that is about two settings


@pytest.mark.parametrize(("seconds", "text"), [(8, "8 s"), (100, "2 min"), (5_000, "83 min"), (9_000, "2.5 h")])
def test_durations_are_in_fitting_units(seconds: float, text: str):
    assert duration(seconds) == text
