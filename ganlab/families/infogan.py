"""InfoGAN (Chen et al. 2016): a GAN whose generator must make codes that a recognizer can read back.

The recognizer Q shares the discriminator's trunk. Maximising the bound on the mutual information between codes and
images is minimising the negative log-likelihood of the codes under Q, equation 5 of the paper.
"""

from typing import Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ganlab import adversarial
from ganlab.adversarial import Pair, PlayersConfig
from ganlab.data import Batch, DataSpec
from ganlab.data.moves import moved
from ganlab.latents import Category, Latent, Normal, Uniform
from ganlab.losses import category_cross_entropy, gaussian_negative_log_likelihood, shared_information
from ganlab.types import Draw, Drawn, Loss, Optimizer, Phase

TITLE = "InfoGAN"
TEXT = (
    "Three nets play: the generator draws from random numbers and codes, the discriminator tells drawn from real, "
    "and the recognizer must read the codes off the images again, so that they come to mean something."
)
KEPT = ("generator", "trunk", "recognizer")

LOG_VARIANCE = (-4.0, 2.0)
"""Bounds of Q's log-variance: without a lower one, the likelihood of a code that is read perfectly has no maximum."""


class Config(PlayersConfig):
    """Architecture and loss of an InfoGAN."""

    categories: int = Field(10, ge=0, le=64, description="values of the categorical code c1; 0 for no such code")
    continuous: int = Field(2, ge=0, le=8, description="number of continuous codes (c2, c3, ...)")
    recognizer_hidden: int = Field(128, ge=1, le=1024, description="units of the recognizer's hidden layer")
    adversarial_weight: float = Field(1.0, ge=0, le=1000, description="weight of the generator's adversarial loss")
    category_weight: float = Field(1.0, ge=0, le=1000, description="weight of c1's cross-entropy")
    continuous_weight: float = Field(0.1, ge=0, le=1000, description="weight of the continuous codes' likelihood")
    information_trains_trunk: bool = Field(
        True,
        description="whether the codes' loss moves trunk and recognizer in the discriminator's phase",
    )
    recognizer_lr: float = Field(
        0.0,
        ge=0,
        le=0.1,
        description="learning rate of a phase of the recognizer's and the trunk's own; 0: no such phase",
    )
    consistency_weight: float = Field(
        0.0, ge=0, le=100, description="weight of real images keeping their c1 when they are moved a little"
    )

    @model_validator(mode="after")
    def _has_a_code(self) -> Self:
        if not self.categories and not self.continuous:
            raise ValueError("an InfoGAN needs a code; set categories to at least 2 or continuous to at least 1")
        if self.categories == 1:
            raise ValueError("one category carries no information; set categories to 0 or to at least 2")
        if self.consistency_weight and not (self.categories and self.information_trains_trunk):
            raise ValueError(
                "consistency_weight needs c1 and information_trains_trunk; set it to 0 or categories to at least 2"
            )
        if self.recognizer_lr and (self.information_trains_trunk or self.consistency_weight):
            raise ValueError(
                "with recognizer_lr the codes' loss has a phase of its own; set information_trains_trunk to false "
                "and consistency_weight to 0, or recognizer_lr to 0"
            )
        return self


