"""The conditional GAN (Mirza and Osindero 2014): the discriminator judges image and condition together."""

from typing import Literal

from pydantic import Field

from ganlab.conditional import ConditionalConfig, build, draw, latent, phases

__all__ = ["KEPT", "TITLE", "Config", "build", "draw", "latent", "phases"]

TITLE = "Conditional GAN"
KEPT = ("generator",)


class Config(ConditionalConfig):
    """Architecture and loss of a conditional GAN."""

    conditioning: Literal["projection", "canvas"] = Field(
        "projection", description="how the discriminator sees the condition beside the image"
    )
