from pathlib import Path

import pytest

from ganlab.data import DataSpec
from ganlab.explore import capabilities
from ganlab.families import acgan, cgan, gan, infogan, vae
from ganlab.latents import Attributes, Category, Latent, Normal, Uniform
from tests.untrained import save_untrained

LOOKS = Attributes(name="looks", labels=("smile", "hat", "beard"))
HAIR = Category(name="hair", labels=("black", "blond"))
FACES = DataSpec(name="faces", channels=3, size=28, conditions=(LOOKS, HAIR))
NOISE = Normal(name="z", size=4)
CODE = Category(name="c1", labels=("0", "1"))


@pytest.mark.parametrize(
    ("family", "config", "can"),
    [
        ("gan", gan.Config(width=4), set()),
        ("cgan", cgan.Config(width=4), {"has_codes", "has_conditions"}),
        ("acgan", acgan.Config(width=4), {"has_codes", "has_conditions"}),
        ("infogan", infogan.Config(width=4), {"has_codes"}),
        ("vae", vae.Config(width=4), {"can_encode"}),
    ],
)
def test_what_models_of_each_family_can_do(family, config, can, digits, tmp_path: Path) -> None:
    card = save_untrained(tmp_path / "model.safetensors", family, config, digits.spec).card
    asked = ("has_codes", "has_conditions", "can_encode")
    assert {name for name in asked if getattr(capabilities, name)(card)} == can


def test_conditions_are_labels_of_the_dataset() -> None:
    assert capabilities.conditions(Latent(factors=(NOISE, LOOKS, HAIR)), FACES) == [LOOKS, HAIR]
    assert capabilities.conditions(Latent(factors=(NOISE, CODE, HAIR)), FACES) == [HAIR]
    assert capabilities.is_condition("hair", FACES)
    assert not capabilities.is_condition("c1", FACES)


def test_own_codes_are_not_labels_of_the_dataset() -> None:
    latent = Latent(factors=(NOISE, HAIR, CODE, Uniform(name="c2", size=2)))
    assert capabilities.own_codes(latent, FACES) == ["c1", "c2"]
