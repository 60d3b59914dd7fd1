"""How a conditional family is set up."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ganlab.players import PlayersConfig


class ConditionalConfig(PlayersConfig):
    """The two players, and how each of them gets to know the condition."""

    condition_on: str = Field(
        "", max_length=1024, description="conditions of the data to learn, joined by +; all of them when empty"
    )
    condition_maps: bool = Field(
        False, description="dcgan: conditions enter the generator as maps beside its first layer, without embedding"
    )
    embedding: int = Field(
        0, ge=0, le=1024, description="numbers that the generator makes of the condition first; 0: reads it as it is"
    )
    conditioning: Literal["none", "projection", "canvas"] = Field(
        "projection", description="how the discriminator sees the condition beside the image"
    )
    mismatched_weight: float = Field(
        0.0, ge=0, le=100, description="projection: weight of real images under wrong conditions as further fakes"
    )
    classifier_weight: float = Field(
        0.0, ge=0, le=100, description="weight of the auxiliary classifier in the generator's loss; 0: no classifier"
    )
    classifier_real_weight: float = Field(
        1.0, ge=0, le=100, description="weight of the auxiliary classifier in the discriminator's loss"
    )
    classifier_learns_from: Literal["real", "both"] = Field(
        "real", description="images that the classifier learns from"
    )
    classifier_lr: float = Field(
        0.0,
        ge=0,
        le=0.1,
        description="learning rate of a phase of the classifier's own; 0: it moves with the discriminator",
    )

    @property
    def classifier_moves_in(self) -> Literal["", "discriminator", "classifier"]:
        """The phase that trains the auxiliary classifier; empty when there is none."""
        if self.classifier_lr:
            return "classifier"
        return "discriminator" if self.classifier_weight else ""

    @model_validator(mode="after")
    def _options_fit_together(self) -> Self:
        if self.mismatched_weight and self.conditioning != "projection":
            raise ValueError("mismatched_weight needs conditioning projection; set it to 0 for the others")
        if self.condition_maps and (self.embedding or self.architecture != "dcgan"):
            raise ValueError("condition_maps is for architecture dcgan without an embedding; set embedding to 0")
        return self
