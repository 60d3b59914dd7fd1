"""A prior that fits an encoder: Gaussians in latent space, where images were."""

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
        chosen = torch.multinomial(self.weights.double(), n, replacement=True, generator=rng)
        noise = torch.randn(n, self.factors.shape[2], generator=rng, dtype=torch.float64)
        spread = torch.einsum("ndr,nr->nd", self.factors.double()[chosen], noise)
        return (self.means.double()[chosen] + spread).float()
