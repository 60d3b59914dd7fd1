"""The fields of a training form, read from the schemas of the recipe and of its family's settings. No widgets here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from ganlab.data import catalogue
from ganlab.data.spec import said_of
from ganlab.explore import settings
from ganlab.families import FAMILIES
from ganlab.foreign import shortened
from ganlab.recipes import Recipe

MOST_SHOWN = 60  # letters of a value in a message

Kind = Literal["choice", "switch", "integer", "number", "text"]
Group = Literal["What", "How long", "Model", "Optimisation"]

SCHEMA_KINDS: dict[str, Kind] = {"boolean": "switch", "integer": "integer", "number": "number", "string": "text"}

CHOICES: dict[str, Callable[[], tuple[str, ...]]] = {
    "dataset": lambda: tuple(catalogue.names()),
    "family": lambda: tuple(FAMILIES),
}
"""Fields whose values are names of what there is now, which a schema does not know."""

GROUPS: dict[Group, tuple[str, ...]] = {
    "What": ("family", "image_size", "dataset"),
    "How long": ("steps", "batch_size", "accumulate", "name", "seed"),
    "Optimisation": (
        "adversarial",
        "penalty",
        "penalty_weight",
        "label_smoothing",
        "judged_together",
        "lr",
        "generator_lr",
        "discriminator_lr",
        "classifier_lr",
        "recognizer_lr",
        "generator_optimizer",
        "discriminator_optimizer",
        "beta1",
        "beta2",
        "generator_every",
        "discriminator_every",
        "lr_end",
        "lr_decay",
        "lr_decay_every",
        "patience",
        "ema_halflife",
        "augment",
        "precision",
    ),
}
"""Where a field is shown, in order; the other settings of a family describe its model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A setting that can be changed, and what its widget has to know."""

    name: str
    title: str
    kind: Kind
    value: Any  # the recipe's
    group: Group
    help: str = ""  # with the bounds
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


def fields(recipe: Recipe) -> list[Field]:
    """Every setting of the recipe and of its family, group by group."""
    order = [name for names in GROUPS.values() for name in names]
    found = [
        replace(field, help=said_of(field.help, recipe.image_size))
        for field in (*fields_of(recipe), *fields_of(recipe.config))
    ]
    return sorted(found, key=lambda field: order.index(field.name) if field.name in order else len(order))


def fields_of(values: BaseModel) -> list[Field]:
    """The settings that a pydantic model declares; ValueError for one that no widget fits."""
    schema = type(values).model_json_schema()
    return [
        _field(name, prop, getattr(values, name))
        for name, prop in schema["properties"].items()
        if not isinstance(getattr(values, name), BaseModel)
    ]


def sweepable(recipe: Recipe) -> list[Field]:
    """The settings that a sweep can vary."""
    return [field for field in fields(recipe) if field.name not in ("name", "family")]


def with_family(recipe: Recipe, family: str) -> Recipe:
    """The recipe for another family, whose settings are then that family's defaults."""
    return recipe.with_settings({"family": family})


def parse(field: Field, text: str) -> Any:
    """The value that a person wrote: `1e-3`, `0.001`, `16`, `hinge`. ValueError in words."""
    text = text.strip()
    by_text = {str(choice): choice for choice in (True, False) if field.kind == "switch"}
    by_text |= {str(choice): choice for choice in field.choices}
    if by_text:
        if text not in by_text:
            raise ValueError(f"{shortened(text, MOST_SHOWN)!r} is none of {', '.join(by_text)}")
        return by_text[text]
    if field.kind == "text":
        return text
    number = int if field.kind == "integer" else float
    try:
        return number(text.replace(",", "") if field.kind == "integer" else text)
    except ValueError:
        kind = "a whole number" if field.kind == "integer" else "a number such as 0.001 or 1e-3"
        raise ValueError(f"{shortened(text, MOST_SHOWN)!r} is not {kind}") from None


def parse_list(field: Field, text: str) -> list[Any]:
    """The values that a person wrote with commas between them; ValueError names the one that is wrong."""
    return [check(field, parse(field, part)) for part in text.split(",") if part.strip()]


def text_of(value: Any) -> str:
    """The text that a field for numbers begins with, which `parse` reads back."""
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def check(field: Field, value: Any) -> Any:
    """The value, when the field's own bounds allow it. ValueError says which they are."""
    below = field.minimum is not None and not value >= field.minimum
    above = field.maximum is not None and not value <= field.maximum
    if below or above:
        raise ValueError(f"{shortened(str(value), MOST_SHOWN)} is out of range: {bounds(field)}")
    return value


def complaint(recipe: Recipe, name: str, value: Any) -> str:
    """What the recipe itself says against one changed setting; empty when it is about several settings together."""
    try:
        recipe.with_settings({name: value})
    except ValueError as error:
        about, _, message = str(error).removeprefix("recipe: ").partition(": ")
        return message if about.removeprefix("config.") == name else ""
    return ""


def bounds(field: Field) -> str:
    """The allowed range in words, or nothing."""
    low, high = (None if bound is None else f"{bound:,.12g}" for bound in (field.minimum, field.maximum))
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def _field(name: str, schema: dict[str, Any], value: Any) -> Field:
    choices = CHOICES[name]() if name in CHOICES else tuple(schema.get("enum", ()))
    if not choices and schema.get("type") not in SCHEMA_KINDS:
        raise ValueError(f"the form has no widget for the setting {name!r} ({schema})")
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    field = Field(
        name=name,
        title=settings.title(name),
        kind="choice" if choices else SCHEMA_KINDS[schema["type"]],
        value=value,
        group=next((group for group, names in GROUPS.items() if name in names), "Model"),
        choices=choices,
        minimum=low,
        maximum=high,
    )
    text = schema.get("description", "")
    text = text[:1].upper() + text[1:]
    range_text = bounds(field)
    return replace(field, help=f"{text} ({range_text})" if range_text else text)
