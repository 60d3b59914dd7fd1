"""What a header may say of codes. Files may come from strangers, and pages take what they read here as it is."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

CLEAR_RHO = 0.6
"""The rank correlation from which pictures are said to follow a continuous code."""


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True)  # a number in quotes is none


class _Drawn(_Entry):
    """What the pictures of one label of a category show."""

    follows: str = ""
    rate: float = 0
    rate_of_others: float = 0
    of_class: str = Field("", alias="class")
    share: float = 0


class _Category(_Entry):
    kind: Literal["category"]
    accuracy: float = 0
    nmi: float = 0
    table: dict[str, str] = {}
    drawn: dict[str, _Drawn] = {}


class _Continuous(_Entry):
    kind: Literal["continuous"]
    quality: str = ""
    rho: float = 0
    clear: bool = False
    effect: float = 0
    correlations: dict[str, float] = {}


class _Set(_Entry):
    """What setting one label did."""

    success: float
    changes: dict[str, float]


class _Condition(_Entry):
    kind: Literal["condition"]
    labels: dict[str, _Set]


_CODES: TypeAdapter[dict[str, Any]] = TypeAdapter(
    dict[str, Annotated[_Category | _Continuous | _Condition, Field(discriminator="kind")]]
)


def checked_codes(values: Any) -> dict[str, Any]:
    """The header's entry as it is; pydantic's ValidationError (a ValueError) where pages could not read it."""
    _CODES.validate_python(values)
    return dict(values)
