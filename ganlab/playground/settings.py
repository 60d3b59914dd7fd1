"""What of a game can be set, in the words of recipes."""

from collections.abc import Mapping
from typing import Any

from ganlab.data.points import KINDS
from ganlab.foreign import shortened
from ganlab.recipes import RECIPES, Recipe

BASE = RECIPES["ring-8-gan-non-saturating"].with_settings(
    {"name": "playground", "width": 64, "batch_size": 128, "steps": 10_000_000, "lr_end": 1.0}
)
SETTINGS = (
    "dataset",
    "adversarial",
    "penalty",
    "penalty_weight",
    "discriminator_norm",
    "generator_lr",
    "discriminator_lr",
    "beta1",
    "generator_every",
    "latent_size",
    "width",
    "discriminator_width",
    "batch_size",
    "seed",
)
ANEW = ("discriminator_norm", "latent_size", "width", "discriminator_width", "seed")
"""Those that other nets belong to, so that a game begins anew."""


def recipe_of(settings: Mapping[str, Any], base: Recipe = BASE) -> Recipe:
    """The recipe of a game; ValueError says which setting cannot be, and what can."""
    if unknown := [name for name in settings if name not in SETTINGS]:
        raise ValueError(f"a game has no setting {shortened(str(unknown[0]), 40)!r}; choose from {', '.join(SETTINGS)}")
    recipe = base.with_settings(dict(settings))
    if recipe.dataset not in KINDS:
        raise ValueError(f"a game is played with points; choose a dataset from {', '.join(KINDS)}")
    return recipe


def values_of(recipe: Recipe) -> dict[str, Any]:
    """The settings of a recipe, by name."""
    whole = recipe.model_dump(mode="json")
    return {name: whole.get(name, whole["config"].get(name)) for name in SETTINGS}


def starts_anew(old: Recipe, new: Recipe) -> bool:
    """Whether the nets of `old` are of no use to `new`."""
    before, after = values_of(old), values_of(new)
    return any(before[name] != after[name] for name in ANEW)
