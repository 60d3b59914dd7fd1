"""What the players of a conditional family minimise, and the classifier beside them."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganlab import adversarial
from ganlab.adversarial import Pair
from ganlab.conditional.config import ConditionalConfig
from ganlab.data import Batch, Condition, DataSpec
from ganlab.data.selection import Selection, select
from ganlab.latents import side_by_side
from ganlab.losses import ADVERSARIAL, attribute_cross_entropy, category_cross_entropy
from ganlab.types import Drawn, Loss, Phase, PhaseLoss

CONDITION_NETS: dict[str, tuple[str, ...]] = {"none": (), "projection": ("projection",), "canvas": ("canvas",)}
"""Nets by which the discriminator sees the condition."""


class Task(NamedTuple):
    """What the nets are trained for."""

    cfg: ConditionalConfig
    learnt: Selection  # the conditions that the model learns


class Seen(NamedTuple):
    """What the discriminator's nets say of one batch of images."""

    features: Tensor  # [B, F]
    logits: Tensor  # [B]


TaskLoss = Callable[[Task, nn.ModuleDict, Batch, Drawn, torch.Generator], Loss]


def phases(cfg: ConditionalConfig, data: DataSpec) -> tuple[Phase, ...]:
    task = Task(cfg, select(data, cfg.condition_on))
    home = cfg.classifier_moves_in
    own_phase = adversarial.reader_phase(cfg, "classifier", cfg.classifier_lr, _on_learnt(_classifier, task))
    moving = (*CONDITION_NETS[cfg.conditioning], *(("classifier",) if home == "discriminator" else ()))
    return (
        adversarial.discriminator_phase(cfg, _on_learnt(_discriminator, task), also=moving),
        *([own_phase] if home == "classifier" else []),
        adversarial.generator_phase(cfg, _on_learnt(_generator, task)),
    )


def _on_learnt(loss: TaskLoss, task: Task) -> PhaseLoss:
    """The loss on the columns of the conditions that the model learns."""

    def narrowed(nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
        before = None if batch.before is None else task.learnt.of(batch.before)
        narrow = batch._replace(conditions=task.learnt.of(batch.conditions), before=before)
        return loss(task, nets, narrow, drawn, rng)

    return narrowed


def _discriminator(task: Task, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    cfg = task.cfg
    real, fake = _see_both(cfg, nets, batch, drawn)
    loss, log = adversarial.discriminator_loss(cfg, Pair(real.logits, fake.logits))
    if cfg.mismatched_weight:
        loss = loss + cfg.mismatched_weight * _mismatched(cfg, nets, real, batch)
    if cfg.classifier_moves_in == "discriminator":
        log["condition"] = _lesson(task, nets, real, fake, batch.conditions)
        loss = loss + cfg.classifier_real_weight * log["condition"]
    judge = partial(_judge, nets, batch.conditions)
    cost, cost_log = adversarial.gradient_penalty(cfg, judge, batch, drawn.images, rng)
    return Loss(loss + cost, log | cost_log)


def _classifier(task: Task, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    loss = _lesson(task, nets, *_see_both(task.cfg, nets, batch, drawn), batch.conditions)
    return Loss(loss, {"loss": loss})


def _generator(task: Task, nets: nn.ModuleDict, batch: Batch, drawn: Drawn, rng: torch.Generator) -> Loss:
    cfg = task.cfg
    if adversarial.generator_sees_real(cfg):
        real, fake = _see_both(cfg, nets, batch, drawn)
    else:
        real = fake = _see(nets, drawn.images, batch.conditions)
    loss, log = adversarial.generator_loss(cfg, Pair(real.logits, fake.logits))
    if cfg.classifier_weight:
        log["condition"] = _naming(task, nets, fake.features, batch.conditions)
        loss = loss + cfg.classifier_weight * log["condition"]
    return Loss(loss, log)


def _see(nets: nn.ModuleDict, images: Tensor, conditions: Tensor) -> Seen:
    features = nets["trunk"](_trunk_input(nets, images, conditions))
    return Seen(features, _logits(nets, features, conditions))


def _see_both(cfg: ConditionalConfig, nets: nn.ModuleDict, batch: Batch, drawn: Drawn) -> tuple[Seen, Seen]:
    """Real images and generated ones under the same conditions."""
    known = batch.conditions
    inputs = (_trunk_input(nets, images, known) for images in (batch.images, drawn.images))
    features = adversarial.trunk_features(cfg, nets, *inputs)
    both = _logits(nets, features.both, torch.cat([known, known]))
    return Seen(features.real, both[: len(known)]), Seen(features.fake, both[len(known) :])


def _trunk_input(nets: nn.ModuleDict, images: Tensor, conditions: Tensor) -> Tensor:
    return torch.cat([images, nets["canvas"](conditions)], 1) if "canvas" in nets else images


def _logits(nets: nn.ModuleDict, features: Tensor, conditions: Tensor) -> Tensor:
    free = adversarial.logits(nets, features)
    if "projection" not in nets:
        return free
    return free + (nets["projection"](conditions) * features).float().sum(1)


def _judge(nets: nn.ModuleDict, conditions: Tensor, images: Tensor) -> Tensor:
    """Logits of one or more batches of images under the same conditions."""
    return _see(nets, images, conditions.repeat(len(images) // len(conditions), 1)).logits


def _mismatched(cfg: ConditionalConfig, nets: nn.ModuleDict, real: Seen, batch: Batch) -> Tensor:
    """The discriminator's loss of real images under their neighbours' conditions, where those differ."""
    others = batch.neighbours
    wrong = (others != batch.conditions).any(1)
    cost = ADVERSARIAL[cfg.adversarial].discriminator(real.logits, _logits(nets, real.features, others))
    return (cost * wrong).mean()


def _lesson(task: Task, nets: nn.ModuleDict, real: Seen, fake: Seen, conditions: Tensor) -> Tensor:
    """The classifier's loss of the images that it learns from."""
    loss = _naming(task, nets, real.features, conditions)
    if task.cfg.classifier_learns_from == "both":
        loss = (loss + _naming(task, nets, fake.features, conditions)) / 2
    return loss


def _naming(task: Task, nets: nn.ModuleDict, features: Tensor, conditions: Tensor) -> Tensor:
    return _condition_loss(nets["classifier"](features).float(), conditions, task.learnt.conditions).mean()


def _condition_loss(logits: Tensor, targets: Tensor, conditions: tuple[Condition, ...]) -> Tensor:
    """Cross-entropy of the classifier's outputs, summed over the conditions: [B, D] each => [B]."""
    total = logits.new_zeros(len(logits))
    for condition, columns in side_by_side(conditions):
        cost = category_cross_entropy if condition.kind == "category" else attribute_cross_entropy
        total = total + cost(logits[:, columns], targets[:, columns])
    return total
