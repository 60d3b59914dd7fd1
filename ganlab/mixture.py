"""A prior that fits an encoder: Gaussians in latent space, where images were."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Mixture:
    """A mixture of Gaussians in latent space."""

    weights: Tensor  # [K], 0 or more, add up to 1
    means: Tensor  # [K, dim]
    factors: Tensor  # [K, dim, r]: a draw of component k is means[k] + factors[k] @ r standard normal values

    def sample(self, n: int, seed: int) -> Tensor:
        """`n` draws, float32 [n, dim]."""
        rng = torch.Generator().manual_seed(seed)
        return self._at(*self._drawn(n, rng))

    def from_seeds(self, seeds: Sequence[int], limit: float = math.inf) -> Tensor:
        """One draw a seed, [len(seeds), dim], whatever else is in the batch.

        limit: the normal values are squeezed into plus or minus this, towards the middle of their Gaussian.
        """
        drawn = [self._drawn(1, torch.Generator().manual_seed(seed)) for seed in seeds]
        chosen, noise = (torch.cat(parts) for parts in zip(*drawn, strict=True))
        return self._at(chosen, squeezed(noise, limit))

    def _drawn(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Which Gaussian each draw is from, [n], and its standard normal values, [n, r]."""
        chosen = torch.multinomial(self.weights.double(), n, replacement=True, generator=rng)
        return chosen, torch.randn(n, self.factors.shape[2], generator=rng, dtype=torch.float64)

    def _at(self, chosen: Tensor, noise: Tensor) -> Tensor:
        # one by one: a product of many rows rounds otherwise than that of one
        spread = [self.factors[k].double() @ row for k, row in zip(chosen.tolist(), noise, strict=True)]
        return (self.means.double()[chosen] + torch.stack(spread)).float()


def squeezed(values: Tensor, limit: float) -> Tensor:
    """Standard normal values, mapped into plus or minus `limit` with their ranks kept.

    The map is that from N(0, 1) onto the normal distribution truncated at `limit`, by their distribution functions, so
    that values move smoothly as the limit does. An infinite limit changes nothing.
    """
    inside = torch.erf(torch.tensor(limit / 2**0.5, dtype=torch.float64))
    if inside >= 1:
        return values
    return torch.erfinv(torch.erf(values.double() / 2**0.5) * inside) * 2**0.5
