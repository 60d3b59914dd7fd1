"""What can be done with a model, read off its card: nothing is loaded for it, and nobody asks for a family's name."""

from ganlab.checkpoints import Card
from ganlab.data import Condition, DataSpec
from ganlab.latents import Attributes, Category, Latent, Uniform


def has_codes(card: Card) -> bool:
    """Whether a part of the latent is one of several values, or a number from a range."""
    return any(isinstance(factor, Category | Uniform) for factor in card.latent.factors)


def has_conditions(card: Card) -> bool:
    return bool(conditions(card.latent, card.data))


def can_encode(card: Card) -> bool:
    """Whether the file has a net that turns pictures into latents."""
    return "encoder" in card.parameters


def own_codes(latent: Latent, data: DataSpec) -> list[str]:
    """Names of the codes that the model has found by itself, without labels."""
    return [
        factor.name
        for factor in latent.factors
        if isinstance(factor, Category | Uniform) and not is_condition(factor.name, data)
    ]


def conditions(latent: Latent, data: DataSpec) -> list[Condition]:
    """The factors that stand for labels of the dataset, and every set of attributes."""
    return [
        factor
        for factor in latent.factors
        if isinstance(factor, Attributes) or (isinstance(factor, Category) and is_condition(factor.name, data))
    ]


def is_condition(factor_name: str, data: DataSpec) -> bool:
    """Whether the factor is what the dataset's labels say, rather than what the model has found by itself."""
    return factor_name in {condition.name for condition in data.conditions}
