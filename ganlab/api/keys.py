"""Latents in any of the ways that people write them, as tensors and as points."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.explore import axes, codes, points
from ganlab.explore.points import Point

MOST_POINTS = 100_000  # in a text; addresses and pages take fewer
Keys = str | int | Sequence[int] | NDArray[np.float32]
"""Text, a seed, seeds, or an array float32 [N, dim]."""


def latents_of(model: Checkpoint, keys: Keys, reach: float | None = None) -> Tensor:
    """The model's latents, float32 [N, dim]; coordinates in text are those of its axes, or of its codes within `reach`.

    ValueError for text that names none, and for an array of another shape or with numbers that are not finite.
    """
    latent = model.latent
    if isinstance(keys, str):
        found = points.parse(keys, MOST_POINTS)
        if all(name in {factor.name for factor in latent.factors} for point in found for name, _ in point.fixed):
            return points.latents(latent, found)
        known = axes.axes(model) if reach is None else codes.continuous(latent, reach)
        return torch.stack([axes.place(latent, point, known) for point in found])
    if _is_seed(keys):
        return latent.from_seeds([int(keys)])
    if isinstance(keys, Sequence) and not isinstance(keys, bytes) and all(map(_is_seed, keys)):
        return latent.from_seeds([int(key) for key in keys])  # also of numbers that fit into no array
    array = _as_array(keys)
    if array.ndim < 2 and np.issubdtype(array.dtype, np.integer):
        return latent.from_seeds([int(seed) for seed in array.flatten()])
    if array.ndim != 2 or array.shape[1] != latent.dim:
        raise ValueError(f"{model.card.name} takes latents of shape [N, {latent.dim}], not {list(array.shape)}")
    with np.errstate(over="ignore"):
        latents = np.array(array, np.float32)
    if not np.isfinite(latents).all():
        raise ValueError(f"{model.card.name} takes finite latents; some of these are none as float32")
    return torch.from_numpy(latents)


def _is_seed(key: object) -> TypeGuard[int | np.integer]:
    """Whether it is a whole number; true and false are none, though Python counts with them."""
    return isinstance(key, int | np.integer) and not isinstance(key, bool)


def _as_array(keys: object) -> NDArray:
    try:
        array = np.asarray(keys)
    except (ValueError, TypeError, RuntimeError) as error:  # NumPy's, or torch's of a tensor with a gradient
        raise ValueError("latents are rows of numbers that are all of one length; some of these are not") from error
    some_bool = isinstance(keys, Sequence) and any(isinstance(key, bool) for key in keys)
    if some_bool or array.dtype.kind not in "iuf":
        kind = "bool" if some_bool else array.dtype
        raise ValueError(f"latents are numbers, not {kind}; write seeds such as [1, 2], or text such as '1 2'")
    return array


def named_points(keys: Keys) -> list[Point]:
    """The keys as points; none where they cannot be written as such."""
    if isinstance(keys, str):
        return points.parse(keys, MOST_POINTS)
    if np.ndim(keys) > 1:
        return []
    return seed_points([int(seed) for seed in np.asarray(keys, object).flatten()])


def seed_points(
    seeds: Iterable[int], limit: float = math.inf, fixed: Mapping[str, str] | None = None, *, plain: bool = False
) -> list[Point]:
    """A point for each seed; none where a seed is beyond those that addresses take."""
    try:
        return [Point(seed, limit, tuple((fixed or {}).items()), plain) for seed in seeds]
    except ValueError:
        return []


def text_of(value: object) -> str:
    """A value as people type it: numbers with commas between, labels with plus signs."""
    if isinstance(value, str):
        return value
    if isinstance(value, Tensor):
        return text_of(value.detach().cpu().numpy())
    if isinstance(value, np.ndarray) and not value.ndim:
        return str(value.item())
    if isinstance(value, list | tuple | np.ndarray):
        words = [str(part) for part in value]
        return ("+" if any(isinstance(part, str) for part in value) else ",").join(words)
    return str(value)
