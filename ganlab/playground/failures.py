"""Games that go wrong in the ways that are known, each with its cures: the same start, and other settings."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Cure(NamedTuple):
    """What is done against a failure."""

    title: str  # in words
    why: str  # it helps
    settings: Mapping[str, Any]  # beside those of the failure


class Failure(NamedTuple):
    """How a game goes wrong, and what helps."""

    title: str
    finding: str  # kind of what the game then says of itself
    text: str  # what one sees, and why
    settings: Mapping[str, Any]
    cures: Mapping[str, Cure]  # by name, first the one that helps most

    def cured(self, name: str) -> dict[str, Any]:
        """Its settings with the cure of that name."""
        return {**self.settings, **self.cures[name].settings}


PAIRED = {"adversarial": "relativistic", "penalty": "r1-r2", "penalty_weight": 0.1}

CURED = {**PAIRED, "generator_lr": 1e-3, "discriminator_lr": 1e-3, "beta1": 0.0}

PACKS = {"judged_together": 2}

APART = (
    "The discriminator sees two points at a time. Two real ones mostly lie in different clusters. Where two generated "
    "ones never do, it notices, whatever the rates are."
)

FAILURES: dict[str, Failure] = {
    "collapse": Failure(
        "Mode collapse",
        "mode-collapse",
        "The generator learns faster than the discriminator. It finds a place that passes, and puts everything there.",
        {"generator_lr": 5e-3, "discriminator_lr": 2e-4},
        {
            "paired": Cure(
                "a paired loss with both gradient penalties (R1 + R2)",
                "Each generated point is compared with a real one, so that an empty cluster costs something, and the "
                "penalties keep the surface so smooth that arrows lead there.",
                CURED,
            ),
            "packs": Cure(
                "points judged in packs of two (PacGAN)",
                APART,
                PACKS,
            ),
        },
    ),
    "hopping": Failure(
        "Hopping between modes",
        "mode-hopping",
        "The discriminator learns to refuse the place where all points are, and they move on to the next, for ever.",
        {"generator_lr": 1e-2, "discriminator_lr": 2e-3, "beta1": 0.5},
        {
            "paired": Cure(
                "a paired loss with gradient penalties, and lower rates",
                "Penalties keep the surface from tipping over between two steps, and slower nets can answer each "
                "other.",
                CURED,
            ),
            "packs": Cure("points judged in packs of two (PacGAN)", APART, PACKS),
        },
    ),
    "strong": Failure(
        "A discriminator too strong",
        "discriminator-too-strong",
        "It learns so much faster that it tells nearly every point apart, and the generator hardly moves.",
        {"generator_lr": 1e-5, "discriminator_lr": 2e-3, "beta1": 0.5},
        {
            "rates": Cure(
                "two rates that fit each other, a paired loss and penalties",
                "Neither net runs away from the other, and a smooth surface says everywhere which way is better.",
                CURED,
            )
        },
    ),
    "vanishing": Failure(
        "Vanishing gradients",
        "vanishing-gradients",
        "A gradient penalty far too heavy irons the discriminator's surface flat: the arrows shrink to nothing.",
        {**PAIRED, "penalty_weight": 1000.0},
        {
            "lighter": Cure(
                "the same penalty, ten thousand times lighter",
                "It still smooths the surface, and leaves slopes that the generator can follow.",
                {"penalty_weight": 0.1},
            )
        },
    ),
    "exploding": Failure(
        "Exploding gradients",
        "exploding-gradients",
        "The Wasserstein loss has no bound. Without its penalty the surface grows steeper at each step.",
        {
            "adversarial": "wasserstein",
            "penalty": "wasserstein",
            "penalty_weight": 0.0,
            "generator_lr": 5e-3,
            "discriminator_lr": 1e-2,
        },
        {
            "penalty": Cure(
                "the gradient penalty that the loss was made for",
                "It holds the slope near 1 everywhere, without which this loss measures nothing.",
                {"penalty_weight": 0.1},
            )
        },
    ),
}
