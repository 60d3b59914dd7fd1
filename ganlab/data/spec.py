"""What is known of a dataset's images, in the words of latent factors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from pydantic import Field, TypeAdapter

from ganlab.foreign import RealText
from ganlab.latents import Attributes, Category, check_names_differ

COORDINATES = 2  # of a point: its channels
MOST_CHANNELS, MOST_SIZE = 64, 4096  # that a header may say, whatever its images turn out to be
POINT = 1  # pixels: the size of an image that is a point of the plane
SHOWN_SIDE = 120  # pixels of a picture that shows points
_IMAGE = re.compile(r"\b(?P<a>an? )?(?:(?P<i>i)mage|(?P<p>p)icture)(?P<plural>s?)\b", re.IGNORECASE)

Condition = Annotated[Category | Attributes, Field(discriminator="kind")]
"""What is known of an image, in the words of a latent factor."""


def size_in_words(size: int) -> str:
    """`28 px`, or that images of this size are points."""
    return "points" if size == POINT else f"{size} px"


def data_in_words(name: str, size: int) -> str:
    """Such as `digits at 28 px`; of points the name alone."""
    return name if size == POINT else f"{name} at {size_in_words(size)}"


def noun(size: int) -> str:
    """What people call one image of this size."""
    return "point" if size == POINT else "image"


def said_of(text: str, size: int) -> str:
    """A text that speaks of images or pictures, in the noun of what has this size."""
    if size != POINT:
        return text
    return _IMAGE.sub(_as_point, text)


def _as_point(found: re.Match[str]) -> str:
    article = f"{found['a'][0]} " if found["a"] else ""
    return f"{article}{'P' if (found['i'] or found['p']).isupper() else 'p'}oint{found['plural']}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSpec:
    """What nets and pages need to know of a dataset without loading it."""

    name: Annotated[RealText, Field(max_length=200)]
    channels: Annotated[int, Field(strict=True, ge=1, le=MOST_CHANNELS)]
    size: Annotated[int, Field(strict=True, ge=1, le=MOST_SIZE)]  # height and width, pixels
    conditions: Annotated[tuple[Condition, ...], Field(max_length=32)] = ()

    def __post_init__(self) -> None:
        check_names_differ(self.conditions)
        if (self.size == POINT) != (self.channels == COORDINATES):
            raise ValueError(
                f"images of {self.size} px have {self.channels} channels; a point of the plane has {COORDINATES} "
                f"channels of {POINT} px, a picture 1 or 3"
            )

    @property
    def classes(self) -> tuple[str, ...]:
        """Labels of the only category, where each image belongs to one class; empty otherwise."""
        only = self.conditions[0] if len(self.conditions) == 1 else None
        return only.labels if isinstance(only, Category) else ()

    @property
    def condition_dim(self) -> int:
        return sum(condition.dim for condition in self.conditions)

    @property
    def points(self) -> bool:
        """Whether an image is a point of the plane: one pixel, whose two channels are its coordinates."""
        return self.size == POINT

    @property
    def noun(self) -> str:
        """What people call one image of the dataset."""
        return noun(self.size)

    @property
    def error_unit(self) -> str:
        """What squared errors are counted in, in words."""
        return "coordinates of the plane" if self.points else "pixels from 0 to 1"

    @property
    def stored(self) -> torch.dtype:
        """What packs hold images as."""
        return torch.float32 if self.points else torch.uint8

    @property
    def shown_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the pictures that people see: a point is drawn as a dot."""
        return (1, SHOWN_SIDE, SHOWN_SIDE) if self.points else self.shape

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
