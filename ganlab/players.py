"""Settings and nets that families share: a generator, and the trunk and head of a discriminator."""

from typing import Annotated, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import nn

from ganlab.augmentation import FEW_IMAGES, FEWEST_PASSES, Augment
from ganlab.data import DataSpec
from ganlab.foreign import TrueIsNoNumber
from ganlab.nets import ArchitectureName, Norm, Sizes, architecture
from ganlab.nets.blocks import normalised, without_batch
from ganlab.nets.initial_weights import SMALL_DISCRIMINATOR, SMALL_GENERATOR, fill_range, shrink_normalised
from ganlab.types import OptimizerKind

Width = Annotated[int, Field(ge=4, le=256, description="channels (convolutions) or units (mlp) of the narrowest layer")]


class GeneratorConfig(TrueIsNoNumber):
    """Sizes of a generator, and of the net beside it, which judges or encodes images."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    architecture: ArchitectureName = Field("dcgan", description="shape of both nets")
    latent_size: int = Field(64, ge=1, le=1024, description="numbers that the generator starts from")
    width: Width = 64
    hidden: int = Field(0, ge=0, le=4096, description="units of extra fully connected layers; 0 for none")
    hidden_layers: int = Field(1, ge=1, le=8, description="number of such layers in the generator")
    smallest_map: int = Field(
        0, ge=0, le=32, description="dcgan: pixels of the smallest feature map; 0 for 7 at 28 px, else 4"
    )


class PlayersConfig(GeneratorConfig):
    """Nets of the two players, what they minimise and how they step."""

    discriminator_width: int = Field(0, ge=0, le=256, description="width of the discriminator; 0 for the same")
    discriminator_hidden: int = Field(0, ge=0, le=4096, description="hidden of the discriminator; 0 for the same")
    head_hidden: int = Field(
        0, ge=0, le=1024, description="units of a hidden layer in each head of the discriminator; 0 for none"
    )
    discriminator_dropout: float = Field(
        0.0, ge=0, le=0.9, description="share of the discriminator's activations left out in training"
    )
    discriminator_norm: Norm = Field("spectral", description="what keeps the discriminator in check")
    adversarial: Literal["non-saturating", "hinge", "least-squares", "wasserstein", "relativistic"] = Field(
        "hinge",
        description="what the two players minimise: non-saturating is the first GAN's log loss, hinge leaves alone "
        "what is judged clearly enough, least-squares measures how far verdicts are from 1 and 0, wasserstein sets "
        "mean verdicts apart and needs a penalty or spectral norm, relativistic asks which of two images is real",
    )
    label_smoothing: float = Field(
        0.0, ge=0, lt=0.5, description="non-saturating: how far the target of real images is below 1"
    )
    penalty: Literal["none", "wasserstein", "r1-r2"] = Field(
        "none", description="gradient penalty in the discriminator's loss"
    )
    penalty_weight: float = Field(1.0, ge=0, le=1000, description="weight of the gradient penalty")
    generator_lr: float = Field(2e-4, gt=0, le=0.1, description="learning rate of the generator")
    discriminator_lr: float = Field(2e-4, gt=0, le=0.1, description="learning rate of the discriminator")
    generator_optimizer: OptimizerKind = Field(
        "adam",
        description="how the generator steps: adam and rmsprop measure a step by the gradients of late, sgd goes down "
        "the gradient as it is and needs higher learning rates",
    )
    discriminator_optimizer: OptimizerKind = Field("adam", description="how the discriminator steps")
    beta1: float = Field(0.5, ge=0, lt=1, description="Adam's memory of the gradient")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's memory of the squared gradient")
    generator_every: int = Field(1, ge=1, le=20, description="discriminator steps per generator step")
    discriminator_every: int = Field(1, ge=1, le=20, description="generator steps per discriminator step")
    initial_weights: Literal["usual", "small"] = Field(
        "usual",
        description="small: weights that a normalisation scales begin at a tenth of the usual size and less, so that "
        "low learning rates turn them as fast as higher ones do; the generator's last layer begins all over the range",
    )
    augment: Augment = Field(
        "auto",
        description="random changes that real and drawn images go through before the discriminator (Zhao et al. 2020), "
        f"against learning a small dataset by heart; auto: all of them below {FEW_IMAGES:,} "
        f"training images, where each is seen {FEWEST_PASSES} times or more",
    )

    @model_validator(mode="after")
    def _one_player_has_each_turn(self) -> Self:
        if min(self.generator_every, self.discriminator_every) > 1:
            raise ValueError(
                "generator_every and discriminator_every leave steps in which nobody moves; set one of them to 1"
            )
        return self

    @model_validator(mode="after")
    def _no_penalty_behind_batch_norm(self) -> Self:
        if self.penalty != "none" and self.discriminator_norm == "batch":
            raise ValueError(
                "a gradient penalty needs each image's own gradient, which batch norm mixes; "
                "set discriminator_norm to spectral or none"
            )
        if self.adversarial == "wasserstein" and self.penalty == "none" and self.discriminator_norm != "spectral":
            raise ValueError(
                "the wasserstein loss is unbounded without a constraint; set penalty to wasserstein or "
                "discriminator_norm to spectral"
            )
        if self.label_smoothing and self.adversarial != "non-saturating":
            raise ValueError("label_smoothing moves the target of the non-saturating loss; set it to 0 for the others")
        return self


def augment_setting(config: BaseModel) -> Augment:
    """What the settings of a family ask for; without a discriminator there is nothing to augment for."""
    return config.augment if isinstance(config, PlayersConfig) else "none"


def build_generator(cfg: GeneratorConfig, latent_dim: int, data: DataSpec, *, mapped: int = 0) -> nn.Module:
    """Vectors [B, latent_dim] => images; `mapped` as in `Sizes`."""
    return architecture(cfg.architecture, data.size).generator(
        latent_dim, data.shape, Sizes(cfg.width, cfg.hidden, cfg.hidden_layers, cfg.smallest_map, mapped=mapped)
    )


def build_players(
    cfg: PlayersConfig, latent_dim: int, data: DataSpec, *, channels: int = 0, mapped: int = 0
) -> nn.ModuleDict:
    """Generator, trunk and discriminator (the head).

    The trunk reads `channels` more than an image has; `mapped` is for the generator, as in `Sizes`.
    """
    if data.points and cfg.augment != "none":
        raise ValueError(f"augment changes pictures, and {data.name} has points; set it to none")
    shape = (data.channels + channels, data.size, data.size)
    sizes = Sizes(
        cfg.discriminator_width or cfg.width,
        cfg.discriminator_hidden or cfg.hidden,
        smallest_map=cfg.smallest_map,
        dropout=cfg.discriminator_dropout,
    )
    trunk = architecture(cfg.architecture, data.size).trunk(shape, sizes, cfg.discriminator_norm)
    head = nn.Sequential(*head_layers(trunk, 1, cfg.head_hidden, without_batch(cfg.discriminator_norm)))
    generator = build_generator(cfg, latent_dim, data, mapped=mapped)
    if cfg.initial_weights == "small":
        shrink_normalised(generator, SMALL_GENERATOR)
        fill_range(generator)
        shrink_normalised(trunk, SMALL_DISCRIMINATOR)
    return nn.ModuleDict({"generator": generator, "trunk": trunk, "discriminator": head})


def feature_layer(trunk: nn.Module, outputs: int) -> nn.Linear:
    """A linear map of the trunk's features."""
    return nn.Linear(cast(int, trunk.features), outputs)


def head_layers(trunk: nn.Module, outputs: int, hidden: int, norm: Norm = "none") -> list[nn.Module]:
    """Features of the trunk [B, F] => [B, outputs], by way of `hidden` units where there are any."""
    if not hidden:
        return normalised(feature_layer(trunk, outputs), norm)
    return [
        *normalised(feature_layer(trunk, hidden), norm),
        nn.LeakyReLU(0.2),
        *normalised(nn.Linear(hidden, outputs), norm),
    ]


def restrained(cfg: PlayersConfig, layer: nn.Linear) -> nn.Module:
    """A last layer, held in check as the trunk is; batch norm has no place there."""
    return nn.Sequential(*normalised(layer, without_batch(cfg.discriminator_norm)))
