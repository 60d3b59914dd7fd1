"""The space that a generator reads: a vector made of named factors."""

import math
from collections.abc import Mapping, Sequence

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor

from ganlab.latents.factors import Attributes, Category, Factor, Normal, Uniform, check_names_differ, side_by_side
from ganlab.mixture import Mixture, squeezed

SEEDS = (-(2**63), 2**64 - 1)
"""The lowest and the highest that torch takes."""


class Latent(BaseModel):
    """Factors in the order in which they are concatenated to the generator's input vector."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    factors: tuple[Factor, ...] = Field(min_length=1, max_length=32)
    mixture: Mixture | None = Field(default=None, exclude=True, repr=False)
    """What seeds are drawn from, where the model has learnt where its latents lie; else the factors say it."""

    @model_validator(mode="after")
    def _names_differ(self) -> "Latent":
        check_names_differ(self.factors)
        return self

    @property
    def dim(self) -> int:
        return sum(factor.dim for factor in self.factors)

    def sample(self, n: int, rng: torch.Generator) -> Tensor:
        """`n` draws from the factors, float32 [n, dim], on the generator's device."""
        return torch.cat([factor.sample(n, rng) for factor in self.factors], 1)

    def from_seeds(self, seeds: Sequence[int], limit: float = math.inf) -> Tensor:
        """One draw a seed, float32 [len(seeds), dim]: a seed gives the same row in any batch and on any device.

        From the mixture where there is one: a VAE's decoder knows little of the rest of its prior.

        limit: see `truncate`.

        ValueError for a seed that does not fit into 64 bits, and a limit of 0 or less.
        """
        if wrong := [seed for seed in seeds if not SEEDS[0] <= seed <= SEEDS[1]]:
            raise ValueError(f"{wrong[0]} is no seed; choose whole numbers from {SEEDS[0]} to {SEEDS[1]}")
        if not seeds:
            return torch.empty(0, self.dim)
        if self.mixture is not None:
            return self.mixture.from_seeds(seeds, _checked(limit))
        drawn = torch.cat([self.sample(1, torch.Generator().manual_seed(seed)) for seed in seeds])
        return self.truncate(drawn, limit)

    def split(self, u: Tensor) -> dict[str, Tensor]:
        """The columns of each factor, by name; views of `u` [n, dim]."""
        parts = u.split([factor.dim for factor in self.factors], 1)
        return {factor.name: part for factor, part in zip(self.factors, parts, strict=True)}

    def fix(self, u: Tensor, values: Mapping[str, str]) -> Tensor:
        """A copy of `u` in which the named factors hold the given values in every row.

        A value is written as people type it: a label, labels joined by `+`, or numbers joined by commas.
        """
        u = u.clone()
        parts = self.split(u)
        for name, text in values.items():
            parts[self.factor(name).name].copy_(self.factor(name).parse(text).to(u))
        return u

    def columns(self, name: str) -> slice:
        """Where the factor `name` stands; ValueError lists the names when there is none."""
        wanted = self.factor(name)
        return next(columns for factor, columns in side_by_side(self.factors) if factor is wanted)

    def factor(self, name: str) -> Normal | Uniform | Category | Attributes:
        """The factor called `name`; ValueError lists the names when there is none."""
        for factor in self.factors:
            if factor.name == name:
                return factor
        owner = next((f.name for f in self.factors if isinstance(f, Category | Attributes) and name in f.labels), "")
        hint = (
            f"{name!r} is a label of {owner!r}: write {owner}={name}" if owner else f"it has {', '.join(self._names)}"
        )
        raise ValueError(f"this model has no factor {name!r}; {hint}")

    @property
    def _names(self) -> list[str]:
        return [factor.name for factor in self.factors]

    @property
    def plain(self) -> "Latent":
        """The same, but seeds are drawn from the factors alone: from a VAE's own prior."""
        return self.drawn_from(None)

    def drawn_from(self, mixture: Mixture | None) -> "Latent":
        """The same, but seeds are drawn from the mixture. Other factors than normal ones leave no room for one."""
        fits = all(factor.kind == "normal" for factor in self.factors)
        return self.model_copy(update={"mixture": mixture if fits else None})

    @property
    def structure(self) -> "Latent":
        """The same without shares of categories: those say how often a vector is drawn, and not what it means."""
        factors = [
            factor.model_copy(update={"rates": ()}) if factor.kind == "category" else factor for factor in self.factors
        ]
        return Latent(factors=tuple(factors))

    def with_rates(self, name: str, rates: Sequence[float]) -> "Latent":
        """The same, but the labels of the category `name` are drawn in these shares; equally often for none."""
        values = self.model_dump()
        values["factors"][self.factors.index(self.factor(name))]["rates"] = rates
        return Latent.model_validate(values)

    def truncate(self, u: Tensor, limit: float) -> Tensor:
        """Squeeze every normal value into [-limit, limit] as `squeezed` does; other factors stay."""
        limit, u = _checked(limit), u.clone()
        for factor, part in zip(self.factors, self.split(u).values(), strict=True):
            if factor.kind == "normal":
                part.copy_(squeezed(part, limit))
        return u


def _checked(limit: float) -> float:
    if not limit > 0:
        raise ValueError(f"the truncation limit is {limit}; it must be above 0")
    return limit
