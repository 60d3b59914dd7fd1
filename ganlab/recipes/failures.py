"""Small trainings that fail, each in one of the ways that report A describes: examples of what the monitor names.

They are no recipes to begin with, and not among `RECIPES`, which advice is taken from.
"""

from typing import Any

from ganlab.families import gan
from ganlab.recipes.recipe import Recipe

SMALL: dict[str, Any] = {"width": 8, "latent_size": 8, "adversarial": "non-saturating", "discriminator_norm": "batch"}


def _failure(name: str, steps: int, **settings: Any) -> Recipe:
    return Recipe(
        name=f"failure-{name}",
        image_size=28,
        steps=steps,
        ema_halflife=0,
        config=gan.Config(**SMALL | settings),
    )


FAILURES = (
    # the generator runs after the discriminator's every word
    _failure("collapse", 400, generator_lr=2e-2, discriminator_lr=1e-4),
    # one number has room for a few digits only
    _failure("dropped-digits", 800, latent_size=1, generator_lr=2e-3, discriminator_lr=5e-4),
    _failure("strong-discriminator", 800, generator_lr=1e-6, discriminator_lr=1e-2),
    _failure("slow", 400, generator_lr=2e-6, discriminator_lr=1e-6),
)
