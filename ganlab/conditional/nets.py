"""The nets of a conditional family, and how images are drawn under the conditions of real ones."""

import torch
from torch import Tensor, nn

from ganlab import players
from ganlab.conditional.config import ConditionalConfig
from ganlab.data import Batch, DataSpec
from ganlab.data.selection import select
from ganlab.devices import to_device
from ganlab.latents import Latent, Normal
from ganlab.types import Draw, Drawn


class ConditionedGenerator(nn.Module):
    """A generator behind an embedding of the condition: vectors [B, latent_size + conditions] => images."""

    def __init__(self, generator: nn.Module, latent_size: int, conditions: int, embedding: int) -> None:
        super().__init__()
        self.latent_size = latent_size
        self.embedding = nn.Sequential(nn.Linear(conditions, embedding), nn.LeakyReLU(0.2))
        self.generator = generator

    def forward(self, u: Tensor) -> Tensor:
        embedded = self.embedding(u[:, self.latent_size :])
        images: Tensor = self.generator(torch.cat([u[:, : self.latent_size], embedded], 1))
        return images


def latent(cfg: ConditionalConfig, data: DataSpec) -> Latent:
    return Latent(factors=(Normal(name="z", size=cfg.latent_size), *select(data, cfg.condition_on).conditions))


def build(cfg: ConditionalConfig, data: DataSpec) -> nn.ModuleDict:
    dim = latent(cfg, data).dim - cfg.latent_size
    channels = data.channels if cfg.conditioning == "canvas" else 0
    mapped = dim if cfg.condition_maps else 0
    nets = players.build_players(cfg, cfg.latent_size + (cfg.embedding or dim), data, channels=channels, mapped=mapped)
    if cfg.embedding:
        nets["generator"] = ConditionedGenerator(nets["generator"], cfg.latent_size, dim, cfg.embedding)
    if cfg.conditioning == "projection":
        width = players.feature_layer(nets["trunk"], 1).in_features
        nets["projection"] = players.restrained(cfg, nn.Linear(dim, width, bias=False))
    if cfg.conditioning == "canvas":
        channels, height, width = data.shape
        nets["canvas"] = nn.Sequential(nn.Linear(dim, channels * height * width), nn.Unflatten(1, data.shape))
    if cfg.classifier_moves_in:
        layers = players.head_layers(nets["trunk"], dim, cfg.head_hidden)
        nets["classifier"] = nn.Sequential(*layers) if cfg.head_hidden else layers[0]
    return nets


def draw(cfg: ConditionalConfig, data: DataSpec) -> Draw:
    prior = Normal(name="z", size=cfg.latent_size)
    learnt = select(data, cfg.condition_on)

    def for_the_batch(nets: nn.ModuleDict, batch: Batch, rng: torch.Generator) -> Drawn:
        """Fakes under the conditions of the real images, so that both come from one distribution of conditions."""
        noise = to_device(batch.part.drawn(len(batch.images), prior.sample, rng), batch.images.device)
        latents = torch.cat([noise, learnt.of(batch.conditions)], 1)
        return Drawn(latents, nets["generator"](latents))

    return for_the_batch
