"""Recipes: what ships, settings from text, and messages that name the field."""

import copy
import json
from dataclasses import replace

import pytest
import torch

from ganlab.checkpoints.shapes import without_weights
from ganlab.data import BUILT_IN, Batch, DataSpec
from ganlab.families import FAMILIES
from ganlab.latents import Latent
from ganlab.recipes import RECIPES, Recipe, parse_recipe, recipe
from ganlab.step import train_step
from ganlab.training_state import start


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_can_be_built_and_survives_json(name: str) -> None:
    made = recipe(name)
    assert made.name == name
    assert parse_recipe(json.loads(made.model_dump_json())) == made
    spec = replace(BUILT_IN[made.dataset].spec, size=made.image_size)
    with without_weights():  # at their full width they would take gigabytes
        nets = FAMILIES[made.family].build(made.config, spec)
    assert "generator" in nets
    assert FAMILIES[made.family].phases(made.config, spec)


# the reports' systems: epochs (0: steps are given), batch, learning rates of generator and discriminator
SYSTEMS = {
    "mnist-dcgan-64": (40, 512, 1e-4, 1e-4),
    "mnist-dcgan-28": (40, 128, 1e-4, 1e-4),
    "mnist-mlp-28": (200, 128, 2e-4, 2e-4),
    "mnist-infogan-64": (22, 64, 1e-3, 5e-5),
    "faces-vae-64": (500, 200, 2e-4, 2e-4),
    "faces-gan-64": (0, 200, 5e-5, 1e-4),
    "faces-acgan-64": (0, 200, 1e-4, 5e-5),
    "faces-infogan-64": (0, 200, 1e-4, 5e-5),
    "mnist-infogan-64-z54": (80, 64, 1e-3, 1e-4),
    "mnist-dcgan-32": (0, 64, 2e-4, 2e-4),
    "mnist-mlp-32": (0, 64, 2e-4, 2e-4),
    "iclevr-cgan-64": (300, 64, 4e-4, 1e-4),
    "iclevr-acgan-64": (300, 64, 4e-4, 1e-4),
}


def batch_for(made: Recipe) -> tuple[Batch, DataSpec]:
    """Noise, under conditions that can occur."""
    spec, rng = replace(BUILT_IN[made.dataset].spec, size=made.image_size), torch.Generator().manual_seed(0)
    images = torch.rand(made.batch_size, *spec.shape, generator=rng) * 2 - 1
    return Batch(images, Latent(factors=spec.conditions).sample(made.batch_size, rng)), spec


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_of_the_reports_has_its_replica(name: str) -> None:
    made = recipe(f"{name}-replica")
    epochs, batch_size, generator_lr, discriminator_lr = SYSTEMS[name]
    config = made.config.model_dump()
    assert made.batch_size == batch_size
    assert config.get("generator_lr", config.get("lr")) == generator_lr
    assert config.get("discriminator_lr", config.get("lr")) == discriminator_lr
    if epochs:
        assert made.steps == pytest.approx(epochs * BUILT_IN[made.dataset].train / batch_size, abs=1)


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_replica_takes_steps(name: str) -> None:
    """The report's nets with fewer channels; every net of them moves."""
    made = recipe(f"{name}-replica").with_settings({"width": 4, "batch_size": 4, "precision": "float32"})
    batch, spec = batch_for(made)
    run = start(made, spec, torch.device("cpu"))
    before = copy.deepcopy(run.nets)
    for _ in range(2):
        assert all(value.isfinite() for value in train_step(run, batch).values())
    for key, net in run.nets.items():
        pairs = zip(net.parameters(), before[key].parameters(), strict=True)
        assert any(not torch.equal(new, old) for new, old in pairs), key


@pytest.mark.parametrize("name", ["mnist-mlp-32-replica", "mnist-dcgan-28-replica"])
def test_a_replica_at_its_full_width_takes_a_step(name: str) -> None:
    made = recipe(name).with_settings({"batch_size": 8})
    batch, spec = batch_for(made)
    log = train_step(start(made, spec, torch.device("cpu")), batch)
    assert all(value.isfinite() for value in log.values())


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
        ({"dataset": "../evil"}, "dataset: '../evil' is no name"),
        ({"family": "gna"}, r"unknown family 'gna', did you mean 'gan'\? choose from gan"),
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


