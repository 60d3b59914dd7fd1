"""Fitting a mixture prior to what an encoder makes of training images (Ghosh et al. 2020, ex-post density)."""

import numpy as np
import torch
from torch import Tensor

from ganlab.mixture import Mixture

MOST_DIMENSIONS = 48  # main components in which it is fitted: full covariances of more need more images
MOST_COMPONENTS = 100  # Gaussians of the mixture that a checkpoint carries
IMAGES_A_COMPONENT = 200  # or fewer Gaussians
MOST_IMAGES = 20_000  # training images that it is fitted to


def components_for(images: int) -> int:
    """Gaussians of a mixture that is fitted to so many images."""
    return max(1, min(MOST_COMPONENTS, images // IMAGES_A_COMPONENT))


def fit_mixture(latents: Tensor, *, components: int, seed: int) -> Mixture:
    """Fit Gaussians with full covariances to latents [N, dim], in at most 48 main components.

    ValueError when there are fewer latents than Gaussians.
    """
    if len(latents) < components:
        raise ValueError(f"{components} Gaussians need as many images; there are {len(latents)}")
    # Here, not above: machines that only train have neither scipy nor scikit-learn.
    from sklearn.decomposition import PCA
    from sklearn.mixture import GaussianMixture

    values = latents.double().numpy()
    reduced = PCA(min(MOST_DIMENSIONS, *values.shape), svd_solver="full").fit(values)
    fitted = GaussianMixture(components, reg_covar=1e-4, random_state=seed, max_iter=100).fit(reduced.transform(values))
    factors = reduced.components_.T @ np.linalg.cholesky(fitted.covariances_)
    return Mixture(
        weights=torch.from_numpy(fitted.weights_).float(),
        means=torch.from_numpy(reduced.inverse_transform(fitted.means_)).float(),
        factors=torch.from_numpy(np.ascontiguousarray(factors)).half().float(),  # as files hold them
    )
