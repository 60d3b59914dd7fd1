"""The plain GAN: a generator against a discriminator (trunk and head), with any adversarial loss."""

from typing import Literal, cast

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from ganlab.data import Batch, DataSpec
from ganlab.latents import Latent, Normal
from ganlab.losses import ADVERSARIAL, wasserstein_penalty, zero_centred_penalty
from ganlab.nets import ArchitectureName, Norm, architecture
from ganlab.nets.blocks import normalised
from ganlab.types import Draw, Drawn, Loss, Optimizer, Phase

TITLE = "GAN"


class Config(BaseModel):
    """Architecture and loss of a plain GAN."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    architecture: ArchitectureName = Field("dcgan", description="shape of both nets")
    latent_size: int = Field(64, ge=1, le=1024, description="numbers that the generator starts from")
    width: int = Field(64, ge=4, le=256, description="channels (dcgan) or units (mlp) of the narrowest layer")
    hidden: int = Field(0, ge=0, le=4096, description="units of extra fully connected layers; 0 for none")
    hidden_layers: int = Field(1, ge=1, le=8, description="number of such layers in the generator")
    smallest_map: int = Field(
        0, ge=0, le=32, description="dcgan: pixels of the smallest feature map; 0 for 7 at 28 px, else 4"
    )
    discriminator_width: int = Field(0, ge=0, le=256, description="width of the discriminator; 0 for the same")
    discriminator_hidden: int = Field(0, ge=0, le=4096, description="hidden of the discriminator; 0 for the same")
    discriminator_norm: Norm = Field("spectral", description="what keeps the discriminator in check")
    adversarial: Literal["non-saturating", "hinge", "least-squares", "wasserstein", "relativistic"] = Field(
        "hinge", description="what the two players minimise"
    )
    penalty: Literal["none", "wasserstein", "r1-r2"] = Field(
        "none", description="gradient penalty in the discriminator's loss"
    )
    penalty_weight: float = Field(1.0, ge=0, le=1000, description="weight of the gradient penalty")
    generator_lr: float = Field(2e-4, gt=0, le=0.1, description="learning rate of the generator")
    discriminator_lr: float = Field(2e-4, gt=0, le=0.1, description="learning rate of the discriminator")
    beta1: float = Field(0.5, ge=0, lt=1, description="Adam's memory of the gradient")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's memory of the squared gradient")
    generator_every: int = Field(1, ge=1, le=20, description="discriminator steps per generator step")

    @model_validator(mode="after")
    def _no_penalty_behind_batch_norm(self) -> "Config":
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
        return self


def latent(cfg: Config, data: DataSpec) -> Latent:
    return Latent(factors=(Normal(name="z", size=cfg.latent_size),))


def build(cfg: Config, data: DataSpec) -> nn.ModuleDict:
    nets = architecture(cfg.architecture, data.size)
    trunk = nets.trunk(
        data.shape,
        width=cfg.discriminator_width or cfg.width,
        hidden=cfg.discriminator_hidden or cfg.hidden,
        norm=cfg.discriminator_norm,
        smallest_map=cfg.smallest_map,
    )
    head = nn.Linear(cast(int, trunk.features), 1)
    return nn.ModuleDict(
        {
            "generator": nets.generator(
                latent(cfg, data).dim,
                data.shape,
                width=cfg.width,
                hidden=cfg.hidden,
                hidden_layers=cfg.hidden_layers,
                smallest_map=cfg.smallest_map,
            ),
            "trunk": trunk,
            "discriminator": nn.Sequential(
                *normalised(head, "none" if cfg.discriminator_norm == "batch" else cfg.discriminator_norm)
            ),
        }
    )


def draw(cfg: Config, data: DataSpec) -> Draw:
    prior = latent(cfg, data)

    def from_prior(nets: nn.ModuleDict, batch: Batch, rng: torch.Generator) -> Drawn:
        latents = prior.sample(len(batch.images), rng)
        return Drawn(latents, nets["generator"](latents))

    return from_prior


def phases(cfg: Config, data: DataSpec) -> tuple[Phase, ...]:
    adversarial = ADVERSARIAL[cfg.adversarial]

    def judge(nets: nn.ModuleDict, images: Tensor) -> Tensor:
        return nets["discriminator"](nets["trunk"](images)).squeeze(1).float()  # [B]

    def judge_both(nets: nn.ModuleDict, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        if cfg.discriminator_norm == "batch":  # real and fake batches keep their own statistics
            return judge(nets, real), judge(nets, fake)
        logits = judge(nets, torch.cat([real, fake.to(real.dtype)]))  # one pass fills the kernels better
        return logits[: len(real)], logits[len(real) :]

    def penalty(nets: nn.ModuleDict, real: Tensor, fake: Tensor, rng: torch.Generator) -> Tensor:
        with torch.autocast(real.device.type, enabled=False):  # second derivatives are too coarse in bfloat16
            fake = fake.float()
            if cfg.penalty == "wasserstein":
                return wasserstein_penalty(lambda images: judge(nets, images), real, fake, rng)
            both = zero_centred_penalty(lambda images: judge(nets, images), torch.cat([real, fake]))
            return both[: len(real)] + both[len(real) :]

    def discriminator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        real_logits, fake_logits = judge_both(nets, batch.images, drawn.images)
        loss = adversarial.discriminator(real_logits, fake_logits).mean()
        log = {"loss": loss, "real": real_logits.sigmoid().mean(), "fake": fake_logits.sigmoid().mean()}
        if cfg.penalty == "none":
            return Loss(loss, log)
        cost = penalty(nets, batch.images, drawn.images, rng).mean()
        return Loss(loss + cfg.penalty_weight * cost, log | {"penalty": cost})

    def generator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        if adversarial.paired:
            real_logits, fake_logits = judge_both(nets, batch.images, drawn.images)
        else:
            fake_logits = real_logits = judge(nets, drawn.images)
        loss = adversarial.generator(real_logits, fake_logits).mean()
        return Loss(loss, {"loss": loss, "fake": fake_logits.sigmoid().mean()})

    betas = (cfg.beta1, cfg.beta2)
    return (
        Phase(
            name="discriminator",
            trains=("trunk", "discriminator"),
            loss=discriminator,
            optimizer=Optimizer(cfg.discriminator_lr, betas),
        ),
        Phase(
            name="generator",
            trains=("generator",),
            loss=generator,
            optimizer=Optimizer(cfg.generator_lr, betas),
            every=cfg.generator_every,
        ),
    )
