"""The same latents at several steps of training."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ganlab import checkpoints
from ganlab.explore import library, points
from ganlab.explore.library import Model
from ganlab.explore.pictures import Pixels
from ganlab.explore.points import Point


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    """What became of some latents: one sheet a step."""

    steps: list[int]
    images: Pixels  # uint8 [T, N, H, W, C]


def has_snapshots(model: Model) -> bool:
    """Whether any latents can be shown along the training, not only those that the checkpoint carries."""
    return model.origin == "run" and bool(library.snapshots(model.name))


def files(model: Model) -> list[Path]:
    """The files that the model's film is made of, in order of steps."""
    return library.snapshots(model.name) if has_snapshots(model) else [model.path]


def film(model: Model, drawn: Sequence[Point]) -> Film | None:
    """The latents `drawn` by every snapshot of the model's run, else the sheets that the checkpoint carries.

    None when the model has neither. ValueError names a file that cannot be used.
    """
    if not has_snapshots(model):
        return _carried(model)
    steps, sheets = [], []
    for path in files(model):
        snapshot = checkpoints.load(path)
        steps.append(snapshot.card.step)
        sheets.append(snapshot.images(points.latents(snapshot.latent, drawn)))
    return Film(steps=steps, images=torch.stack(sheets).numpy())


def _carried(model: Model) -> Film | None:
    sheets = checkpoints.read_sheets(model.path)
    if sheets is None:
        return None
    return Film(steps=sheets.steps, images=sheets.images.permute(0, 1, 3, 4, 2).contiguous().numpy())
