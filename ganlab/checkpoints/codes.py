"""What each code of a model was measured to mean: records that metrics make, headers keep and pages read."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ganlab.foreign import RealText

CLEAR_RHO = 0.6
"""The rank correlation from which pictures are said to follow a continuous code."""

MOST_ENTRIES = 1024  # labels of a factor, or what can change beside one
Share = Annotated[float, Field(ge=0, le=1)]
Correlation = Annotated[float, Field(ge=-1, le=1)]
Word = Annotated[RealText, Field(max_length=200)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True)


class DrawnLabel(_Record):
    """What pictures with one label of a category show."""

    follows: Word = ""  # the label of the dataset whose rate differs most from its rate under the other labels
    rate: Share | None = None
    rate_of_others: Share | None = None
    class_name: Word = Field("", alias="class")  # most often drawn; empty where images have no class each
    share: Share | None = None  # of the pictures that show it


class CategoryCode(_Record):
    """How a recognizer sorts real test images by a category, and what the labels of the category draw."""

    kind: Literal["category"]
    accuracy: Share | None = None
    nmi: Share | None = None
    table: dict[Word, Word] = Field({}, max_length=MOST_ENTRIES)  # from labels to classes, one to one
    drawn: dict[Word, DrawnLabel] = Field({}, max_length=MOST_ENTRIES)  # by label


class ContinuousCode(_Record):
    """Which quality of strokes follows a number."""

    kind: Literal["continuous"]
    quality: Word = ""
    rho: Correlation = 0.0  # Spearman's, the mean over sweeps
    clear: bool = False
    effect: Annotated[float, Field(ge=-1e12, le=1e12)] = 0.0  # of a whole sweep, standard deviations of real images
    correlations: dict[Word, Correlation] = Field({}, max_length=MOST_ENTRIES)  # of all qualities


class SetLabel(_Record):
    """What setting one label did to pictures whose other numbers stay."""

    success: Share
    pictures: Annotated[int, Field(ge=0)] | None = None
    changes: dict[Word, Share] = Field(max_length=MOST_ENTRIES)  # of every other attribute or category


class ConditionCode(_Record):
    """What setting the labels of a condition does."""

    kind: Literal["condition"]
    labels: dict[Word, SetLabel] = Field(max_length=MOST_ENTRIES)


Code = CategoryCode | ContinuousCode | ConditionCode
Codes = Mapping[str, Code]
"""By factor; empty where nothing was measured."""

AnyCode = TypeVar("AnyCode", CategoryCode, ContinuousCode, ConditionCode)

_CODES: TypeAdapter[dict[str, Code]] = TypeAdapter(
    Annotated[dict[Word, Annotated[Code, Field(discriminator="kind")]], Field(max_length=32)]
)


def parse_codes(values: Any) -> Codes:
    """Codes from the plain values of a header; pydantic's ValidationError (a ValueError) where they do not fit."""
    return _CODES.validate_python(values)


def code_values(codes: Codes) -> dict[str, Any]:
    """The reverse: plain values for JSON, without what was not measured."""
    return _CODES.dump_python(dict(codes), mode="json", by_alias=True, exclude_unset=True)


def code_of_kind(codes: Codes, name: str, kind: type[AnyCode]) -> AnyCode | None:
    """What was measured of the factor `name`, when that is of the `kind` that is asked for."""
    code = codes.get(name)
    return code if isinstance(code, kind) else None
