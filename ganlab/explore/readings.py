"""What a classifier sees in pictures that were drawn under conditions, and what setting one label does to the rest."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import Codes, ConditionCode
from ganlab.data import DataSpec, catalogue
from ganlab.data.spec import column_of
from ganlab.explore.pictures import Pixels
from ganlab.latents import Attributes, Category, Latent, side_by_side
from ganlab.metrics import obedience
from ganlab.metrics.conditions import bounded, findings, shown
from ganlab.metrics.readers import Reader, reader

PICTURES = 100  # of each label in a measured matrix: a share of one half is then known to about 0.1
SURE = 0.5  # what nobody asked for is worth a word above this probability
FOUND, MISSED = "✓", "✗"

Progress = Callable[[float, str], None]
"""Called with a share in [0, 1] and a line of text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """Pictures compared with what they were asked to show."""

    right: list[bool]  # whether all that was asked for, and can be seen, was found
    words: list[str]  # what was read in each picture, of what can be seen
    unjudged: list[str]  # what was asked for and cannot be seen, and why; empty where all can

    @property
    def share(self) -> float:
        return sum(self.right) / len(self.right)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Matrix:
    """Shares in [0, 1]; NaN where nothing could be measured."""

    title: str
    text: str  # how to read it
    rows: list[str]
    columns: list[str]
    values: NDArray[np.float64]  # [rows, columns]


def classifier_of(data: DataSpec) -> Reader | None:
    """The classifier that reads such images; None where there is none, or one of other labels."""
    found = reader(data.name)
    return found if found and column_of(data.conditions).keys() <= column_of(found.data.conditions).keys() else None


def judge_pictures(classifier: Reader, latent: Latent, latents: Tensor, images: Pixels) -> Judgement:
    """Read pictures [N, H, W, C] and compare with the conditions in their latents [N, dim].

    Conditions that the model was not given do not count.
    """
    data = classifier.data
    probabilities = classifier.read(torch.from_numpy(images).permute(0, 3, 1, 2)).probabilities
    asked, given = _asked(latent, data, latents)
    found, visible = findings(probabilities, asked, data), shown(asked, data)
    counts = visible & given
    for condition, place in side_by_side(data.conditions):
        if bounded(condition):
            counts[:, place] &= asked[:, place].bool()
    right = ((found == asked.bool()) | ~counts).all(1)
    rows = zip(probabilities, asked.bool(), found, visible, strict=True)
    return Judgement(
        right=right.tolist(),
        words=[_words(*row, data) for row in rows],
        unjudged=[_unjudged(row, data) for row in asked.bool() & ~visible],
    )


def side_effects(codes: Codes) -> Matrix | None:
    """What setting each label changes, from what a header says of conditions; None where it says nothing."""
    known = {name: code.labels for name, code in codes.items() if isinstance(code, ConditionCode)}
    changed = {aspect for labels in known.values() for entry in labels.values() for aspect in entry.changes}
    if not changed:
        return None
    order = [aspect for name, labels in known.items() for aspect in (*labels, name)]
    aspects = [*dict.fromkeys(aspect for aspect in order if aspect in changed), *sorted(changed - set(order))]
    rows = {
        f"{name}: {label}" if name in changed else label: entry  # a category changes as one; its labels need its name
        for name, labels in known.items()
        for label, entry in labels.items()
    }
    return Matrix(
        title="What else changes",
        text="Each row sets one label (or takes it away) in pictures whose other numbers stay. The first column is "
        "the share that then read as wished, the others the share in which something else reads differently.",
        rows=list(rows),
        columns=["as wished", *aspects],
        values=np.array(
            [[entry.success, *(entry.changes.get(name, np.nan) for name in aspects)] for entry in rows.values()]
        ),
    )


