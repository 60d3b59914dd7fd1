"""The recipe that a run directory holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganlab.foreign import read_json, shortened
from ganlab.runs.paths import RunFolder
from ganlab.system_errors import in_words
from ganlab.whole_files import replacing

if TYPE_CHECKING:  # it brings torch along (2 s, 250 MB), which a reader of states does not need
    from ganlab.recipes import Recipe


def write_recipe(folder: RunFolder, recipe: "Recipe") -> None:
    for path in (folder.recipe_copy, folder.recipe):
        with replacing(path, durable=True) as part:
            part.write_text(recipe.model_dump_json(indent=2), encoding="utf-8")


def read_recipe(folder: RunFolder) -> "Recipe":
    """From `recipe.json`, or from its copy where that file is damaged or lost.

    ValueError names the file and each setting that is wrong; what somebody has set by hand is never passed over.
    """
    from ganlab.recipes import parse_recipe

    values, path = _object(folder.recipe), folder.recipe
    if isinstance(values, str) and isinstance(copy := _object(folder.recipe_copy), dict):
        values, path = copy, folder.recipe_copy
    if isinstance(values, str):
        raise ValueError(values)
    try:
        return parse_recipe(values)
    except ValueError as error:
        raise ValueError(
            f"{path} cannot be used ({error}); mend it, or put {folder.recipe_copy.name} in its place"
        ) from error


def _object(path: Path) -> dict[str, Any] | str:
    """The JSON object in a file, or why there is none and what to do."""
    remedy = "put the file back if you have it, or delete the run"
    try:
        found = read_json(path)
    except FileNotFoundError:
        return f"{path} is not there; {remedy}"
    except OSError as error:
        return in_words(error, path)
    except ValueError as error:
        return f"{path} cannot be used ({shortened(str(error), 300)}); {remedy}"
    return found if isinstance(found, dict) else f"{path} cannot be used (it holds no JSON object); {remedy}"
