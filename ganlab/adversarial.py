"""What every family with a discriminator shares: its settings, its nets, and the two players' losses."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Self, cast

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from ganlab.data import Batch, DataSpec
from ganlab.latents import Latent
from ganlab.losses import ADVERSARIAL, wasserstein_penalty, zero_centred_penalty
from ganlab.nets import ArchitectureName, Norm, Sizes, architecture
from ganlab.nets.blocks import normalised, without_batch
from ganlab.types import Draw, Drawn, Optimizer

Judge = Callable[[Tensor], Tensor]
"""Images [B, C, H, W] => logits [B]."""


class PlayersConfig(BaseModel):
    """Nets of the two players, what they minimise and how they step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    architecture: ArchitectureName = Field("dcgan", description="shape of both nets")
    latent_size: int = Field(64, ge=1, le=1024, description="numbers that the generator starts from")
    width: int = Field(64, ge=4, le=256, description="channels (convolutions) or units (mlp) of the narrowest layer")
    hidden: int = Field(0, ge=0, le=4096, description="units of extra fully connected layers; 0 for none")
    hidden_layers: int = Field(1, ge=1, le=8, description="number of such layers in the generator")
    smallest_map: int = Field(
        0, ge=0, le=32, description="dcgan: pixels of the smallest feature map; 0 for 7 at 28 px, else 4"
    )
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
        "hinge", description="what the two players minimise"
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
    discriminator_optimizer: Literal["adam", "rmsprop"] = Field("adam", description="how the discriminator steps")
    beta1: float = Field(0.5, ge=0, lt=1, description="Adam's memory of the gradient")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's memory of the squared gradient")
    generator_every: int = Field(1, ge=1, le=20, description="discriminator steps per generator step")

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


class Pair(NamedTuple):
    """The same of a batch of real images and of generated ones."""

    real: Tensor
    fake: Tensor


def build_generator(cfg: Any, latent_dim: int, data: DataSpec, *, mapped: int = 0) -> nn.Module:
    """The generator of a config with the sizes of `PlayersConfig`: vectors [B, latent_dim] => images."""
    return architecture(cfg.architecture, data.size).generator(
        latent_dim, data.shape, Sizes(cfg.width, cfg.hidden, cfg.hidden_layers, cfg.smallest_map, mapped=mapped)
    )


def build_players(
    cfg: PlayersConfig, latent_dim: int, data: DataSpec, *, channels: int = 0, mapped: int = 0
) -> nn.ModuleDict:
    """Generator, trunk and discriminator (the head).

    The trunk reads `channels` more than an image has; `mapped` is for the generator, as in `Sizes`.
    """
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
    return nn.ModuleDict({"generator": generator, "trunk": trunk, "discriminator": head})


def draw_from(prior: Latent) -> Draw:
    """As many latents as the batch has images, and what the generator makes of them."""

    def from_prior(nets: nn.ModuleDict, batch: Batch, rng: torch.Generator) -> Drawn:
        latents = prior.sample(len(batch.images), rng)
        return Drawn(latents, nets["generator"](latents))

    return from_prior


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


def trunk_features(cfg: PlayersConfig, nets: nn.ModuleDict, real: Tensor, fake: Tensor) -> Pair:
    """Features of both batches, in one pass where nothing in the trunk looks at a whole batch."""
    if cfg.discriminator_norm == "batch":  # real and fake batches keep their own statistics
        return Pair(nets["trunk"](real), nets["trunk"](fake))
    both = nets["trunk"](torch.cat([real, fake.to(real.dtype)]))  # one pass fills the kernels better
    return Pair(both[: len(real)], both[len(real) :])


def logits(nets: nn.ModuleDict, features: Tensor) -> Tensor:
    """The discriminator's verdict on features of the trunk, float32 [B]."""
    return nets["discriminator"](features).squeeze(1).float()


def logits_of_both(nets: nn.ModuleDict, features: Pair) -> Pair:
    """The verdicts on both batches; in one pass, so that spectral norm's estimate moves on once."""
    both = logits(nets, torch.cat(features))
    return Pair(both[: len(features.real)], both[len(features.real) :])


def discriminator_loss(cfg: PlayersConfig, verdict: Pair) -> tuple[Tensor, dict[str, Tensor]]:
    """The discriminator's mean adversarial loss of logits, and what is worth plotting."""
    loss = ADVERSARIAL[cfg.adversarial].discriminator(*verdict).mean()
    # -(1 - s) log p - s log(1 - p) = -log p + s * logit
    loss = loss + cfg.label_smoothing * verdict.real.mean()
    return loss, {"loss": loss, "real": verdict.real.sigmoid().mean(), "fake": verdict.fake.sigmoid().mean()}


def generator_loss(cfg: PlayersConfig, verdict: Pair) -> tuple[Tensor, dict[str, Tensor]]:
    """The generator's mean adversarial loss of logits; only paired losses look at the real ones."""
    loss = ADVERSARIAL[cfg.adversarial].generator(*verdict).mean()
    return loss, {"loss": loss, "fake": verdict.fake.sigmoid().mean()}


def generator_sees_real(cfg: PlayersConfig) -> bool:
    """Whether the generator's loss needs logits of real images."""
    return ADVERSARIAL[cfg.adversarial].paired


def gradient_penalty(
    cfg: PlayersConfig, judge: Judge, real: Tensor, fake: Tensor, rng: torch.Generator
) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted penalty, a scalar that is 0 when the config has none."""
    if cfg.penalty == "none":
        return real.new_zeros(()), {}
    with torch.autocast(real.device.type, enabled=False):  # second derivatives are too coarse in bfloat16
        fake = fake.float()
        if cfg.penalty == "wasserstein":
            cost = wasserstein_penalty(judge, real, fake, rng).mean()
        else:
            cost = 2 * zero_centred_penalty(judge, torch.cat([real, fake])).mean()  # R1 + R2
    return cfg.penalty_weight * cost, {"penalty": cost}


def discriminator_optimizer(cfg: PlayersConfig) -> Optimizer:
    return Optimizer(cfg.discriminator_lr, (cfg.beta1, cfg.beta2), cfg.discriminator_optimizer)


def generator_optimizer(cfg: PlayersConfig) -> Optimizer:
    return Optimizer(cfg.generator_lr, (cfg.beta1, cfg.beta2))
