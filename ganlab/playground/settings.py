"""What of a game can be set, in the words of recipes."""

from collections.abc import Mapping
from typing import Any

from ganlab.choices import instead
from ganlab.data import drawn_points
from ganlab.data.drawn_points import DRAWN
from ganlab.data.points import KINDS
from ganlab.foreign import shortened
from ganlab.recipes import RECIPES, Recipe

BASE = RECIPES["ring-8-gan-non-saturating"].with_settings(
    {"name": "playground", "width": 64, "batch_size": 128, "steps": 10_000_000, "lr_end": 1.0, "precision": "float32"}
)
SETTINGS = (
    "dataset",
    "adversarial",
    "penalty",
    "penalty_weight",
    "discriminator_norm",
    "judged_together",
    "generator_lr",
    "discriminator_lr",
    "generator_optimizer",
    "discriminator_optimizer",
    "beta1",
    "generator_every",
    "discriminator_every",
    "latent_size",
    "width",
    "discriminator_width",
    "batch_size",
    "seed",
)
DATASETS = (*KINDS, DRAWN)
DRAWING = "drawing"
"""A setting beside those of recipes: the points of the dataset `drawn`, as `drawn_points` writes them."""
ANEW = ("discriminator_norm", "judged_together", "latent_size", "width", "discriminator_width", "seed")
"""Those that other nets belong to, so that a game begins anew."""


def recipe_of(settings: Mapping[str, Any], base: Recipe = BASE) -> Recipe:
    """The recipe of a game; ValueError says which setting cannot be, and what can."""
    if unknown := [name for name in settings if name not in (*SETTINGS, DRAWING)]:
        raise ValueError(f"a game has no setting {shortened(str(unknown[0]), 40)!r}{instead(unknown[0], SETTINGS)}")
    wanted = {name: value for name, value in settings.items() if name != DRAWING}
    dataset = wanted.get("dataset")
    if dataset == DRAWN:
        wanted["dataset"] = drawn_points.name_of(drawn_points.parse(str(settings.get(DRAWING) or "")))
    elif dataset is not None and dataset not in KINDS:
        raise ValueError(f"a game is played with points; choose a dataset from {', '.join(DATASETS)}")
    return base.with_settings(wanted)


def drawing_of(settings: Mapping[str, Any], before: str = "") -> str:
    """The drawing that a game with these settings learns from, empty for none, where it learnt from `before`."""
    if "dataset" not in settings:
        return before
    return str(settings.get(DRAWING) or "") if settings["dataset"] == DRAWN else ""


def values_of(recipe: Recipe, drawing: str = "") -> dict[str, Any]:
    """The settings of a recipe, by name, and the `drawing` that it learns from."""
    whole = recipe.model_dump(mode="json")
    values = {name: whole.get(name, whole["config"].get(name)) for name in SETTINGS}
    return values | {DRAWING: drawing} | ({"dataset": DRAWN} if drawing else {})


def starts_anew(old: Recipe, new: Recipe) -> bool:
    """Whether the nets of `old` are of no use to `new`."""
    before, after = values_of(old), values_of(new)
    return any(before[name] != after[name] for name in ANEW)
