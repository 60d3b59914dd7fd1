"""The auxiliary-classifier GAN (Odena et al. 2017): the discriminator also names the condition."""

from typing import Literal

from pydantic import Field

from ganlab.conditional import ConditionalConfig, build, draw, latent, phases

__all__ = ["KEPT", "TEXT", "TITLE", "Config", "build", "draw", "latent", "phases"]

TITLE = "ACGAN"
TEXT = (
    "Two nets play against each other: the generator draws what labels ask for, the discriminator tells drawn from "
    "real and names the labels again, and each learns from the other's mistakes."
)
KEPT = ("generator",)


class Config(ConditionalConfig):
    """Architecture and loss of an ACGAN."""

    conditioning: Literal["none", "projection", "canvas"] = Field(
        "none", description="how the discriminator sees the condition beside the image"
    )
    classifier_weight: float = Field(
        1.0, gt=0, le=100, description="weight of the auxiliary classifier in the generator's loss"
    )
