"""A sweep: one recipe for each point of a small grid of settings."""

import itertools
import math
import re
from typing import TYPE_CHECKING, Any

from ganlab.counting import counted

if TYPE_CHECKING:
    from ganlab.recipes import Recipe

MAX_FIELDS = 2
MAX_RUNS = 100
LABEL_CHARACTERS = 36  # of the 63 that a recipe's name may have
BASE_CHARACTERS = 63 - LABEL_CHARACTERS - len("-NNN-")


def sweep(recipe: "Recipe", grid: dict[str, list[Any]]) -> list["Recipe"]:
    """Recipes for all combinations of the grid's values, the last field changing fastest.

    Names carry a number, so that they sort in this order, and the values, so that they can be told apart.
    ValueError for more than two fields, no values, too many runs, or a value that a field does not allow.
    """
    if not 1 <= len(grid) <= MAX_FIELDS:
        raise ValueError(f"a sweep varies one or two fields, not {len(grid)}")
    empty = [field for field, values in grid.items() if not values]
    if empty:
        raise ValueError(f"give at least one value for {empty[0]}")
    values_of = [list(dict.fromkeys(values)) for values in grid.values()]
    if (runs := math.prod(map(len, values_of))) > MAX_RUNS:
        raise ValueError(f"this would be {counted(runs, 'run')}; a sweep has at most {MAX_RUNS}")
    points = list(itertools.product(*values_of))
    by_recipe: dict[str, dict[str, Any]] = {}  # 8 and 8.0 are two texts and one setting
    for point in points:
        values = dict(zip(grid, point, strict=True))
        by_recipe.setdefault(recipe.with_settings(values).model_dump_json(), values)
    settings = list(by_recipe.values())
    digits = max(2, len(str(len(points))))
    base = recipe.name[:BASE_CHARACTERS]
    names = [f"{base}-{i:0{digits}}-{label}" for i, label in enumerate(_labels(settings), 1)]
    return [recipe.with_settings(point | {"name": name}) for point, name in zip(settings, names, strict=True)]


def _labels(settings: list[dict[str, Any]]) -> list[str]:
    """Fields and values of each point, or only the values where all together would be too long."""
    full = ["-".join(f"{key.removeprefix('config.')}-{_text(value)}" for key, value in p.items()) for p in settings]
    if max(map(len, full)) > LABEL_CHARACTERS:
        full = ["-".join(map(_text, p.values())) for p in settings]
    return [re.sub(r"[^a-z0-9.]+", "-", label.lower())[:LABEL_CHARACTERS].strip("-") for label in full]


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
