"""What a conditional generator does with its conditions: accuracy over given sets, and what setting a label changes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ganlab.checkpoints.codes import Codes, ConditionCode, SetLabel
from ganlab.data import Condition, DataSpec
from ganlab.latents import Latent, side_by_side
from ganlab.metrics.conditions import bounded, findings, judge, shown
from ganlab.metrics.outcome import Interval
from ganlab.metrics.readers import Reader

Generate = Callable[[Tensor], Tensor]
"""Latents [N, dim] => uint8 images [N, C, H, W]."""

RESAMPLES = 2000


def is_conditional(latent: Latent, data: DataSpec) -> bool:
    """Whether latents hold all that is known of the dataset's images."""
    return bool(data.conditions) and all(condition in latent.factors for condition in data.conditions)


def asked_of(latent: Latent, data: DataSpec, u: Tensor) -> Tensor | None:
    """The columns of latents [N, dim] that hold the dataset's conditions, [N, D]; None for an unconditional model."""
    if not is_conditional(latent, data):
        return None
    parts = latent.split(u)
    return torch.cat([parts[condition.name] for condition in data.conditions], 1)


def accuracy_over_sets(
    generate: Generate, latent: Latent, classifier: Reader, sets: Tensor, *, n: int = 50, seed: int = 0
) -> Interval:
    """Accuracy over condition sets [K, D], each drawn with the same `n` latents.

    The interval is a bootstrap that draws sets and latents independently of each other, since an unlucky latent
    and a hard set each spoil many images at once.
    """
    base = latent.sample(n, torch.Generator().manual_seed(seed))
    rows = []
    for conditions in sets:
        u = _with_conditions(latent, classifier.data.conditions, base, conditions.float().expand(n, -1))
        reading = classifier.read(generate(u))
        rows.append(judge(reading.probabilities, conditions.expand(n, -1), classifier.data))
    return interval(torch.stack([row.right for row in rows]), torch.stack([row.asked for row in rows])[:, 0], seed)


def interval(right: Tensor, asked: Tensor, seed: int = 0) -> Interval:
    """Labels found [K, n] of K sets under n latents, among the labels asked for [K], with a bootstrapped interval."""
    sets, n = right.shape
    rng = torch.Generator().manual_seed(seed)
    drawn_sets, drawn_latents = (
        torch.zeros(RESAMPLES, size, dtype=torch.float64).scatter_add_(
            1, torch.randint(size, (RESAMPLES, size), generator=rng), torch.ones(RESAMPLES, size, dtype=torch.float64)
        )
        for size in (sets, n)
    )
    values = ((drawn_sets @ right) * drawn_latents).sum(1) / (drawn_sets @ asked * n)
    low, high = values.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return Interval((right.sum() / (asked.sum() * n)).item(), low, high)


def settings(generate: Generate, latent: Latent, classifier: Reader, *, n: int = 500, seed: int = 0) -> Codes:
    """What setting a label does to `n` pictures whose other numbers stay, by factor and label.

    Each entry has `success`, the share of pictures that read as wished afterwards, and `changes`, for every other
    attribute or category the share of pictures in which its reading changed (the leakage matrix, row by row).
    Attributes are flipped, from whatever they were; a category's label is set where another was. Labels that a
    picture does not show do not count. Factors with a bounded number of labels are left out.
    """
    u = latent.sample(n, torch.Generator().manual_seed(seed))
    before = asked_of(latent, classifier.data, u)
    if before is None:
        return {}
    was = _Seen.of(generate(u), before.bool(), classifier)
    found: dict[str, dict[str, SetLabel]] = {}
    for condition, columns in side_by_side(classifier.data.conditions):
        for column, label in enumerate(condition.labels, columns.start):
            if bounded(condition):
                continue
            after = before.bool().clone()
            if condition.kind == "category":
                after[:, columns] = False
                after[:, column] = True
            else:
                after[:, column] ^= True
            moved = (after != before.bool()).any(1)
            changed = _with_conditions(latent, classifier.data.conditions, u, after.float())
            now = _Seen.of(generate(changed), after, classifier)
            row = _row(was, now, moved, column, _aspects(classifier.data.conditions, column))
            if row is not None:
                found.setdefault(condition.name, {})[label] = row
    return {name: ConditionCode(kind="condition", labels=labels) for name, labels in found.items()}


class _Seen(NamedTuple):
    """What pictures were asked to show, what a classifier finds, and what can be seen at all; bool [N, D] each."""

    asked: Tensor
    found: Tensor
    visible: Tensor

    @staticmethod
    def of(images: Tensor, asked: Tensor, classifier: Reader) -> "_Seen":
        found = findings(classifier.read(images).probabilities, asked, classifier.data)
        return _Seen(asked, found, shown(asked, classifier.data))


def _row(was: _Seen, now: _Seen, moved: Tensor, column: int, others: dict[str, slice]) -> SetLabel | None:
    """An entry of `settings`; None where no picture shows the label."""
    counted = moved & now.visible[:, column]
    if not counted.any():
        return None
    success = (now.found[:, column] == now.asked[:, column])[counted].double().mean().item()
    changes = {}
    for name, columns in others.items():
        both = moved & (was.visible & now.visible)[:, columns].all(1)
        if both.any():
            different = (was.found[:, columns] != now.found[:, columns]).any(1)
            changes[name] = round(different[both].double().mean().item(), 4)
    return SetLabel(success=round(success, 4), pictures=int(counted.sum()), changes=changes)


def _aspects(conditions: Sequence[Condition], but: int) -> dict[str, slice]:
    """The columns of each attribute and each category, except of the one that holds the column `but`."""
    aspects: dict[str, slice] = {}
    for condition, columns in side_by_side(conditions):
        if condition.kind == "category":
            aspects[condition.name] = columns
        else:
            aspects |= {label: slice(i, i + 1) for i, label in enumerate(condition.labels, columns.start)}
    return {name: columns for name, columns in aspects.items() if not columns.start <= but < columns.stop}


def _with_conditions(latent: Latent, conditions: Sequence[Condition], u: Tensor, values: Tensor) -> Tensor:
    u = u.clone()
    parts = latent.split(u)
    for condition, columns in side_by_side(conditions):
        parts[condition.name].copy_(values[:, columns])
    return u
