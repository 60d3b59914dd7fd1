"""Which models can follow one latent together: those whose generators read the same vector."""

from collections.abc import Hashable, Sequence

from ganlab.counting import counted
from ganlab.latents import Factor, Latent


def groups(latents: Sequence[Hashable]) -> list[list[int]]:
    """Positions of equal latents together, in the order in which each latent first comes up.

    Each may be a tuple of a latent and of what else has to be the same.
    """
    found: dict[Hashable, list[int]] = {}
    for position, latent in enumerate(latents):
        found.setdefault(latent, []).append(position)
    return list(found.values())


def largest(latents: Sequence[Hashable]) -> list[int]:
    """Positions of the largest group, the first of several; none when there are no latents."""
    return max(groups(latents), key=len, default=[])


def describe(latent: Latent) -> str:
    """The factors in words: `z (64 normal numbers) and c1 (one of 10 labels)`."""
    told = [f"{factor.name} ({_content(factor)})" for factor in latent.factors]
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def difference(latent: Latent, other: Latent) -> str:
    """Why a model that reads `latent` cannot follow one that reads `other`."""
    mine, theirs = describe(latent), describe(other)
    if mine != theirs:
        return f"it reads {mine}, not {theirs}"
    names = [a.name for a, b in zip(latent.factors, other.factors, strict=True) if a != b]
    return f"it reads other labels or bounds in {', '.join(names)}"


def _content(factor: Factor) -> str:
    match factor.kind:
        case "category":
            return f"one of {counted(factor.dim, 'label')}"
        case "attributes":
            return counted(factor.dim, "attribute")
        case _:
            return counted(factor.dim, f"{factor.kind} number")
