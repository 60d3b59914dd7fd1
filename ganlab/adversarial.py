"""The game of every family with a discriminator: what its two players minimise, and their phases."""

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganlab.data import Batch
from ganlab.devices import to_device, without_autocast
from ganlab.latents import Latent
from ganlab.losses import ADVERSARIAL, Logits, wasserstein_penalty, zero_centred_penalty
from ganlab.players import PlayersConfig
from ganlab.types import Draw, Drawn, Loss, Optimizer, Phase, PhaseLoss


class Pair(NamedTuple):
    """The same of a batch of real images and of generated ones."""

    real: Tensor
    fake: Tensor


class Features(NamedTuple):
    """What the trunk says of real images and of generated ones, in one tensor: to cut it and join it again costs."""

    both: Tensor  # [real + fake, F], real ones first
    reals: int  # how many of them are real

    @property
    def real(self) -> Tensor:
        return self.both[: self.reals]

    @property
    def fake(self) -> Tensor:
        return self.both[self.reals :]


def draw_from(prior: Latent) -> Draw:
    """As many latents as the batch has images, and what the generator makes of them."""

    def from_prior(nets: nn.ModuleDict, batch: Batch, rng: torch.Generator) -> Drawn:
        latents = batch.part.drawn(len(batch.images), prior.sample, rng)
        latents = to_device(latents, batch.images.device)
        return Drawn(latents, nets["generator"](latents))

    return from_prior


def discriminator_turn(
    cfg: PlayersConfig, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator
) -> tuple[Loss, Features]:
    """The loss of a discriminator that judges images alone, and the features of the trunk that it judged by."""
    features = trunk_features(cfg, nets, batch.images, drawn.images)
    loss, log = discriminator_loss(cfg, logits_of_both(nets, features))
    cost, cost_log = gradient_penalty(cfg, partial(judge, nets), batch, drawn.images, rng)
    return Loss(loss + cost, log | cost_log), features


def generator_turn(cfg: PlayersConfig, nets: nn.ModuleDict, batch: Batch, drawn: Drawn) -> tuple[Loss, Tensor]:
    """The generator's loss before such a discriminator, and the trunk's features of its images."""
    if generator_sees_real(cfg):
        features = trunk_features(cfg, nets, batch.images, drawn.images)
        return Loss(*generator_loss(cfg, logits_of_both(nets, features))), features.fake
    fake = nets["trunk"](drawn.images)
    said = logits(nets, fake)
    return Loss(*generator_loss(cfg, Pair(said, said))), fake


def discriminator_phase(cfg: PlayersConfig, loss: PhaseLoss, *, also: tuple[str, ...] = ()) -> Phase:
    """The phase of trunk and discriminator, and of other nets that move with them."""
    return Phase(
        name="discriminator",
        trains=("trunk", "discriminator", *also),
        loss=loss,
        optimizer=Optimizer(cfg.discriminator_lr, (cfg.beta1, cfg.beta2), cfg.discriminator_optimizer),
        every=cfg.discriminator_every,
        augments=True,
    )


def reader_phase(cfg: PlayersConfig, net: str, lr: float, loss: PhaseLoss) -> Phase:
    """A phase in which a net that reads the trunk moves together with it, between the two players."""
    return Phase(
        name=net,
        trains=("trunk", net),
        loss=loss,
        optimizer=Optimizer(lr, (cfg.beta1, cfg.beta2)),
        augments=True,
    )


def generator_phase(cfg: PlayersConfig, loss: PhaseLoss, *, also: tuple[str, ...] = ()) -> Phase:
    """The phase of the generator, and of other nets that move with it."""
    return Phase(
        name="generator",
        trains=("generator", *also),
        loss=loss,
        optimizer=Optimizer(cfg.generator_lr, (cfg.beta1, cfg.beta2), cfg.generator_optimizer),
        every=cfg.generator_every,
        augments=True,
    )


def judge(nets: nn.ModuleDict, images: Tensor) -> Tensor:
    """The discriminator's verdict on images [B, C, H, W], float32 [B]."""
    return logits(nets, nets["trunk"](images))


def trunk_features(cfg: PlayersConfig, nets: nn.ModuleDict, real: Tensor, fake: Tensor) -> Features:
    """Features of both batches, in one pass where nothing in the trunk looks at a whole batch."""
    if cfg.discriminator_norm == "batch":  # real and fake batches keep their own statistics
        return Features(torch.cat([nets["trunk"](real), nets["trunk"](fake)]), len(real))
    # one pass fills the kernels better
    return Features(nets["trunk"](torch.cat([real, fake.to(real.dtype)])), len(real))


def logits(nets: nn.ModuleDict, features: Tensor) -> Tensor:
    """The discriminator's verdict on features of the trunk, float32 [B]."""
    return nets["discriminator"](features).squeeze(1).float()


def logits_of_both(nets: nn.ModuleDict, features: Features) -> Pair:
    """The verdicts on both batches; in one pass, so that spectral norm's estimate moves on once."""
    both = logits(nets, features.both)
    return Pair(both[: features.reals], both[features.reals :])


def discriminator_loss(cfg: PlayersConfig, verdict: Pair) -> tuple[Tensor, dict[str, Tensor]]:
    """The discriminator's mean adversarial loss of logits, and what is worth plotting."""
    loss = ADVERSARIAL[cfg.adversarial].discriminator(*verdict).mean()
    if cfg.label_smoothing:  # -(1 - s) log p - s log(1 - p) = -log p + s * logit
        loss = loss + cfg.label_smoothing * verdict.real.mean()
    return loss, {"loss": loss, "real": _mean_probability(verdict.real), "fake": _mean_probability(verdict.fake)}


def generator_loss(cfg: PlayersConfig, verdict: Pair) -> tuple[Tensor, dict[str, Tensor]]:
    """The generator's mean adversarial loss of logits; only paired losses look at the real ones."""
    loss = ADVERSARIAL[cfg.adversarial].generator(*verdict).mean()
    return loss, {"loss": loss, "fake": _mean_probability(verdict.fake)}


def generator_sees_real(cfg: PlayersConfig) -> bool:
    """Whether the generator's loss needs logits of real images."""
    return ADVERSARIAL[cfg.adversarial].paired


def gradient_penalty(
    cfg: PlayersConfig, judge: Logits, batch: Batch, fake: Tensor, rng: torch.Generator
) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted penalty, a scalar that is 0 when the config has none."""
    real = batch.images
    if cfg.penalty == "none":
        return real.new_zeros(()), {}
    with without_autocast(real.device):  # second derivatives are too coarse in bfloat16
        fake = fake.float()
        if cfg.penalty == "wasserstein":
            cost = wasserstein_penalty(judge, real, fake, rng, batch.part).mean()
        else:
            cost = 2 * zero_centred_penalty(judge, torch.cat([real, fake])).mean()  # R1 + R2
    return cfg.penalty_weight * cost, {"penalty": cost}


def _mean_probability(logits: Tensor) -> Tensor:
    """Of being real; it is told and not learnt from, so that it needs no graph."""
    return logits.detach().sigmoid().mean()
