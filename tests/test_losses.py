"""Losses against formulas written out in float64, and penalties against critics whose gradient is known."""

import pytest
import torch
from sklearn.metrics import mutual_info_score
from torch import Tensor

from ganlab.losses import (
    ADVERSARIAL,
    attribute_cross_entropy,
    category_cross_entropy,
    gaussian_divergence,
    gaussian_negative_log_likelihood,
    shared_information,
    wasserstein_penalty,
    zero_centred_penalty,
)


def sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + (-x).exp())


EXPECTED = {  # name => discriminator's and generator's formula, as the papers write them
    "non-saturating": (lambda r, f: -sigmoid(r).log() - (1 - sigmoid(f)).log(), lambda r, f: -sigmoid(f).log()),
    "hinge": (lambda r, f: (1 - r).clamp_min(0) + (1 + f).clamp_min(0), lambda r, f: -f),
    "least-squares": (lambda r, f: 0.5 * (r - 1) ** 2 + 0.5 * f**2, lambda r, f: 0.5 * (f - 1) ** 2),
    "wasserstein": (lambda r, f: f - r, lambda r, f: -f),
    "relativistic": (lambda r, f: -sigmoid(r - f).log(), lambda r, f: -sigmoid(f - r).log()),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_matches_the_formula(name: str) -> None:
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, 100, generator=rng, dtype=torch.float64) * 3
    for loss, formula in zip(
        (ADVERSARIAL[name].discriminator, ADVERSARIAL[name].generator), EXPECTED[name], strict=True
    ):
        torch.testing.assert_close(loss(real.float(), fake.float()).double(), formula(real, fake), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_is_finite_for_extreme_logits(name: str) -> None:
    extreme = torch.tensor([-1e4, 1e4])
    for loss in ADVERSARIAL[name][:2]:
        real, fake = extreme.clone().requires_grad_(), extreme.flip(0).requires_grad_()
        value = loss(real, fake)
        value.sum().backward()
        assert value.isfinite().all()
        assert all(x.grad is None or x.grad.isfinite().all() for x in (real, fake))


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_says_rightly_whether_the_generator_looks_at_real_images(name: str) -> None:
    fake = torch.linspace(-2, 2, 5)
    one, other = (ADVERSARIAL[name].generator(torch.full((5,), real), fake) for real in (-1.0, 1.0))
    assert torch.equal(one, other) != ADVERSARIAL[name].paired


def test_zero_centred_penalty_of_a_linear_critic_is_its_squared_weight() -> None:
    weight, images = torch.randn(3, 4, 4, dtype=torch.float64), torch.randn(5, 3, 4, 4, dtype=torch.float64)
    penalty = zero_centred_penalty(lambda x: (x * weight).sum((1, 2, 3)), images)
    torch.testing.assert_close(penalty, weight.square().sum().expand(5))


def test_zero_centred_penalty_of_a_quadratic_critic_follows_each_image() -> None:
    images = torch.randn(5, 1, 4, 4, dtype=torch.float64)
    penalty = zero_centred_penalty(lambda x: x.square().sum((1, 2, 3)) / 2, images)  # its gradient is the image
    torch.testing.assert_close(penalty, images.square().sum((1, 2, 3)))


def test_wasserstein_penalty_of_a_linear_critic_is_the_distance_of_its_slope_from_one() -> None:
    weight, rng = torch.full((1, 4, 4), 0.5), torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, 5, 1, 4, 4)
    penalty = wasserstein_penalty(lambda x: (x * weight).sum((1, 2, 3)), real, fake, rng)
    torch.testing.assert_close(penalty, torch.full((5,), (2.0 - 1) ** 2))  # |weight| = 2


def test_wasserstein_penalty_looks_between_real_and_fake() -> None:
    """With real = 0 and fake = 1 everywhere the quadratic critic's slope is the share, times the root of 16 pixels."""
    rng, same = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
    real, fake = torch.zeros(50, 1, 4, 4), torch.ones(50, 1, 4, 4)
    penalty = wasserstein_penalty(lambda x: x.square().sum((1, 2, 3)) / 2, real, fake, rng)
    share = torch.rand(50, 1, 1, 1, generator=same).flatten()
    torch.testing.assert_close(penalty, (4 * share - 1).square())


def test_penalties_can_be_trained_on() -> None:
    weight = torch.tensor(2.0, requires_grad=True)
    zero_centred_penalty(lambda x: (weight * x).sum((1, 2, 3)), torch.zeros(1, 1, 2, 2)).sum().backward()
    assert weight.grad is not None
    torch.testing.assert_close(weight.grad, torch.tensor(16.0))  # d(4 w^2)/dw = 8 w


def test_gaussian_losses_are_those_of_torch_distributions() -> None:
    rng = torch.Generator().manual_seed(0)
    values, mean, log_variance = torch.randn(3, 50, 4, generator=rng, dtype=torch.float64)
    normal = torch.distributions.Normal(mean, (log_variance / 2).exp())
    torch.testing.assert_close(
        gaussian_negative_log_likelihood(values, mean, log_variance), -normal.log_prob(values).sum(1)
    )
    prior = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    torch.testing.assert_close(
        gaussian_divergence(mean, log_variance), torch.distributions.kl_divergence(normal, prior).sum(1)
    )


def test_cross_entropies_are_those_of_torch_distributions() -> None:
    rng = torch.Generator().manual_seed(0)
    logits = torch.randn(50, 4, generator=rng, dtype=torch.float64) * 3
    labels = torch.randint(4, (50,), generator=rng)
    onehot = torch.nn.functional.one_hot(labels, 4).double()
    expected = -torch.distributions.Categorical(logits=logits).log_prob(labels)
    torch.testing.assert_close(category_cross_entropy(logits, onehot), expected)
    flags = (torch.rand(50, 4, generator=rng) < 0.5).double()
    expected = -torch.distributions.Bernoulli(logits=logits).log_prob(flags).mean(1)
    torch.testing.assert_close(attribute_cross_entropy(logits, flags), expected)


def test_shared_information_is_that_of_the_joint_table() -> None:
    """Against scikit-learn's mutual information, on examples that are sure of their category."""
    rng = torch.Generator().manual_seed(0)
    one = torch.randint(5, (400,), generator=rng)
    other = torch.where(torch.rand(400, generator=rng) < 0.7, one, torch.randint(5, (400,), generator=rng))
    both_ways = torch.cat([one, other]).numpy(), torch.cat([other, one]).numpy()  # the loss is symmetric
    found = shared_information(*(torch.nn.functional.one_hot(x, 5).double() for x in (one, other)))
    assert found.item() == pytest.approx(mutual_info_score(*both_ways), abs=1e-6)
    uniform = torch.full((8, 5), 0.2)
    assert shared_information(uniform, uniform).item() == pytest.approx(0, abs=1e-6)
    collapsed = torch.eye(5)[torch.zeros(8, dtype=torch.long)]
    assert shared_information(collapsed, collapsed).item() == pytest.approx(0, abs=1e-6)


def test_shared_information_is_as_fine_where_the_nets_work_in_bfloat16() -> None:
    rng = torch.Generator().manual_seed(0)
    one, other = (torch.randn(2, 100, 10, generator=rng) * 3).softmax(2)
    expected = shared_information(one, other)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(shared_information(one, other), expected)
