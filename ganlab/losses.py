"""Losses as pure functions of tensors. Each returns one number an example, [B], unless it says otherwise."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlab.devices import to_device, without_autocast
from ganlab.distributed import WHOLE, Part

Logits = Callable[[Tensor], Tensor]
"""Images [B, C, H, W] => logits [B]."""


class Adversarial(NamedTuple):
    """What the two players minimise, from the logits of a batch of real and of generated images."""

    discriminator: Callable[[Tensor, Tensor], Tensor]  # real logits [B], fake logits [B] => [B]
    generator: Callable[[Tensor, Tensor], Tensor]  # real logits [B], fake logits [B] => [B]
    paired: bool = False  # whether the generator's loss looks at the real logits
    odds: bool = False  # whether the sigmoid of a logit is the probability that the image is real


def nonsaturating_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """-log sigmoid(real) - log(1 - sigmoid(fake)) (Goodfellow et al. 2014)."""
    return F.softplus(-real) + F.softplus(fake)


def nonsaturating_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-log sigmoid(fake)."""
    return F.softplus(-fake)


def hinge_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """max(0, 1 - real) + max(0, 1 + fake) (Lim and Ye 2017)."""
    return F.relu(1 - real) + F.relu(1 + fake)


def wasserstein_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """fake - real (Arjovsky et al. 2017); only meaningful with a Lipschitz constraint."""
    return fake - real


def wasserstein_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-fake."""
    return -fake


def least_squares_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """((real - 1)^2 + fake^2) / 2 (Mao et al. 2017)."""
    return ((real - 1).square() + fake.square()) / 2


def least_squares_generator(real: Tensor, fake: Tensor) -> Tensor:
    """(fake - 1)^2 / 2."""
    return (fake - 1).square() / 2


def relativistic_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """-log sigmoid(real - fake) for paired examples (Jolicoeur-Martineau 2018, as in R3GAN)."""
    return F.softplus(fake - real)


def relativistic_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-log sigmoid(fake - real)."""
    return F.softplus(real - fake)


def gaussian_negative_log_likelihood(values: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """-log N(values; mean, exp(log_variance)), summed over the last dimension: [B, D] each => [B]."""
    squared = (values - mean).square() * (-log_variance).exp()
    return (squared + log_variance + math.log(2 * math.pi)).sum(1) / 2


def gaussian_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)) in nats, summed over the last dimension (Kingma and Welling 2014)."""
    return (mean.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2


def category_cross_entropy(logits: Tensor, onehot: Tensor) -> Tensor:
    """-log softmax(logits) of the category that is on: [B, D] each => [B]."""
    return -(onehot * logits.log_softmax(1)).sum(1)


def attribute_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy, the mean over the attributes: [B, D] each => [B]."""
    return F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(1)


def shared_information(one: Tensor, other: Tensor, part: Part = WHOLE) -> Tensor:
    """Mutual information in nats between the categories of paired examples, [B, K] probabilities each => scalar.

    Largest, at log K, when all categories are used equally, surely, and alike for both (Ji et al. 2019, equation 3).
    It is no mean over examples: the table is that of all processes' examples.
    """
    with without_autocast(one.device):  # the product's 8 bits would be all that the table has
        joint = part.processes.mean(one.float().t() @ other.float() / len(one))
    joint = ((joint + joint.t()) / 2).clamp_min(1e-9)
    rows, columns = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
    return (joint * (joint.log() - rows.log() - columns.log())).sum()


def zero_centred_penalty(logits: Logits, images: Tensor) -> Tensor:
    """Squared norm of the logits' gradient at `images`: R1 on real images, R2 on fakes (Mescheder et al. 2018)."""
    return _gradient_norm_squared(logits, images)


def wasserstein_penalty(logits: Logits, real: Tensor, fake: Tensor, rng: torch.Generator, part: Part = WHOLE) -> Tensor:
    """(|gradient| - 1)^2 at random points between real and fake images (Gulrajani et al. 2017).

    `part` of the step's batch they are, as for all that draws random numbers or looks at more than one image.
    """
    share = part.drawn(len(real), lambda count: torch.rand(count, 1, 1, 1, generator=rng))
    squared = _gradient_norm_squared(logits, torch.lerp(real, fake, to_device(share, real.device)))
    return ((squared + 1e-12).sqrt() - 1).square()  # the root of 0 has no gradient


def _gradient_norm_squared(logits: Logits, images: Tensor) -> Tensor:
    images = images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(logits(images).sum(), images, create_graph=True)
    return gradient.square().sum((1, 2, 3))


ADVERSARIAL: dict[str, Adversarial] = {
    "non-saturating": Adversarial(nonsaturating_discriminator, nonsaturating_generator, odds=True),
    "hinge": Adversarial(hinge_discriminator, wasserstein_generator),
    "least-squares": Adversarial(least_squares_discriminator, least_squares_generator),
    "wasserstein": Adversarial(wasserstein_discriminator, wasserstein_generator),
    "relativistic": Adversarial(relativistic_discriminator, relativistic_generator, paired=True),
}
