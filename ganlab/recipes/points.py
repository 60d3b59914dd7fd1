"""Points of the plane: every loss and penalty on one dataset, and each family where it shows something."""

from typing import Any

from pydantic import BaseModel

from ganlab.data.spec import POINT
from ganlab.families import acgan, cgan, gan, infogan, vae
from ganlab.recipes.recipe import Recipe

NETS: dict[str, Any] = {"architecture": "points", "width": 128}
PLAYERS: dict[str, Any] = NETS | {
    "latent_size": 2,
    "augment": "none",
    "discriminator_norm": "none",
    "generator_lr": 1e-3,
    "discriminator_lr": 1e-3,
    "beta1": 0.0,
    "beta2": 0.99,
}
PAIRED: dict[str, Any] = PLAYERS | {"adversarial": "relativistic", "penalty": "r1-r2", "penalty_weight": 0.1}
"""A paired loss and both gradient penalties (Huang et al. 2024)."""


def _points(name: str, dataset: str, config: BaseModel, *, family: str = "gan", steps: int = 10_000) -> Recipe:
    return Recipe(
        name=name,
        family=family,
        config=config,
        dataset=dataset,
        image_size=POINT,
        steps=steps,
        batch_size=256,
        ema_halflife=25_600,
        lr_end=0,
    )


POINTS = (
    _points("ring-8-gan", "ring-8", gan.Config(**PAIRED)),
    _points("ring-8-gan-non-saturating", "ring-8", gan.Config(**PLAYERS | {"adversarial": "non-saturating"})),
    _points(
        "ring-8-gan-r1-r2",
        "ring-8",
        gan.Config(**PAIRED | {"adversarial": "non-saturating"}),
    ),
    _points("ring-8-gan-least-squares", "ring-8", gan.Config(**PLAYERS | {"adversarial": "least-squares"})),
    _points(
        "ring-8-gan-hinge",
        "ring-8",
        gan.Config(**PLAYERS | {"adversarial": "hinge", "discriminator_norm": "spectral"}),
    ),
    _points(
        "ring-8-gan-wasserstein",
        "ring-8",
        gan.Config(**PLAYERS | {"adversarial": "wasserstein", "penalty": "wasserstein", "penalty_weight": 0.1}),
    ),
    _points("grid-25-gan", "grid-25", gan.Config(**PAIRED)),
    _points("moons-gan", "moons", gan.Config(**PAIRED)),
    _points("spiral-gan", "spiral", gan.Config(**PAIRED)),
    _points("line-gan", "line", gan.Config(**PAIRED)),
    _points("ring-8-infogan", "ring-8", infogan.Config(categories=8, continuous=0, **PAIRED), family="infogan"),
    _points("spiral-infogan", "spiral", infogan.Config(categories=3, continuous=1, **PAIRED), family="infogan"),
    _points("ring-8-cgan", "ring-8", cgan.Config(**PAIRED), family="cgan"),
    _points("grid-25-cgan", "grid-25", cgan.Config(**PAIRED), family="cgan"),
    _points("ring-8-acgan", "ring-8", acgan.Config(**PAIRED), family="acgan"),
    *(
        _points(
            f"{dataset}-vae",
            dataset,
            vae.Config(latent_size=2, encoder_norm="none", kl_weight=1e-3, **NETS),
            family="vae",
        )
        for dataset in ("ring-8", "moons", "spiral")
    ),
)
