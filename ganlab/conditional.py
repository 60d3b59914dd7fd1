"""What conditional families share: a generator that reads conditions, and a discriminator that checks them.

The discriminator may judge image and condition together (by a projection, Miyato and Koyama 2018, or by a canvas of
extra channels), name the condition with an auxiliary classifier (Odena et al. 2017), or both.
"""

from typing import Literal, NamedTuple, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ganlab import adversarial
from ganlab.adversarial import Pair, PlayersConfig
from ganlab.data import Batch, Condition, DataSpec
from ganlab.data.selection import select
from ganlab.latents import Latent, Normal
from ganlab.losses import ADVERSARIAL, attribute_cross_entropy, category_cross_entropy
from ganlab.types import Draw, Drawn, Loss, Optimizer, Phase, PhaseLoss


class ConditionalConfig(PlayersConfig):
    """The two players, and how each of them gets to know the condition."""

    condition_on: str = Field(
        "", max_length=1024, description="conditions of the data to learn, joined by +; all of them when empty"
    )
    condition_maps: bool = Field(
        False, description="dcgan: conditions enter the generator as maps beside its first layer, without embedding"
    )
    embedding: int = Field(
        0, ge=0, le=1024, description="numbers that the generator makes of the condition first; 0: reads it as it is"
    )
    conditioning: Literal["none", "projection", "canvas"] = Field(
        "projection", description="how the discriminator sees the condition beside the image"
    )
    mismatched_weight: float = Field(
        0.0, ge=0, le=100, description="projection: weight of real images under wrong conditions as further fakes"
    )
    classifier_weight: float = Field(
        0.0, ge=0, le=100, description="weight of the auxiliary classifier in the generator's loss; 0: no classifier"
    )
    classifier_real_weight: float = Field(
        1.0, ge=0, le=100, description="weight of the auxiliary classifier in the discriminator's loss"
    )
    classifier_learns_from: Literal["real", "both"] = Field(
        "real", description="images that the classifier learns from"
    )
    classifier_lr: float = Field(
        0.0,
        ge=0,
        le=0.1,
        description="learning rate of a phase of the classifier's own; 0: it moves with the discriminator",
    )

    @model_validator(mode="after")
    def _options_fit_together(self) -> Self:
        if self.mismatched_weight and self.conditioning != "projection":
            raise ValueError("mismatched_weight needs conditioning projection; set it to 0 for the others")
        if self.condition_maps and (self.embedding or self.architecture != "dcgan"):
            raise ValueError("condition_maps is for architecture dcgan without an embedding; set embedding to 0")
        return self


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


class Seen(NamedTuple):
    """What the discriminator's nets say of one batch of images."""

    features: Tensor  # [B, F]
    logits: Tensor  # [B]


def latent(cfg: ConditionalConfig, data: DataSpec) -> Latent:
    return Latent(factors=(Normal(name="z", size=cfg.latent_size), *select(data, cfg.condition_on).conditions))


def build(cfg: ConditionalConfig, data: DataSpec) -> nn.ModuleDict:
    dim = latent(cfg, data).dim - cfg.latent_size
    channels = data.channels if cfg.conditioning == "canvas" else 0
    mapped = dim if cfg.condition_maps else 0
    nets = adversarial.build_players(
        cfg, cfg.latent_size + (cfg.embedding or dim), data, channels=channels, mapped=mapped
    )
    if cfg.embedding:
        nets["generator"] = ConditionedGenerator(nets["generator"], cfg.latent_size, dim, cfg.embedding)
    if cfg.conditioning == "projection":
        width = adversarial.feature_layer(nets["trunk"], 1).in_features
        nets["projection"] = adversarial.restrained(cfg, nn.Linear(dim, width, bias=False))
    if cfg.conditioning == "canvas":
        channels, height, width = data.shape
        nets["canvas"] = nn.Sequential(nn.Linear(dim, channels * height * width), nn.Unflatten(1, data.shape))
    if cfg.classifier_weight or cfg.classifier_lr:
        layers = adversarial.head_layers(nets["trunk"], dim, cfg.head_hidden)
        nets["classifier"] = nn.Sequential(*layers) if cfg.head_hidden else layers[0]
    return nets


def draw(cfg: ConditionalConfig, data: DataSpec) -> Draw:
    prior = Normal(name="z", size=cfg.latent_size)
    columns = select(data, cfg.condition_on).columns

    def for_the_batch(nets: nn.ModuleDict, batch: Batch, rng: torch.Generator) -> Drawn:
        """Fakes under the conditions of the real images, so that both come from one distribution of conditions."""
        latents = torch.cat([prior.sample(len(batch.images), rng), batch.conditions[:, columns]], 1)
        return Drawn(latents, nets["generator"](latents))

    return for_the_batch


def condition_loss(logits: Tensor, targets: Tensor, conditions: tuple[Condition, ...]) -> Tensor:
    """Cross-entropy of the classifier's outputs, summed over the conditions: [B, D] each => [B]."""
    sizes = [condition.dim for condition in conditions]
    total = logits.new_zeros(len(logits))
    for condition, said, true in zip(conditions, logits.split(sizes, 1), targets.split(sizes, 1), strict=True):
        cost = category_cross_entropy if condition.kind == "category" else attribute_cross_entropy
        total = total + cost(said, true)
    return total


