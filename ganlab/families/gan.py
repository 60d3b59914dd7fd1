"""The plain GAN (Goodfellow et al. 2014): a generator against a discriminator, with any adversarial loss."""

import torch
from torch import Tensor, nn

from ganlab import adversarial
from ganlab.adversarial import Pair, PlayersConfig
from ganlab.data import Batch, DataSpec
from ganlab.latents import Latent, Normal
from ganlab.types import Draw, Drawn, Loss, Phase

TITLE = "GAN"
TEXT = (
    "Two nets play against each other: the generator draws images from random numbers, the discriminator tells them "
    "from real ones, and each learns from the other's mistakes."
)
KEPT = ("generator",)


class Config(PlayersConfig):
    """Architecture and loss of a plain GAN."""


def latent(cfg: Config, data: DataSpec) -> Latent:
    return Latent(factors=(Normal(name="z", size=cfg.latent_size),))


def build(cfg: Config, data: DataSpec) -> nn.ModuleDict:
    return adversarial.build_players(cfg, latent(cfg, data).dim, data)


def draw(cfg: Config, data: DataSpec) -> Draw:
    return adversarial.draw_from(latent(cfg, data))


def phases(cfg: Config, data: DataSpec) -> tuple[Phase, ...]:
    def judge(nets: nn.ModuleDict, images: Tensor) -> Tensor:
        return adversarial.logits(nets, nets["trunk"](images))

    def judge_both(nets: nn.ModuleDict, real: Tensor, fake: Tensor) -> Pair:
        return adversarial.logits_of_both(nets, adversarial.trunk_features(cfg, nets, real, fake))

    def discriminator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        loss, log = adversarial.discriminator_loss(cfg, judge_both(nets, batch.images, drawn.images))
        cost, cost_log = adversarial.gradient_penalty(
            cfg, lambda images: judge(nets, images), batch.images, drawn.images, rng
        )
        return Loss(loss + cost, log | cost_log)

    def generator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        if adversarial.generator_sees_real(cfg):
            verdict = judge_both(nets, batch.images, drawn.images)
        else:
            fake = judge(nets, drawn.images)
            verdict = Pair(fake, fake)
        return Loss(*adversarial.generator_loss(cfg, verdict))

    return (
        Phase(
            name="discriminator",
            trains=("trunk", "discriminator"),
            loss=discriminator,
            optimizer=adversarial.discriminator_optimizer(cfg),
        ),
        Phase(
            name="generator",
            trains=("generator",),
            loss=generator,
            optimizer=adversarial.generator_optimizer(cfg),
            every=cfg.generator_every,
        ),
    )
