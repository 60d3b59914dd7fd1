"""The variational autoencoder (Kingma and Welling 2014): an encoder, and a generator that undoes it."""

from functools import partial
from typing import cast

import torch
from pydantic import Field
from torch import Tensor, nn

from ganlab.data import Batch, DataSpec
from ganlab.devices import to_device
from ganlab.latents import Latent, Normal
from ganlab.losses import gaussian_divergence
from ganlab.nets import Norm, Sizes, architecture
from ganlab.players import GeneratorConfig, Width, build_generator
from ganlab.types import Draw, Drawn, Loss, Optimizer, Phase

TITLE = "VAE"
TEXT = (
    "Two nets work together: the encoder turns an image into a few numbers, the generator makes the image of them "
    "again, and both learn from what was lost."
)
KEPT = ("generator", "encoder")

LOG_VARIANCE = (-12.0, 4.0)
"""Bounds of the posterior's log-variance, far outside of what training reaches: exp must not overflow."""


class Config(GeneratorConfig):
    """Architecture and loss of a VAE."""

    latent_size: int = Field(16, ge=1, le=1024, description="numbers that an image is encoded to")
    width: Width = 32
    encoder_norm: Norm = Field("batch", description="normalisation in the encoder")
    kl_weight: float = Field(
        5e-5, ge=0, le=10, description="weight of the latents' divergence from the prior, beside the mean squared error"
    )
    lr: float = Field(1e-3, gt=0, le=0.1, description="learning rate")
    beta1: float = Field(0.9, ge=0, lt=1, description="Adam's memory of the gradient")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's memory of the squared gradient")


class Encoder(nn.Module):
    """Images [B, C, H, W] => mean and log-variance of their latents, side by side, float32 [B, 2 * latent_size]."""

    def __init__(self, trunk: nn.Module, latent_size: int) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(cast(int, trunk.features), 2 * latent_size)

    def forward(self, images: Tensor) -> Tensor:
        mean, log_variance = self.head(self.trunk(images)).float().chunk(2, 1)
        return torch.cat([mean, log_variance.clamp(*LOG_VARIANCE)], 1)


def latent(cfg: Config, data: DataSpec) -> Latent:
    return Latent(factors=(Normal(name="z", size=cfg.latent_size),))


def build(cfg: Config, data: DataSpec) -> nn.ModuleDict:
    sizes = Sizes(cfg.width, cfg.hidden, smallest_map=cfg.smallest_map)
    trunk = architecture(cfg.architecture, data.size).trunk(data.shape, sizes, cfg.encoder_norm)
    return nn.ModuleDict(
        {
            "encoder": Encoder(trunk, cfg.latent_size),
            "generator": build_generator(cfg, cfg.latent_size, data),
        }
    )


def draw(cfg: Config, data: DataSpec) -> Draw:
    return _reconstruct


def phases(cfg: Config, data: DataSpec) -> tuple[Phase, ...]:
    return (
        Phase(
            name="autoencoder",
            trains=("encoder", "generator"),
            loss=partial(_autoencoder, cfg),
            optimizer=Optimizer(cfg.lr, (cfg.beta1, cfg.beta2)),
        ),
    )


def _reconstruct(nets: nn.ModuleDict, batch: Batch, rng: torch.Generator) -> Drawn:
    posterior = nets["encoder"](batch.images)
    mean, log_variance = posterior.chunk(2, 1)
    noise = batch.part.drawn(len(mean), lambda count: torch.randn(count, mean.shape[1], generator=rng))
    noise = to_device(noise, mean.device)
    latents = mean + (log_variance / 2).exp() * noise
    return Drawn(latents, nets["generator"](latents), posterior)


def _autoencoder(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    assert drawn.posterior is not None
    reconstruction = (drawn.images.float() - batch.images).square().mean()
    divergence = gaussian_divergence(*drawn.posterior.chunk(2, 1)).mean()
    loss = reconstruction + cfg.kl_weight * divergence
    return Loss(loss, {"loss": loss, "mse": reconstruction, "kl": divergence})
