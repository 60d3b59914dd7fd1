"""A recipe: everything that is needed to train a checkpoint again."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    model_validator,
)

from ganlab import counting
from ganlab.choices import instead
from ganlab.families import FAMILIES, gan
from ganlab.foreign import TrueIsNoNumber, plain_name, read_json, reasons, shortened
from ganlab.system_errors import in_words

MAX_FILE_BYTES = 2**20
Size = Annotated[Literal[1, 28, 32, 64, 128], BeforeValidator(lambda value: int(value) if is_whole(value) else value)]
"""Text counts, too: every other kind of field takes the text that a person types."""
Precision = Literal["auto", "float32", "bfloat16"]


def is_whole(value: Any) -> bool:
    """Whether it is a whole number, written out."""
    return isinstance(value, str) and counting.is_whole(value.strip())


class Recipe(TrueIsNoNumber):
    """What to train, on what, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: Annotated[str, AfterValidator(plain_name)] = Field("custom", description="name of runs and checkpoints")
    family: str = Field("gan", description="kind of model")
    config: SerializeAsAny[BaseModel] = Field(default_factory=gan.Config, description="settings of the family")
    dataset: Annotated[str, AfterValidator(plain_name)] = Field("mnist", description="images to learn from")
    image_size: Size = Field(28, description="height and width of the images, pixels; 1: points of the plane")
    steps: int = Field(10_000, ge=1, le=10_000_000, description="training steps")
    batch_size: int = Field(64, ge=2, le=4096, description="images a step")
    accumulate: int = Field(
        1, ge=1, le=256, description="parts in which a batch goes through the nets, one after the other, to save memory"
    )
    ema_halflife: float = Field(
        10_000,
        ge=0,
        le=10_000_000,
        description="images seen until an old weight counts half in the average; 0: off",
    )
    mirror: bool = Field(False, description="show each image mirrored left to right half of the time")
    lr_end: float = Field(1.0, ge=0, le=1, description="learning rate at the end, as a share of the start's")
    lr_decay: float = Field(1.0, gt=0, le=1, description="factor on the learning rates after each lr_decay_every steps")
    lr_decay_every: int = Field(1_000, ge=1, le=10_000_000, description="steps between two such factors")
    patience: int = Field(
        0, ge=0, le=1_000, description="stop early after so many snapshots without a better one; 0: never"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="seed of weights, data order and noise")
    precision: Precision = Field("auto", description="number format of the heavy operations")

    @model_validator(mode="before")
    @classmethod
    def _config_of_the_family(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        family = values.get("family", "gan")
        if not isinstance(family, str) or family not in FAMILIES:
            raise ValueError(f"unknown family {shortened(str(family), 60)!r}{instead(family, FAMILIES)}")
        config = values.get("config", {})
        if isinstance(config, dict):
            values = values | {"config": _config(family, config)}
        return values

    @model_validator(mode="after")
    def _comes_apart(self) -> Self:
        parts = self.accumulate
        if parts > 1 and (self.batch_size % parts or self.batch_size < 2 * parts):
            raise ValueError(f"accumulate {parts} needs a batch_size that is a multiple of it, {2 * parts} or more")
        if parts > 1 and "consistency_weight" in self.config.model_dump(exclude_defaults=True):
            raise ValueError("consistency_weight compares all images of a batch at once; set accumulate to 1")
        pack, whole = self.judged_together, parts * self.judged_together
        least = max(whole, 2 * pack)
        if pack > 1 and (self.batch_size % whole or self.batch_size < least):
            raise ValueError(
                f"judged_together {pack} needs a batch_size that is a multiple of {whole}, {least} or more"
            )
        return self

    @property
    def judged_together(self) -> int:
        """Images of a batch that cannot be separated, as its discriminator looks at them together."""
        return getattr(self.config, "judged_together", 1)

    @property
    def images_seen(self) -> int:
        """Images that a whole run of it learns from, each as often as it is seen."""
        return self.steps * self.batch_size

    def with_settings(self, settings: dict[str, Any]) -> "Recipe":
        """A copy with some fields changed; `width` and `config.width` both reach the family's settings.

        Another `family` comes with its own defaults, which the other settings then change. Raises ValueError listing
        the fields when there is none of that name, or naming the bound that is broken or a field that is there twice.
        """
        if twice := [key for key in settings if f"config.{key}" in settings]:
            raise ValueError(f"{twice[0]} is given twice, also as config.{twice[0]}; leave out one of them")
        start = self
        if settings.get("family", self.family) != self.family:
            start = parse_recipe(self.model_dump() | {"family": settings["family"], "config": {}})
        values = start.model_dump()
        for key, value in settings.items():
            place = key.removeprefix("config.")
            if place in values["config"]:
                values["config"][place] = value
            elif key in values and key != "config":
                values[key] = value
            elif key == "config":
                raise ValueError(
                    f"{self.name} has no setting 'config'; set those of the family by name: {', '.join(values[key])}"
                )
            else:
                known = [k for k in values if k != "config"] + list(values["config"])
                raise ValueError(f"{self.name} has no setting {key!r}{instead(place, known, texts=_texts(self))}")
        return parse_recipe(values)


def _texts(recipe: Recipe) -> dict[str, str]:
    """What each of its settings is."""
    every = Recipe.model_fields | type(recipe.config).model_fields
    return {name: field.description or "" for name, field in every.items()}


def parse_recipe(values: Any) -> Recipe:
    """A recipe from plain values; ValueError names the fields that are wrong, the first three of them."""
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        raise ValueError(reasons(error, "recipe")) from error


def read_recipe_file(path: Path) -> Recipe:
    """The recipe in a JSON file. ValueError names the file, and says what is wrong with it."""
    try:
        return parse_recipe(read_json(path, MAX_FILE_BYTES))
    except OSError as error:
        raise ValueError(in_words(error, path)) from error
    except ValueError as error:
        raise ValueError(f"{path} is not a recipe ({error})") from error


def _config(family: str, values: dict[str, Any]) -> BaseModel:
    try:
        return FAMILIES[family].Config.model_validate(values)
    except ValidationError as error:
        raise ValueError(reasons(error)) from error
