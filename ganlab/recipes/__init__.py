"""Every hyperparameter that ships, by recipe name."""

from ganlab.choices import instead
from ganlab.recipes.faces import FACES
from ganlab.recipes.iclevr import SCENES
from ganlab.recipes.mnist import DIGITS
from ganlab.recipes.points import POINTS
from ganlab.recipes.recipe import Precision, Recipe, Size, parse_recipe, read_recipe_file
from ganlab.recipes.replicas import REPLICAS

__all__ = ["RECIPES", "Precision", "Recipe", "Size", "parse_recipe", "read_recipe_file", "recipe"]


def recipe(name: str) -> Recipe:
    """The shipped recipe called `name`; ValueError lists them when there is none."""
    if name not in RECIPES:
        raise ValueError(f"unknown recipe {name!r}{instead(name, RECIPES)}")
    return RECIPES[name]


RECIPES: dict[str, Recipe] = {made.name: made for made in (*DIGITS, *FACES, *SCENES, *POINTS, *REPLICAS)}
