"""What the zoo trains, best first: shipped recipes at widths that a CPU cannot train."""

from dataclasses import dataclass, field

from ganlab.data import catalogue
from ganlab.recipes import RECIPES, Recipe


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A recipe, and what is changed in it."""

    recipe: str
    settings: dict[str, int | float | str] = field(default_factory=dict)

    @property
    def made(self) -> Recipe:
        return RECIPES[self.recipe].with_settings(dict(self.settings))

    @property
    def has_data(self) -> bool:
        """Whether its dataset can be had on this machine, without a network."""
        return catalogue.state(RECIPES[self.recipe].dataset) in ("packed", "files", "offline")


WIDE: dict[str, int | float | str] = {"width": 64, "discriminator_width": 96, "batch_size": 64}
ENTRIES = (
    Entry(recipe="iclevr-cgan-64", settings=WIDE),
    Entry(recipe="faces-acgan-64", settings=WIDE),
    Entry(recipe="iclevr-acgan-64", settings=WIDE),
    Entry(recipe="faces-gan-64", settings=WIDE),
    Entry(recipe="mnist-dcgan-64", settings={"width": 64, "batch_size": 128}),
    Entry(recipe="mnist-cgan-28", settings={"width": 96, "batch_size": 128}),
)
"""Generators of width 64 take 7 MB in a checkpoint. InfoGANs and VAEs are measured with scipy and scikit-learn, which
do not travel."""

REHEARSED = tuple(Entry(recipe="digits-quick", settings={"width": 8, "seed": seed}) for seed in (0, 1))
