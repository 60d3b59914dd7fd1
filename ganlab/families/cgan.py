"""The conditional GAN (Mirza and Osindero 2014): the discriminator judges image and condition together."""

from typing import Literal

from pydantic import Field

from ganlab.conditional import ConditionalConfig, build, draw, latent, phases

__all__ = ["KEPT", "TEXT", "TITLE", "Config", "build", "draw", "latent", "phases"]

TITLE = "Conditional GAN"
TEXT = (
    "Two nets play against each other: the generator draws what a label asks for, the discriminator sees image and "
    "label together and tells drawn from real, and each learns from the other's mistakes."
)
KEPT = ("generator",)


class Config(ConditionalConfig):
    """Architecture and loss of a conditional GAN."""

    conditioning: Literal["projection", "canvas"] = Field(
        "projection", description="how the discriminator sees the condition beside the image"
    )
