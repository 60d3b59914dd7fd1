"""What can be read off avatars beside their labels: what a hat hides, and two colours that no label names."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ganlab.data.evaluation import Area, Hiding
from ganlab.data.spec import Condition, column_of
from ganlab.latents import Category

CLOTHES = Area(
    Category(name="clothes", labels=("blue", "white", "green", "yellow", "red")),
    slice(57, 64),
    slice(18, 46),
    (
        ("65c9ff", "blue"),
        ("5199e4", "blue"),
        ("25557c", "blue"),
        ("e6e6e6", "white"),
        ("a7ffc4", "green"),
        ("ffffb1", "yellow"),
        ("ff488e", "red"),
        ("ff5c5c", "red"),
    ),
)
BACKGROUND = Area(
    Category(name="background", labels=("blue", "violet", "pink", "orange", "green")),
    slice(0, 12),
    slice(0, 10),
    (
        ("b6e3f4", "blue"),
        ("c0aede", "violet"),
        ("d1d4f9", "violet"),
        ("ffd5dc", "pink"),
        ("ffdfbf", "orange"),
        ("c9ecd0", "green"),
    ),
)


def _behind_the_hat(asked: Tensor, conditions: Sequence[Condition]) -> Tensor:
    """A hat hides how long the hair is, and its colour where no beard shows it."""
    visible = torch.ones_like(asked)
    at = column_of(conditions)
    hat, beard = asked[:, at["attributes", "hat"]], asked[:, at["attributes", "beard"]]
    visible[:, at["attributes", "long hair"]] = ~hat
    for (factor, _), column in at.items():
        if factor == "hair":
            visible[:, column] = ~hat | beard
    return visible


HAT = Hiding(_behind_the_hat, "the hat")
