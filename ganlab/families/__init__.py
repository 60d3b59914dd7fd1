"""Model families by name."""

from typing import cast

from ganlab.families import gan
from ganlab.types import Family

FAMILIES: dict[str, Family] = {
    "gan": cast(Family, gan),
}
