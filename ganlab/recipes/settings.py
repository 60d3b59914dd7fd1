"""Settings of the two players that several recipes share."""

SPECTRAL = {
    "adversarial": "hinge",
    "discriminator_norm": "spectral",
    "generator_lr": 3e-4,
    "discriminator_lr": 4e-4,
    "beta1": 0.0,
    "beta2": 0.9,
}
"""Spectral norm, hinge loss, and a discriminator that learns faster (Miyato et al. and Heusel et al. 2018).

The way from 4x4 maps, and for a projected condition: with batch norm and a generator that learns faster both collapse.
"""
