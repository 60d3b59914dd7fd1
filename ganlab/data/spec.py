"""What is known of a dataset's images, in the words of latent factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from ganlab.foreign import RealText
from ganlab.latents import Attributes, Category, check_names_differ

Condition = Annotated[Category | Attributes, Field(discriminator="kind")]
"""What is known of an image, in the words of a latent factor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSpec:
    """What nets and pages need to know of a dataset without loading it."""

    name: Annotated[RealText, Field(max_length=200)]
    channels: int
    size: int  # height and width, pixels
    conditions: Annotated[tuple[Condition, ...], Field(max_length=32)] = ()

    def __post_init__(self) -> None:
        check_names_differ(self.conditions)

    @property
    def classes(self) -> tuple[str, ...]:
        """Labels of the only category, where each image belongs to one class; empty otherwise."""
        only = self.conditions[0] if len(self.conditions) == 1 else None
        return only.labels if isinstance(only, Category) else ()

    @property
    def condition_dim(self) -> int:
        return sum(condition.dim for condition in self.conditions)

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.channels, self.size, self.size)


_SPEC: TypeAdapter[DataSpec] = TypeAdapter(DataSpec)


def spec_values(spec: DataSpec) -> dict[str, Any]:
    """`spec` as plain values for a JSON header."""
    return dict(_SPEC.dump_python(spec, mode="json"))


def parse_spec(values: Any) -> DataSpec:
    """The reverse of `spec_values`; pydantic's ValidationError (a ValueError) where values do not fit."""
    if isinstance(values, dict) and "classes" in values:  # headers of the first checkpoints
        values = dict(values)
        values["conditions"] = [{"kind": "category", "name": "class", "labels": values.pop("classes")}]
    return _SPEC.validate_python(values)


def column_of(conditions: Sequence[Condition]) -> dict[tuple[str, str], int]:
    """The column of each label, by the names of its factor and its own."""
    pairs = [(condition.name, label) for condition in conditions for label in condition.labels]
    return {pair: column for column, pair in enumerate(pairs)}
