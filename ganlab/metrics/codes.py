"""What the codes of an InfoGAN mean: measured on real images and on generated ones."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab.checkpoints.codes import CLEAR_RHO, CategoryCode, ContinuousCode, DrawnLabel
from ganlab.data import Pack
from ganlab.latents import Category, Latent, side_by_side
from ganlab.metrics.outcome import LEAST_IMAGES, require_images
from ganlab.metrics.readers import Reader
from ganlab.metrics.strokes import measure_strokes

Generate = Callable[[Tensor], Tensor]
"""Latents [N, dim] => uint8 images [N, C, H, W]."""

SWEEP = 2.0  # continuous codes go from minus to plus this
POINTS = 11  # of a sweep
PICTURES = 300  # of each label of a category
CLEAR_LEAD = 1.5  # the quality that is clear correlates so many times as closely as the runner-up


class Matching(NamedTuple):
    """Codes matched one to one with classes, so that as many images as possible agree."""

    accuracy: float
    table: dict[int, int]  # code -> class, of those that occur together
    nmi: float  # mutual information over the mean of both entropies


def match(codes: Tensor, classes: Tensor) -> Matching:
    """The best matching of integer codes [N] with integer classes [N]; surplus codes or classes stay alone."""
    from scipy.optimize import linear_sum_assignment

    counts = counts_of(codes, classes)
    rows, columns = linear_sum_assignment(counts.numpy(), maximize=True)
    table = {row: column for row, column in zip(rows.tolist(), columns.tolist(), strict=True) if counts[row, column]}
    return Matching(counts[rows, columns].sum().item() / len(codes), table, nmi(counts / len(codes)))


def counts_of(codes: Tensor, classes: Tensor) -> Tensor:
    """How often integer codes [N] and classes [N] occur together, float64 [codes, classes]."""
    counts = torch.zeros(int(codes.max()) + 1, int(classes.max()) + 1, dtype=torch.float64)
    return counts.index_put_((codes.cpu(), classes.cpu()), torch.ones((), dtype=torch.float64), accumulate=True)


def nmi(joint: Tensor) -> float:
    """Normalised mutual information of a joint distribution [codes, classes]: over the mean of both entropies."""
    rows, columns = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
    information = torch.special.xlogy(joint, joint / (rows * columns).clamp_min(1e-300)).sum()
    entropies = torch.special.entr(rows).sum() + torch.special.entr(columns).sum()
    return (2 * information / entropies).item() if entropies > 0 else 0.0


def real_codes(read: Callable[[], Tensor], factor: Category, pack: Pack) -> CategoryCode:
    """How a recognizer sorts real test images; `read` gives the code of each, int64 [N].

    Nothing is known where images have no class each. ValueError for so few that any code would seem to fit.
    """
    if not pack.spec.classes:
        return CategoryCode(kind="category")
    images, conditions = pack.split("test")
    require_images(len(images), LEAST_IMAGES, f"real test {pack.spec.noun}s")
    found = match(read(), conditions.argmax(1))
    table = {factor.labels[code]: pack.spec.classes[label] for code, label in found.table.items()}
    return CategoryCode(kind="category", accuracy=round(found.accuracy, 4), nmi=round(found.nmi, 4), table=table)


def drawn_codes(
    generate: Generate, latent: Latent, factor: Category, classifier: Reader, *, n: int = PICTURES, seed: int = 0
) -> dict[str, DrawnLabel]:
    """What `n` pictures of each label of `factor` show, the same other numbers for every label.

    Each label is named after what it changes most, and no two after the same while there are names left.
    """
    from scipy.optimize import linear_sum_assignment

    rng = torch.Generator().manual_seed(seed)
    base = latent.sample(n, rng)
    readings = [
        classifier.read(generate(latent.fix(base, {factor.name: label}))).probabilities for label in factor.labels
    ]
    names = [f"{condition.name}: {label}" for condition in classifier.data.conditions for label in condition.labels]
    rates = torch.stack([_yes(reading, classifier).double().mean(0) for reading in readings])  # [labels, D]
    rates_of_others = (rates.sum(0) - rates) / (len(rates) - 1)
    differences = rates - rates_of_others
    followed = differences.abs().argmax(1)
    rows, columns = linear_sum_assignment(differences.abs().numpy(), maximize=True)
    followed[torch.from_numpy(rows)] = torch.from_numpy(columns)
    drawn: dict[str, DrawnLabel] = {}
    for position, label in enumerate(factor.labels):
        most = int(followed[position])
        found = DrawnLabel(
            follows=names[most] if differences[position, most] > 0 else f"not {names[most]}",
            rate=round(rates[position, most].item(), 4),
            rate_of_others=round(rates_of_others[position, most].item(), 4),
        )
        if classifier.data.classes:
            top = int(rates[position].argmax())
            shows = {"class_name": classifier.data.classes[top], "share": round(rates[position, top].item(), 4)}
            found = found.model_copy(update=shows)
        drawn[label] = found
    return drawn


def sweep_code(
    generate: Generate, latent: Latent, name: str, real: Tensor, *, lines: int = 100, seed: int = 0
) -> ContinuousCode:
    """Which quality of strokes the continuous code `name` moves; `real` are uint8 images [N, 1, H, W] for scale.

    Each line keeps all other numbers while the code goes from -2 to 2. ValueError for too few real images.
    """
    require_images(len(real), LEAST_IMAGES, "real test images")
    base = latent.sample(lines, torch.Generator().manual_seed(seed)).repeat_interleave(POINTS, 0)
    latent.split(base)[name].copy_(torch.linspace(-SWEEP, SWEEP, POINTS).repeat(lines)[:, None])
    measured = {k: v.reshape(lines, POINTS) for k, v in measure_strokes(generate(base)).items()}
    scale = {key: values.std() for key, values in measure_strokes(real).items()}
    rho = {key: float(np.mean(_spearman(values))) for key, values in measured.items()}
    first, second = sorted(rho, key=lambda key: -abs(rho[key]))[:2]
    effect = float((measured[first][:, -1] - measured[first][:, 0]).mean() / max(1e-9, scale[first]))
    return ContinuousCode(
        kind="continuous",
        quality=first,
        rho=round(rho[first], 4),
        clear=abs(rho[first]) > CLEAR_RHO and abs(rho[first]) >= CLEAR_LEAD * abs(rho[second]),
        effect=round(effect, 3),
        correlations={key: round(value, 4) for key, value in rho.items()},
    )


def _yes(probabilities: Tensor, classifier: Reader) -> Tensor:
    """Readings as yes or no: the most likely label of a category, the likely attributes; bool [N, D]."""
    found = []
    for condition, columns in side_by_side(classifier.data.conditions):
        part = probabilities[:, columns]
        found.append(part == part.max(1, keepdim=True).values if condition.kind == "category" else part > 0.5)
    return torch.cat(found, 1)


def _spearman(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank correlation of each row [N, points] with its position; 0 for a row that does not change."""
    from scipy.stats import rankdata

    ranks = rankdata(values, axis=1)
    ranks -= ranks.mean(1, keepdims=True)
    places = np.arange(values.shape[1]) - (values.shape[1] - 1) / 2
    length = np.sqrt((ranks**2).sum(1) * (places**2).sum())
    return (ranks @ places) / np.where(length > 0, length, 1.0)