def fields_of(made: Recipe) -> dict[str, object]:
    return {key: value for key, value in made.model_dump().items() if key != "config"} | made.model_dump()["config"]


@pytest.mark.parametrize("made", RECIPES.values(), ids=lambda made: made.name)
def test_every_setting_that_a_recipe_shows_takes_its_own_value_as_text(made: Recipe) -> None:
    for name, value in fields_of(made).items():
        assert made.with_settings({name: str(value)}) == made, name


@pytest.mark.parametrize("family", FAMILIES)
def test_every_choice_of_every_setting_can_be_written_as_text_or_says_what_stands_against_it(family: str) -> None:
    """Against the schemas, which list the choices; a rule about several settings may refuse one, in its own words."""
    made = Recipe(family=family, config=FAMILIES[family].Config())
    schemas = Recipe.model_json_schema()["properties"] | type(made.config).model_json_schema()["properties"]
    counted = 0
    for name, schema in schemas.items():
        choices = [*schema.get("enum", []), *([True, False] if schema.get("type") == "boolean" else [])]
        for choice in choices:
            counted += 1
            told = ""
            try:
                found = fields_of(made.with_settings({name: str(choice)}))[name]
            except ValueError as error:
                found, told = choice, str(error)
            assert found == choice
            assert "Input should be" not in told, (name, choice)
    assert counted >= 9
    assert made.with_settings({"image_size": "32"}).image_size == 32
    with pytest.raises(ValueError, match="image_size: Input should be 1, 28, 32, 64 or 128"):
        made.with_settings({"image_size": "48"})


def test_another_family_comes_with_its_own_settings() -> None:
    made = recipe("mnist-dcgan-28").with_settings({"family": "vae", "kl_weight": "0.5", "steps": "7"})
    assert (made.family, made.steps, made.config.kl_weight) == ("vae", 7, 0.5)
    assert made.config == FAMILIES["vae"].Config(kl_weight=0.5)
    with pytest.raises(ValueError, match=r"choose from .*kl_weight"):
        made.with_settings({"penalty": "none"})
    with pytest.raises(ValueError, match=r"unknown family 'wgan', did you mean 'gan'\? choose from gan"):
        made.with_settings({"family": "wgan"})


def test_config_as_a_whole_names_the_settings_in_it() -> None:
    with pytest.raises(ValueError, match="set those of the family by name: architecture, latent_size"):
        recipe("mnist-dcgan-28").with_settings({"config": "{}"})


@pytest.mark.parametrize("text", ["1e999", "1" + "0" * 400, "nan", "", "\u0663.5", "true-ish", "x" * 10**5])
def test_values_that_no_number_or_switch_can_be_are_refused_with_what_can(text: str) -> None:
    made = RECIPES["mnist-infogan-64"]
    whole = r"Input should be (a whole number|greater than or equal to 1|less than or equal to 10000000)$"
    for name, told in {
        "steps": rf"steps: {whole}",
        "generator_lr": r"generator_lr: Input should be (a number|a finite number|less than or equal to 0\.1)$",
        "mirror": r"mirror: Input should be true or false$",
        "precision": r"precision: Input should be 'auto', 'float32' or 'bfloat16'$",
        "image_size": r"image_size: Input should be 1, 28, 32, 64 or 128$",
    }.items():
        with pytest.raises(ValueError, match=told):
            made.with_settings({name: text})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"image_size": True, "dataset": "ring-8"}, "image_size: Input should be 1, 28"),
        ({"steps": True}, "steps: Input should be a whole number"),
        ({"ema_halflife": False}, "ema_halflife: Input should be a number"),
        ({"config": {"latent_size": True}}, "latent_size: Input should be a whole number"),
        ({"family": "vae", "config": {"latent_size": True}}, "latent_size: Input should be a whole number"),
    ],
)
def test_true_is_no_number(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_recipe(values)
    assert parse_recipe({"mirror": True}).mirror