class Reading(torch.nn.Module):
    """Features of the trunk [B, F] => logits of c1, means and log-variances of the other codes, side by side."""

    def __init__(self, features: nn.Linear, hidden: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(features, nn.BatchNorm1d(hidden), nn.LeakyReLU(0.1), nn.Linear(hidden, outputs))

    def forward(self, features: Tensor) -> Tensor:
        codes: Tensor = self.layers(features)
        return codes.float()


def latent(cfg: Config, data: DataSpec) -> Latent:
    category = [Category(name="c1", labels=tuple(map(str, range(cfg.categories))))] if cfg.categories else []
    first = 2 if cfg.categories else 1
    continuous = [Uniform(name=f"c{first + k}", size=1) for k in range(cfg.continuous)]
    return Latent(factors=(Normal(name="z", size=cfg.latent_size), *category, *continuous))


def build(cfg: Config, data: DataSpec) -> nn.ModuleDict:
    nets = adversarial.build_players(cfg, latent(cfg, data).dim, data)
    features = adversarial.feature_layer(nets["trunk"], cfg.recognizer_hidden)
    nets["recognizer"] = Reading(features, cfg.recognizer_hidden, cfg.categories + 2 * cfg.continuous)
    return nets


def draw(cfg: Config, data: DataSpec) -> Draw:
    return adversarial.draw_from(latent(cfg, data))


def split_reading(cfg: Config, reading: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Q's outputs as logits of c1 [B, categories], means [B, continuous] and log-variances [B, continuous]."""
    category, mean, log_variance = reading.split([cfg.categories, cfg.continuous, cfg.continuous], 1)
    return category, mean, log_variance.clamp(*LOG_VARIANCE)


def phases(cfg: Config, data: DataSpec) -> tuple[Phase, ...]:
    def information(nets: nn.ModuleDict, features: Tensor, latents: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The weighted negative log-likelihood of the codes, and how well they are read."""
        codes = latents[:, cfg.latent_size :]
        onehot, values = codes[:, : cfg.categories], codes[:, cfg.categories :]
        category, mean, log_variance = split_reading(cfg, nets["recognizer"](features))
        total, log = features.new_zeros((), dtype=torch.float32), {}
        if cfg.categories:
            log["category"] = category_cross_entropy(category, onehot).mean()
            log["c1_read"] = (category.argmax(1) == onehot.argmax(1)).float().mean()
            total = total + cfg.category_weight * log["category"]
        if cfg.continuous:
            log["continuous"] = gaussian_negative_log_likelihood(values, mean, log_variance).mean()
            total = total + cfg.continuous_weight * log["continuous"]
        return total, log

    def consistency(nets: nn.ModuleDict, features: Tensor, images: Tensor, rng: torch.Generator) -> Tensor:
        """Information that c1 of real images shares with c1 of the same images, moved."""
        again = nets["recognizer"](nets["trunk"](moved(images, rng).contiguous(memory_format=torch.channels_last)))
        category, category_again = (
            split_reading(cfg, reading)[0].softmax(1) for reading in (nets["recognizer"](features), again)
        )
        return shared_information(category, category_again)

    def judge(nets: nn.ModuleDict, images: Tensor) -> Tensor:
        return adversarial.logits(nets, nets["trunk"](images))

    def discriminator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        features = adversarial.trunk_features(cfg, nets, batch.images, drawn.images)
        loss, log = adversarial.discriminator_loss(cfg, adversarial.logits_of_both(nets, features))
        cost, cost_log = adversarial.gradient_penalty(
            cfg, lambda images: judge(nets, images), batch.images, drawn.images, rng
        )
        loss, log = loss + cost, log | cost_log
        if cfg.information_trains_trunk:
            loss = loss + information(nets, features.fake, drawn.latents)[0]
        if cfg.consistency_weight:
            log["shared"] = consistency(nets, features.real, batch.images, rng)
            loss = loss - cfg.consistency_weight * log["shared"]
        return Loss(loss, log)

    def generator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        if adversarial.generator_sees_real(cfg):
            features = adversarial.trunk_features(cfg, nets, batch.images, drawn.images)
            verdict = adversarial.logits_of_both(nets, features)
        else:
            fake = nets["trunk"](drawn.images)
            features, logits = Pair(fake, fake), adversarial.logits(nets, fake)
            verdict = Pair(logits, logits)
        loss, log = adversarial.generator_loss(cfg, verdict)
        read, read_log = information(nets, features.fake, drawn.latents)
        return Loss(cfg.adversarial_weight * loss + read, log | read_log)

    def recognizer(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        read, log = information(nets, nets["trunk"](drawn.images), drawn.latents)
        return Loss(read, {"loss": read} | log)

    with_trunk = ("recognizer",) if cfg.information_trains_trunk else ()
    with_generator = () if cfg.information_trains_trunk or cfg.recognizer_lr else ("recognizer",)
    own_phase = Phase(
        name="recognizer",
        trains=("trunk", "recognizer"),
        loss=recognizer,
        optimizer=Optimizer(cfg.recognizer_lr, (cfg.beta1, cfg.beta2)),
    )
    return (
        Phase(
            name="discriminator",
            trains=("trunk", "discriminator", *with_trunk),
            loss=discriminator,
            optimizer=adversarial.discriminator_optimizer(cfg),
        ),
        *([own_phase] if cfg.recognizer_lr else []),
        Phase(
            name="generator",
            trains=("generator", *with_generator),
            loss=generator,
            optimizer=adversarial.generator_optimizer(cfg),
            every=cfg.generator_every,
        ),
    )
