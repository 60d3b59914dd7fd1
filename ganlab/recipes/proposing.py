"""Recipes to begin with on pictures that none was made for."""

from typing import NamedTuple

from ganlab.data.spec import DataSpec
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


class Proposal(NamedTuple):
    """A shipped recipe, and what it is with the settings for the dataset."""

    base: str  # name of the shipped recipe
    recipe: Recipe

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
        settings = {
            "name": f"{spec.name[:MOST_LETTERS].rstrip('.-')}-{family}-{spec.size}",
            "dataset": spec.name,
            "image_size": spec.size,
            "batch_size": min(base.batch_size, max(2, train // 2)),
        }
        if clusters := getattr(base.config, "clusters", 0):
            settings["clusters"] = min(clusters, most_clusters(train))
        found.append(Proposal(base.name, base.with_settings(settings)))
    return found
