"""Recipes: everything needed to train a checkpoint again. Every hyperparameter that ships is in this file."""

import difflib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, model_validator

from ganlab.data import describe
from ganlab.families import FAMILIES, gan

Size = Literal[28, 32, 64]
Precision = Literal["auto", "float32", "bfloat16"]


class Recipe(BaseModel):
    """What to train, on what, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("custom", pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$", description="name of runs and checkpoints")
    family: str = Field("gan", description="kind of model")
    config: SerializeAsAny[BaseModel] = Field(default_factory=gan.Config, description="settings of the family")
    dataset: str = Field("mnist", description="images to learn from")
    image_size: Size = Field(28, description="height and width of the images, pixels")
    steps: int = Field(10_000, ge=1, le=10_000_000, description="training steps")
    batch_size: int = Field(64, ge=2, le=4096, description="images a step")
    ema_halflife: float = Field(
        10_000,
        ge=0,
        le=10_000_000,
        description="images seen until an old weight counts half in the average; 0: off",
    )
    lr_end: float = Field(1.0, ge=0, le=1, description="learning rate at the end, as a share of the start's")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="seed of weights, data order and noise")
    precision: Precision = Field("auto", description="number format of the heavy operations")

    @model_validator(mode="before")
    @classmethod
    def _config_of_the_family(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        family = values.get("family", "gan")
        if family not in FAMILIES:
            raise ValueError(f"unknown family {family!r}; choose from {', '.join(FAMILIES)}")
        config = values.get("config", {})
        if isinstance(config, dict):
            values = values | {"config": FAMILIES[family].Config(**config)}
        return values

    @model_validator(mode="after")
    def _known_dataset(self) -> "Recipe":
        describe(self.dataset)
        return self

    def with_settings(self, settings: dict[str, Any]) -> "Recipe":
        """A copy with some fields changed; `width` and `config.width` both reach the family's settings.

        Raises ValueError listing the fields when there is none of that name, or naming the bound that is broken.
        """
        values = self.model_dump()
        for key, value in settings.items():
            place = key.removeprefix("config.")
            if place in values["config"]:
                values["config"][place] = value
            elif key in values and key != "config":
                values[key] = value
            else:
                known = [k for k in values if k != "config"] + list(values["config"])
                close = difflib.get_close_matches(place, known, 1)
                hint = f", did you mean {close[0]!r}?" if close else ";"
                raise ValueError(f"{self.name} has no setting {key!r}{hint} choose from {', '.join(known)}")
        return parse_recipe(values)


def parse_recipe(values: dict[str, Any]) -> Recipe:
    """A recipe from plain values; ValueError names each field that is wrong, in one line a field."""
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'recipe'}: {e['msg']}" for e in error.errors()]
        raise ValueError("; ".join(lines)) from error


def recipe(name: str) -> Recipe:
    """The shipped recipe called `name`; ValueError lists them when there is none."""
    if name not in RECIPES:
        raise ValueError(f"unknown recipe {name!r}; choose from {', '.join(RECIPES)}")
    return RECIPES[name]


def _mnist_dcgan(*, width: int, hidden: int = 256, smallest_map: int = 0) -> gan.Config:
    """A fast generator against a slow discriminator with batch norm, and fully connected layers as in InfoGAN's nets.

    Recognisable digits at 28 px after 2,000 steps, seed 0: 0.58 with spectral norm, hinge loss and convolutions only;
    0.88 with this and one fully connected layer in the generator; 0.91 with three, which is also where one layer
    never came (0.90 after 15,000). With three doublings instead of two, the generator made a single picture for the
    first 1,000 steps and more at 32 and 64 px: batch norm over the discriminator's fully connected layer hides what
    all generated images have in common.
    """
    return gan.Config(
        width=width,
        hidden=hidden,
        smallest_map=smallest_map,
        hidden_layers=3,
        discriminator_hidden=512,
        adversarial="non-saturating",
        discriminator_norm="batch",
        generator_lr=1e-3,
        discriminator_lr=2e-4,
        beta2=0.99,
    )


RECIPES: dict[str, Recipe] = {
    made.name: made
    for made in (
        Recipe(
            name="digits-quick",
            dataset="digits",
            steps=1_000,
            ema_halflife=10_000,
            lr_end=0,
            config=gan.Config(
                width=32,
                adversarial="non-saturating",
                discriminator_norm="batch",
                generator_lr=1e-3,
                discriminator_lr=5e-4,
                beta2=0.99,
            ),
        ),
        Recipe(
            name="mnist-dcgan-28",
            image_size=28,
            steps=8_000,
            ema_halflife=20_000,
            lr_end=0,
            config=_mnist_dcgan(width=64),
        ),
        Recipe(
            name="mnist-dcgan-32",
            image_size=32,
            steps=6_000,
            ema_halflife=20_000,
            lr_end=0,
            config=_mnist_dcgan(width=40, smallest_map=8),
        ),
        Recipe(
            name="mnist-dcgan-64",
            image_size=64,
            steps=5_000,
            ema_halflife=20_000,
            lr_end=0,
            config=_mnist_dcgan(width=24, hidden=128, smallest_map=16),
        ),
        Recipe(
            name="mnist-mlp-28",
            image_size=28,
            steps=12_000,
            ema_halflife=20_000,
            lr_end=0,
            config=gan.Config(
                architecture="mlp-funnel",
                width=192,
                hidden=256,
                hidden_layers=2,
                discriminator_width=128,
                adversarial="relativistic",
                discriminator_norm="none",
                penalty="r1-r2",
                penalty_weight=1.0,
                generator_lr=1e-3,
                discriminator_lr=5e-4,
                beta1=0.0,
                beta2=0.99,
            ),
        ),
    )
}
