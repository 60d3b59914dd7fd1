"""What a generator reads: a vector of named factors."""

from ganlab.latents.factors import (
    AnyFactor,
    Attributes,
    Category,
    Factor,
    Label,
    Labels,
    Normal,
    Uniform,
    check_names_differ,
    side_by_side,
)
from ganlab.latents.space import SEEDS, Latent

__all__ = [
    "SEEDS",
    "AnyFactor",
    "Attributes",
    "Category",
    "Factor",
    "Label",
    "Labels",
    "Latent",
    "Normal",
    "Uniform",
    "check_names_differ",
    "side_by_side",
]
