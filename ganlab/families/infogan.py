"""InfoGAN (Chen et al. 2016): a GAN whose generator must make codes that a recognizer can read back.

The recognizer Q shares the discriminator's trunk. Maximising the bound on the mutual information between codes and
images is minimising the negative log-likelihood of the codes under Q, equation 5 of the paper.
"""

from functools import partial
from typing import Literal, NamedTuple, Self, cast

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ganlab import adversarial, players
from ganlab.data import Batch, DataSpec
from ganlab.data.moves import moved
from ganlab.latents import Category, Latent, Normal, Uniform
from ganlab.losses import category_cross_entropy, gaussian_negative_log_likelihood, shared_information
from ganlab.players import PlayersConfig
from ganlab.types import Draw, Drawn, Loss, Phase

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


class Codes(NamedTuple):
    """Q's outputs, by what they are of."""

    category: Tensor  # logits of c1, [B, categories]
    mean: Tensor  # [B, continuous]
    log_variance: Tensor  # [B, continuous]


class Reading(nn.Module):
    """Features of the trunk [B, F] => logits of c1, means and log-variances of the other codes, side by side."""

    def __init__(self, features: nn.Linear, cfg: Config) -> None:
        super().__init__()
        self.widths = [cfg.categories, cfg.continuous, cfg.continuous]
        hidden = cfg.recognizer_hidden
        outputs = nn.Linear(hidden, sum(self.widths))
        self.layers = nn.Sequential(features, nn.BatchNorm1d(hidden), nn.LeakyReLU(0.1), outputs)

    def forward(self, features: Tensor) -> Tensor:
        codes: Tensor = self.layers(features)
        return codes.float()

    def codes(self, features: Tensor) -> Codes:
        category, mean, log_variance = self(features).split(self.widths, 1)
        return Codes(category, mean, log_variance.clamp(*LOG_VARIANCE))

    def category(self, features: Tensor) -> Tensor:
        """Logits of c1, float32 [B, categories]."""
        return self.codes(features).category

    def means(self, features: Tensor) -> Tensor:
        """Means of the continuous codes, float32 [B, continuous]."""
        return self.codes(features).mean


def latent(cfg: Config, data: DataSpec) -> Latent:
    if cfg.consistency_weight and data.points:
        raise ValueError(f"consistency_weight moves pictures, and {data.name} has points; set it to 0")
    category = [Category(name="c1", labels=tuple(map(str, range(cfg.categories))))] if cfg.categories else []
    first = 2 if cfg.categories else 1
    continuous = [Uniform(name=f"c{first + k}", size=1) for k in range(cfg.continuous)]
    return Latent(factors=(Normal(name="z", size=cfg.latent_size), *category, *continuous))


def build(cfg: Config, data: DataSpec) -> nn.ModuleDict:
    nets = players.build_players(cfg, latent(cfg, data).dim, data)
    nets["recognizer"] = Reading(players.feature_layer(nets["trunk"], cfg.recognizer_hidden), cfg)
    return nets


def draw(cfg: Config, data: DataSpec) -> Draw:
    return adversarial.draw_from(latent(cfg, data))


def phases(cfg: Config, data: DataSpec) -> tuple[Phase, ...]:
    home = _home(cfg)
    own_phase = adversarial.reader_phase(cfg, "recognizer", cfg.recognizer_lr, partial(_recognizer, cfg))
    with_discriminator = ("recognizer",) if home == "discriminator" else ()
    with_generator = ("recognizer",) if home == "generator" else ()
    return (
        adversarial.discriminator_phase(cfg, partial(_discriminator, cfg), also=with_discriminator),
        *([own_phase] if home == "recognizer" else []),
        adversarial.generator_phase(cfg, partial(_generator, cfg), also=with_generator),
    )


def _home(cfg: Config) -> Literal["discriminator", "recognizer", "generator"]:
    """The phase in which the recognizer moves."""
    if cfg.information_trains_trunk:
        return "discriminator"
    return "recognizer" if cfg.recognizer_lr else "generator"


def _discriminator(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    (loss, log), features = adversarial.discriminator_turn(cfg, nets, batch, drawn, rng)
    if cfg.information_trains_trunk:
        loss = loss + _information(cfg, nets, features.fake, drawn.latents).total
    if cfg.consistency_weight:
        log["shared"] = _consistency(nets, features.real, batch, rng)
        loss = loss - cfg.consistency_weight * log["shared"]
    return Loss(loss, log)


def _recognizer(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    read = _information(cfg, nets, nets["trunk"](drawn.images), drawn.latents)
    return Loss(read.total, {"loss": read.total} | read.log)


def _generator(cfg: Config, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    adversary, features = adversarial.generator_turn(cfg, nets, batch, drawn)
    read = _information(cfg, nets, features, drawn.latents)
    return Loss(cfg.adversarial_weight * adversary.total + read.total, adversary.log | read.log)


def _information(cfg: Config, nets: nn.ModuleDict, features: Tensor, latents: Tensor) -> Loss:
    """The weighted negative log-likelihood of the codes, and how well they are read."""
    onehot, values = latents[:, cfg.latent_size :].tensor_split([cfg.categories], 1)
    read = _reading(nets).codes(features)
    total, log = features.new_zeros((), dtype=torch.float32), {}
    if cfg.categories:
        log["category"] = category_cross_entropy(read.category, onehot).mean()
        log["c1_read"] = (read.category.argmax(1) == onehot.argmax(1)).float().mean()
        total = total + cfg.category_weight * log["category"]
    if cfg.continuous:
        log["continuous"] = gaussian_negative_log_likelihood(values, read.mean, read.log_variance).mean()
        total = total + cfg.continuous_weight * log["continuous"]
    return Loss(total, log)


def _consistency(nets: nn.ModuleDict, features: Tensor, batch: Batch, rng: torch.Generator) -> Tensor:
    """Information that c1 of all real images shares with c1 of the same images, moved."""
    again = nets["trunk"](moved(batch.images, rng, part=batch.part).contiguous(memory_format=torch.channels_last))
    read_again = _reading(nets).category(again)  # before the others: batch norm's averages depend on the order
    return shared_information(_reading(nets).category(features).softmax(1), read_again.softmax(1), batch.part)


def _reading(nets: nn.ModuleDict) -> Reading:
    return cast(Reading, nets["recognizer"])
