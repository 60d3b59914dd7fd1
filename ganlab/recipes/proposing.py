"""Recipes to begin with on pictures that none was made for."""

from math import ceil
from typing import NamedTuple

from ganlab.data.spec import POINT, DataSpec
from ganlab.nets.clusters import most_clusters
from ganlab.recipes import RECIPES, Recipe

MOST_LETTERS = 48  # of a dataset, in the name of a run
LABELLED = ("acgan", "cgan")
UNLABELLED = ("gan", "infogan", "vae")
BY_FAMILY: dict[str, dict[int, str]] = {
    "acgan": {
        1: "ring-8-acgan",
        28: "faces-acgan-64",
        32: "faces-acgan-64",
        64: "faces-acgan-64",
        128: "faces-acgan-64",
    },
    "cgan": {1: "ring-8-cgan", 28: "mnist-cgan-28", 32: "mnist-cgan-28", 64: "iclevr-cgan-64", 128: "iclevr-cgan-64"},
    "gan": {1: "ring-8-gan", 28: "mnist-dcgan-28", 32: "mnist-dcgan-32", 64: "faces-gan-64", 128: "faces-gan-128"},
    "infogan": {
        1: "ring-8-infogan",
        28: "mnist-infogan-64",
        32: "mnist-infogan-64",
        64: "faces-infogan-64",
        128: "faces-infogan-64",
    },
    "vae": {1: "ring-8-vae", 28: "mnist-vae-28", 32: "mnist-vae-28", 64: "faces-vae-64", 128: "faces-vae-128"},
}
"""The recipe whose nets fit best, by the size of the images in pixels."""


LEAST_STEPS = 2_000
MOST_PASSES = 300
"""Bounds of a proposal's steps. The shipped recipe's own steps, meant for tens of thousands of pictures, are the most.

A model has soon seen all that few pictures show, so passes over them are bounded: at three times the passes from which
augmentation is on (`FEWEST_PASSES`). But fresh weights need steps before they draw anything, however few the pictures
are: with augmentation, 1,000 were too few, since the distance was still falling fast (docs/few-pictures.md).
"""


class Proposal(NamedTuple):
    """A shipped recipe, and what it is with the settings for the dataset."""

    base: str  # name of the shipped recipe
    recipe: Recipe
    passes: float  # how often it sees each training image

    @property
    def changes(self) -> dict[str, object]:
        """The settings in which it differs from the shipped one, besides its name."""
        shipped = RECIPES[self.base]
        mine = self.recipe.model_dump() | self.recipe.config.model_dump()
        theirs = shipped.model_dump() | shipped.config.model_dump()
        return {key: value for key, value in mine.items() if key not in ("name", "config") and value != theirs[key]}


def proposals(spec: DataSpec, train: int) -> list[Proposal]:
    """Recipes for `train` images as `spec` says: conditional ones where they have labels, else others, best first."""
    found = []
    for family in LABELLED if spec.conditions else UNLABELLED:
        base = RECIPES[BY_FAMILY[family][spec.size]]
        batch_size = min(base.batch_size, max(2, train // 2))
        steps = base.steps if spec.size == POINT else steps_for(train, batch_size, base.steps)
        settings = {
            "name": f"{spec.name[:MOST_LETTERS].rstrip('.-')}-{family}-{spec.size}",
            "dataset": spec.name,
            "image_size": spec.size,
            "batch_size": batch_size,
            "steps": steps,
        }
        if clusters := getattr(base.config, "clusters", 0):
            settings["clusters"] = min(clusters, most_clusters(train))
        found.append(Proposal(base.name, base.with_settings(settings), steps * batch_size / train))
    return found


def steps_for(train: int, batch_size: int, most: int) -> int:
    """How many steps to propose for `train` images, between the bounds above and at most `most`; whole hundreds."""
    passes = ceil(MOST_PASSES * train / batch_size / 100) * 100
    return min(most, max(LEAST_STEPS, passes))