def phases(cfg: ConditionalConfig, data: DataSpec) -> tuple[Phase, ...]:
    learnt = select(data, cfg.condition_on)

    def trunk_input(nets: nn.ModuleDict, images: Tensor, conditions: Tensor) -> Tensor:
        return torch.cat([images, nets["canvas"](conditions)], 1) if "canvas" in nets else images

    def logits(nets: nn.ModuleDict, features: Tensor, conditions: Tensor) -> Tensor:
        free = adversarial.logits(nets, features)
        if "projection" not in nets:
            return free
        return free + (nets["projection"](conditions) * features).float().sum(1)

    def see(nets: nn.ModuleDict, images: Tensor, conditions: Tensor) -> Seen:
        features = nets["trunk"](trunk_input(nets, images, conditions))
        return Seen(features, logits(nets, features, conditions))

    def see_both(nets: nn.ModuleDict, batch: Batch, drawn: Drawn) -> tuple[Seen, Seen]:
        known = batch.conditions
        features = adversarial.trunk_features(
            cfg, nets, trunk_input(nets, batch.images, known), trunk_input(nets, drawn.images, known)
        )
        both = logits(nets, torch.cat(features), torch.cat([known, known]))
        return Seen(features.real, both[: len(known)]), Seen(features.fake, both[len(known) :])

    def naming(nets: nn.ModuleDict, features: Tensor, conditions: Tensor) -> Tensor:
        return condition_loss(nets["classifier"](features).float(), conditions, learnt.conditions).mean()

    def lesson(nets: nn.ModuleDict, real: Seen, fake: Seen, conditions: Tensor) -> Tensor:
        loss = naming(nets, real.features, conditions)
        if cfg.classifier_learns_from == "both":
            loss = (loss + naming(nets, fake.features, conditions)) / 2
        return loss

    def discriminator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        real, fake = see_both(nets, batch, drawn)
        loss, log = adversarial.discriminator_loss(cfg, Pair(real.logits, fake.logits))
        if cfg.mismatched_weight:
            others = batch.conditions.roll(1, 0)
            wrong = (others != batch.conditions).any(1)
            cost = ADVERSARIAL[cfg.adversarial].discriminator(real.logits, logits(nets, real.features, others))
            loss = loss + cfg.mismatched_weight * (cost * wrong).mean()
        if "classifier" in nets and not cfg.classifier_lr:
            log["condition"] = lesson(nets, real, fake, batch.conditions)
            loss = loss + cfg.classifier_real_weight * log["condition"]

        def judge(images: Tensor) -> Tensor:
            return see(nets, images, batch.conditions.repeat(len(images) // len(batch.conditions), 1)).logits

        cost, cost_log = adversarial.gradient_penalty(cfg, judge, batch.images, drawn.images, rng)
        return Loss(loss + cost, log | cost_log)

    def classifier(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        loss = lesson(nets, *see_both(nets, batch, drawn), batch.conditions)
        return Loss(loss, {"loss": loss})

    def generator(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        if adversarial.generator_sees_real(cfg):
            real, fake = see_both(nets, batch, drawn)
        else:
            real = fake = see(nets, drawn.images, batch.conditions)
        loss, log = adversarial.generator_loss(cfg, Pair(real.logits, fake.logits))
        if cfg.classifier_weight:
            log["condition"] = naming(nets, fake.features, batch.conditions)
            loss = loss + cfg.classifier_weight * log["condition"]
        return Loss(loss, log)

    def of_learnt(loss: PhaseLoss) -> PhaseLoss:
        """The loss on the columns of the conditions that the model learns."""

        def narrowed(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
            return loss(nets, batch._replace(conditions=batch.conditions[:, learnt.columns]), drawn, rng)

        return narrowed

    moving = ("trunk", "discriminator", *CONDITION_NETS[cfg.conditioning])
    own_phase = Phase(
        name="classifier",
        trains=("trunk", "classifier"),
        loss=of_learnt(classifier),
        optimizer=Optimizer(cfg.classifier_lr, (cfg.beta1, cfg.beta2)),
    )
    with_discriminator = ("classifier",) if cfg.classifier_weight and not cfg.classifier_lr else ()
    return (
        Phase(
            name="discriminator",
            trains=(*moving, *with_discriminator),
            loss=of_learnt(discriminator),
            optimizer=adversarial.discriminator_optimizer(cfg),
        ),
        *([own_phase] if cfg.classifier_lr else []),
        Phase(
            name="generator",
            trains=("generator",),
            loss=of_learnt(generator),
            optimizer=adversarial.generator_optimizer(cfg),
            every=cfg.generator_every,
        ),
    )


CONDITION_NETS: dict[str, tuple[str, ...]] = {"none": (), "projection": ("projection",), "canvas": ("canvas",)}
"""Nets by which the discriminator sees the condition."""
