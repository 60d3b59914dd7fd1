"""Places on a plane for vectors of many dimensions: main components, and t-SNE in stages that can be watched."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab.counting import counted

# scikit-learn takes a second to import, in which a first map can be seen already: it comes where it is used.

Vectors = NDArray[np.float32]  # [N, D]
Places = NDArray[np.float32]  # [N, 2]

STAGES = 5
STAGE_STEPS = 250  # the fewest that scikit-learn takes
EXAGGERATION = 12.0
FASTER = 4.0  # learning rate of the later stages: their momentum is 0.5, where one long run would have 0.8


class Plane(NamedTuple):
    """A flat cut through a space: the place (x, y) stands for `mean + x * axes[0] + y * axes[1]`."""

    mean: NDArray[np.float32]  # [D]
    axes: NDArray[np.float32]  # [2, D], orthonormal
    share: float  # of the vectors' variance that lies in the plane


def plane(vectors: Vectors) -> Plane:
    """The plane of the two main components; vectors of two dimensions keep their own axes and origin."""
    if vectors.shape[1] == 2:
        return Plane(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), 1.0)
    if vectors.shape[1] == 1:  # a line, from left to right
        return Plane(np.zeros(1, np.float32), np.array([[1], [0]], np.float32), 1.0)
    if len(vectors) < 3:
        raise ValueError(f"{counted(len(vectors), 'picture does', 'pictures do')} not span a plane; choose 3 or more")
    if not np.ptp(vectors, 0).any():  # all pictures are alike
        return Plane(vectors.mean(0), np.eye(2, vectors.shape[1], dtype=np.float32), 1.0)
    mean = vectors.mean(0, dtype=np.float64)
    variances, columns = np.linalg.eigh(np.cov(vectors - mean, rowvar=False))  # the largest last
    axes = columns.T[:-3:-1]
    signs = np.sign(np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1))  # so that a map is never mirrored
    share = float(variances[-2:].sum() / variances.sum())
    return Plane(mean.astype(np.float32), (axes * signs).astype(np.float32), share)


def flat(vectors: Vectors, cut: Plane) -> Places:
    """Where each vector falls on the plane."""
    return ((vectors - cut.mean) @ cut.axes.T).astype(np.float32)


def lift(place: tuple[float, float], cut: Plane) -> NDArray[np.float32]:
    """The vector [D] that a place on the plane stands for."""
    return (cut.mean + np.asarray(place, np.float32) @ cut.axes).astype(np.float32)


def lift_between(place: tuple[float, float], places: Places, vectors: Vectors, *, nearest: int = 4) -> Vectors:
    """A vector [D] for a place of a layout that has no inverse: the mean of the nearest, weighted by 1 / distance."""
    distances = np.linalg.norm(places - np.asarray(place, np.float32), axis=1)
    order = np.argsort(distances, kind="stable")[:nearest]
    weights = 1 / np.maximum(distances[order], 1e-6)
    mean: Vectors = (weights[:, None] * vectors[order]).sum(0) / weights.sum()
    return mean.astype(np.float32)


def tsne_stage(vectors: Vectors, before: Places, *, first: bool, perplexity: float, seed: int) -> Places:
    """The places `before`, `STAGE_STEPS` steps of t-SNE later.

    `STAGES` of these reach the divergence of scikit-learn's single run of 1,000 steps. It runs on one thread: the
    sums then come out in the same order every time, and a busy machine does not make threads wait for each other.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    start = before / max(float(before[:, 0].std()), 1e-12) * 1e-4 if first else before
    rate = max(len(vectors) / EXAGGERATION / 4, 50.0) * (1.0 if first else FASTER)
    model = TSNE(
        init=start.astype(np.float32),
        max_iter=STAGE_STEPS,
        early_exaggeration=EXAGGERATION if first else 1.0,
        learning_rate=rate,
        perplexity=min(perplexity, (len(vectors) - 1) / 3),
        random_state=seed,
        n_jobs=1,
    )
    with threadpool_limits(1):
        return np.asarray(model.fit_transform(vectors), np.float32)


def near_own_kind(vectors: Vectors, real: int) -> float | None:
    """Share of pictures whose nearest neighbour is of their own kind, the first `real` being real.

    0.5 when the two kinds cannot be told apart, 1 when they lie apart. Of the larger kind only as many are used as
    there are of the smaller; None when there are fewer than 50 of one kind.
    """
    pairs = min(real, len(vectors) - real)
    if pairs < 50:
        return None
    both = torch.from_numpy(np.concatenate([vectors[:pairs], vectors[real : real + pairs]]))
    distances = torch.cdist(both, both, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(torch.inf)
    own = torch.arange(2 * pairs) < pairs
    return (own[distances.argmin(1)] == own).double().mean().item()