def measure_matrix(model: Checkpoint, classifier: Reader, progress: Progress, *, n: int = PICTURES) -> Matrix | None:
    """Side effects where several labels can be set apart from each other, else what was asked against what is read.

    Draws and reads `n` pictures a label. None where the model has not all conditions of the classifier.
    """
    latent, data = model.latent, classifier.data
    if not obedience.is_conditional(latent, data):
        return None
    calls, expected = 0, 1 + data.condition_dim

    def generate(latents: Tensor) -> Tensor:
        nonlocal calls
        progress(min(1.0, calls / expected), f"pictures read: {calls * n:,} of {expected * n:,}")
        calls += 1
        return model.images(latents).permute(0, 3, 1, 2)

    only = data.conditions[0] if len(data.conditions) == 1 else None
    if only is not None and (isinstance(only, Category) or bounded(only)):
        return _asked_and_read(generate, latent, classifier, only, n)
    return side_effects(obedience.settings(generate, latent, classifier, n=n))


def _asked_and_read(
    generate: Callable[[Tensor], Tensor], latent: Latent, classifier: Reader, factor: Category | Attributes, n: int
) -> Matrix:
    base = latent.sample(n, torch.Generator().manual_seed(0))
    rows = [
        classifier.read(generate(latent.fix(base, {factor.name: label}))).probabilities.double().mean(0)
        for label in factor.labels
    ]
    return Matrix(
        title="Asked for, and read",
        text="Each row asks for one label alone, with the same latents in every row; the columns are the "
        "probabilities that the classifier gives, on average. A perfect model has a dark diagonal.",
        rows=list(factor.labels),
        columns=list(factor.labels),
        values=torch.stack(rows).numpy(),
    )


def _asked(latent: Latent, data: DataSpec, latents: Tensor) -> tuple[Tensor, Tensor]:
    """The dataset's conditions as the latents hold them, uint8 [N, D], and which of the columns they hold, bool [D]."""
    asked = torch.zeros(len(latents), data.condition_dim, dtype=torch.uint8)
    given = torch.zeros(data.condition_dim, dtype=torch.bool)
    at, parts = column_of(data.conditions), latent.split(latents)
    for factor in latent.factors:
        if not isinstance(factor, Category | Attributes):
            continue
        part = parts[factor.name]
        on = part == part.max(1, keepdim=True).values if isinstance(factor, Category) else part > 0.5
        for i, label in enumerate(factor.labels):
            if (factor.name, label) in at:
                asked[:, at[factor.name, label]] = on[:, i].to(torch.uint8)
                given[at[factor.name, label]] = True
    return asked, given


def _words(probabilities: Tensor, asked: Tensor, found: Tensor, visible: Tensor, data: DataSpec) -> str:
    """What was found of all that can be seen, with probabilities, likeliest first; the arguments are [D].

    Where the number of labels is bounded, each one asked for is named, found or not, and then the likely others.
    """
    words, names = [], _names(data)
    for condition, place in side_by_side(data.conditions):
        ranked = sorted(range(place.start, place.stop), key=lambda i: probabilities[i].item(), reverse=True)
        said = {i: f"{probabilities[i]:.0%}" for i in ranked}
        if bounded(condition):
            words += [f"{FOUND if found[i] else MISSED} {names[i]} ({said[i]})" for i in ranked if asked[i]]
            others = [i for i in ranked if not asked[i] and probabilities[i] > SURE]
            words += [f"{names[i]} ({said[i]}, not asked for)" for i in others]
        else:
            words += [f"{names[i]} ({said[i]})" for i in ranked if found[i] and visible[i]]
    return ", ".join(words) or "nothing"


def _unjudged(hidden: Tensor, data: DataSpec) -> str:
    names = [name for name, is_hidden in zip(_names(data), hidden.tolist(), strict=True) if is_hidden]
    hiding = catalogue.evaluation(data.name).hiding
    return f"hidden by {hiding.by} and not judged: {', '.join(names)}" if hiding and names else ""


def _names(data: DataSpec) -> list[str]:
    """The label of each column, a category's with the category's name unless it is all there is."""
    return [
        f"{condition.name} {label}" if condition.kind == "category" and len(data.conditions) > 1 else label
        for condition in data.conditions
        for label in condition.labels
    ]
