"""What seeds name where a model has a mixture of Gaussians: draws of it, against closed forms."""

import math

import pytest
import torch

from ganlab.latents import Category, Latent, Normal
from ganlab.mixture import Mixture

RNG = torch.Generator().manual_seed(5)
MIXTURE = Mixture(
    weights=torch.tensor([0.7, 0.3]),
    means=torch.tensor([[4.0, 0.0, -1.0], [-2.0, 1.0, 3.0]]),
    factors=torch.randn(2, 3, 2, generator=RNG),
)
BARE = Latent(factors=(Normal(name="z", size=3),))
LATENT = BARE.drawn_from(MIXTURE)


def test_a_seed_names_its_draw_in_any_batch() -> None:
    many = LATENT.from_seeds(range(40))
    for seed in (0, 17, 39):
        assert torch.equal(LATENT.from_seeds([seed])[0], many[seed])
    assert torch.equal(LATENT.from_seeds([9, 3]), many[[9, 3]])


def test_draws_have_the_mean_and_the_covariance_of_the_mixture() -> None:
    drawn = LATENT.from_seeds(range(20_000)).double()
    w, m, f = (part.double() for part in (MIXTURE.weights, MIXTURE.means, MIXTURE.factors))
    mean = w @ m
    second = torch.einsum("k,kij->ij", w, f @ f.transpose(1, 2) + torch.einsum("ki,kj->kij", m, m))
    torch.testing.assert_close(drawn.mean(0), mean, atol=0.1, rtol=0)
    torch.testing.assert_close(drawn.T.cov(), second - torch.outer(mean, mean), atol=0.3, rtol=0.03)


def test_truncation_goes_towards_the_middle_of_each_gaussian() -> None:
    near = LATENT.from_seeds(range(50), 1e-4)
    distances = torch.cdist(near, MIXTURE.means)
    assert distances.min(1).values.max() < 1e-2
    assert set(distances.argmin(1).tolist()) == {0, 1}
    assert torch.equal(LATENT.from_seeds(range(50), math.inf), LATENT.from_seeds(range(50)))
    with pytest.raises(ValueError, match="must be above 0"):
        LATENT.from_seeds([0], 0.0)


def test_the_plain_prior_is_the_factors_own() -> None:
    assert torch.equal(LATENT.plain.from_seeds(range(5), 0.5), BARE.from_seeds(range(5), 0.5))
    assert torch.equal(
        LATENT.sample(5, torch.Generator().manual_seed(0)), BARE.sample(5, torch.Generator().manual_seed(0))
    )
    assert LATENT.structure == BARE.structure
    assert LATENT.model_dump() == BARE.model_dump()


def test_labels_leave_no_room_for_a_mixture() -> None:
    labelled = Latent(factors=(Normal(name="z", size=1), Category(name="digit", labels=("3", "8"))))
    assert labelled.drawn_from(MIXTURE).mixture is None
