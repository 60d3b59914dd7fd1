"""Losses as pure functions of tensors. Each returns one number an example, [B], unless it says otherwise."""

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

Logits = Callable[[Tensor], Tensor]
"""Images [B, C, H, W] => logits [B]."""


class Adversarial(NamedTuple):
    """What the two players minimise, from the logits of a batch of real and of generated images."""

    discriminator: Callable[[Tensor, Tensor], Tensor]  # real logits [B], fake logits [B] => [B]
    generator: Callable[[Tensor, Tensor], Tensor]  # real logits [B], fake logits [B] => [B]
    paired: bool = False  # whether the generator's loss looks at the real logits


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


def zero_centred_penalty(logits: Logits, images: Tensor) -> Tensor:
    """Squared norm of the logits' gradient at `images`: R1 on real images, R2 on fakes (Mescheder et al. 2018)."""
    return _gradient_norm_squared(logits, images)


def wasserstein_penalty(logits: Logits, real: Tensor, fake: Tensor, rng: torch.Generator) -> Tensor:
    """(|gradient| - 1)^2 at random points between real and fake images (Gulrajani et al. 2017)."""
    share = torch.rand(len(real), 1, 1, 1, generator=rng, device=real.device)
    squared = _gradient_norm_squared(logits, torch.lerp(real, fake, share))
    return ((squared + 1e-12).sqrt() - 1).square()  # the root of 0 has no gradient


def _gradient_norm_squared(logits: Logits, images: Tensor) -> Tensor:
    images = images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(logits(images).sum(), images, create_graph=True)
    return gradient.square().sum((1, 2, 3))


ADVERSARIAL: dict[str, Adversarial] = {
    "non-saturating": Adversarial(nonsaturating_discriminator, nonsaturating_generator),
    "hinge": Adversarial(hinge_discriminator, wasserstein_generator),
    "least-squares": Adversarial(least_squares_discriminator, least_squares_generator),
    "wasserstein": Adversarial(wasserstein_discriminator, wasserstein_generator),
    "relativistic": Adversarial(relativistic_discriminator, relativistic_generator, paired=True),
}
