"""The plain GAN (Goodfellow et al. 2014): a generator against a discriminator, with any adversarial loss."""

from functools import partial

import torch
from torch import nn

from ganlab import adversarial, players
from ganlab.data import Batch, DataSpec
from ganlab.latents import Latent, Normal
from ganlab.players import PlayersConfig
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
    return players.build_players(cfg, latent(cfg, data).dim, data)


def draw(cfg: Config, data: DataSpec) -> Draw:
    return adversarial.draw_from(latent(cfg, data))


def phases(cfg: Config, data: DataSpec) -> tuple[Phase, ...]:
    return (
        adversarial.discriminator_phase(cfg, partial(_discriminator, cfg)),
        adversarial.generator_phase(cfg, partial(_generator, cfg)),
    )


def _discriminator(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    return adversarial.discriminator_turn(cfg, nets, batch, drawn, rng)[0]


def _generator(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    return adversarial.generator_turn(cfg, nets, batch, drawn)[0]
