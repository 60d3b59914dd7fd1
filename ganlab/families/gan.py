"""The plain GAN (Goodfellow et al. 2014): a generator against a discriminator, with any adversarial loss.

With `clusters`, it makes up labels for itself (self-conditioned GANs, Liu et al. 2020): the training images are sorted
into clusters before the first step, and both players are told the cluster, as a conditional GAN is told a label.
"""

from dataclasses import replace
from functools import partial
from typing import Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ganlab import adversarial, conditional, players
from ganlab.conditional import ConditionalConfig
from ganlab.data import Batch, DataSpec
from ganlab.latents import Category, Latent, Normal
from ganlab.nets.clusters import Clusters, names
from ganlab.players import PlayersConfig
from ganlab.types import Draw, Drawn, Loss, Phase, PhaseLoss

TITLE = "GAN"
TEXT = (
    "Two nets play against each other: the generator draws images from random numbers, the discriminator tells them "
    "from real ones, and each learns from the other's mistakes."
)
KEPT = ("generator",)


class Config(PlayersConfig):
    """Architecture and loss of a plain GAN."""

    clusters: int = Field(
        0,
        ge=0,
        le=1000,
        description="kinds of images that are found before the first step and told to both players, as labels are to "
        "a conditional GAN's; 0: none",
    )
    clusters_of: Literal["picture", "channel"] = Field(
        "picture", description="clusters: what is sorted; channel: each channel by itself, as a picture of its own"
    )
    judged_together: int = Field(
        1,
        ge=1,
        le=16,
        description="images that the discriminator looks at together, as one pack (PacGAN, Lin et al. 2018): it sees "
        "when drawn images are too much alike",
    )

    @model_validator(mode="after")
    def _options_fit_together(self) -> Self:
        if self.clusters == 1:
            raise ValueError("clusters tell images apart; set it to 2 or more, or to 0 for none")
        if self.clusters and self.judged_together > 1:
            raise ValueError("images of a pack are of several clusters; set judged_together to 1 or clusters to 0")
        return self


def latent(cfg: Config, data: DataSpec) -> Latent:
    if cfg.clusters and data.points:
        raise ValueError(f"clusters sort pictures by their edges, and {data.name} has points; set it to 0")
    if cfg.clusters:
        return conditional.latent(_conditional(cfg), _with_clusters(cfg, data))
    return Latent(factors=(Normal(name="z", size=cfg.latent_size),))


def build(cfg: Config, data: DataSpec) -> nn.ModuleDict:
    if cfg.clusters:
        nets = conditional.build(_conditional(cfg), _with_clusters(cfg, data))
        nets["clusters"] = Clusters(cfg.clusters, data.channels, by_channel=_by_channel(cfg))
        return nets
    return players.build_players(cfg, latent(cfg, data).dim, data, channels=(cfg.judged_together - 1) * data.channels)


def draw(cfg: Config, data: DataSpec) -> Draw:
    if cfg.clusters:
        return _under_clusters(conditional.draw(_conditional(cfg), _with_clusters(cfg, data)))
    return adversarial.draw_from(latent(cfg, data))


def phases(cfg: Config, data: DataSpec) -> tuple[Phase, ...]:
    if cfg.clusters:
        told = conditional.phases(_conditional(cfg), _with_clusters(cfg, data))
        return tuple(replace(phase, loss=_on_clusters(cfg, phase.loss)) for phase in told)
    return (
        adversarial.discriminator_phase(cfg, partial(_discriminator, cfg)),
        adversarial.generator_phase(cfg, partial(_generator, cfg)),
    )


def in_packs(images: Tensor, together: int) -> Tensor:
    """Images [B, C, H, W] that follow each other as channels of one, [B / together, together * C, H, W]."""
    return images.unflatten(0, (-1, together)).flatten(1, 2)


def _discriminator(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    return adversarial.discriminator_turn(cfg, nets, *_packed(cfg, batch, drawn), rng)[0]


def _generator(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    return adversarial.generator_turn(cfg, nets, *_packed(cfg, batch, drawn))[0]


def _packed(cfg: Config, batch: Batch, drawn: Drawn) -> tuple[Batch, Drawn]:
    if cfg.judged_together == 1:
        return batch, drawn
    real, fake = (in_packs(images, cfg.judged_together) for images in (batch.images, drawn.images))
    return batch._replace(images=real), drawn._replace(images=fake)


def _conditional(cfg: Config) -> ConditionalConfig:
    """The same players, who are told a condition."""
    return ConditionalConfig(**cfg.model_dump(exclude={"clusters", "clusters_of", "judged_together"}))


def _with_clusters(cfg: Config, data: DataSpec) -> DataSpec:
    """The data with the cluster as its only condition, or with one for each channel."""
    labels = tuple(str(number) for number in range(1, cfg.clusters + 1))
    found = names(data.channels if _by_channel(cfg) else 1)
    return replace(data, conditions=tuple(Category(name=name, labels=labels) for name in found))


def _by_channel(cfg: Config) -> bool:
    return cfg.clusters_of == "channel"


def _under_clusters(drawing: Draw) -> Draw:
    """Fakes under the clusters of the real images."""

    def draw_sorted(nets: nn.ModuleDict, batch: Batch, rng: torch.Generator) -> Drawn:
        return drawing(nets, batch._replace(conditions=nets["clusters"](batch.images)), rng)

    return draw_sorted


def _on_clusters(cfg: Config, loss: PhaseLoss) -> PhaseLoss:
    """The loss under the clusters that the fakes were drawn under."""

    def loss_told(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        return loss(nets, batch._replace(conditions=drawn.latents[:, cfg.latent_size :]), drawn, rng)

    return loss_told
