"""Rendered faces with attributes: a VAE, a GAN, an ACGAN that toggles attributes, an InfoGAN that finds its own."""

from pydantic import BaseModel

from ganlab.families import acgan, gan, infogan, vae
from ganlab.recipes.recipe import Recipe
from ganlab.recipes.settings import SPECTRAL

SMALL_PLAYERS = {"width": 16, "latent_size": 64} | SPECTRAL
"""Of 128 px: half the channels on twice the maps' size cost what 64 px cost."""
PLAYERS = {"width": 32, "latent_size": 64} | SPECTRAL

AT_64 = (
    Recipe(
        name="faces-vae-64",
        family="vae",
        dataset="avatars",
        image_size=64,
        steps=12_000,
        batch_size=32,
        ema_halflife=20_000,
        lr_end=0,
        config=vae.Config(width=20, latent_size=128, lr=1e-3, kl_weight=5e-5),
    ),
    Recipe(
        name="faces-gan-64",
        dataset="avatars",
        image_size=64,
        steps=35_000,
        batch_size=32,
        ema_halflife=20_000,
        lr_end=0,
        config=gan.Config(
            architecture="upsampling",
            clusters=100,
            discriminator_width=32,
            **PLAYERS | {"width": 28, "generator_lr": 1e-3},
        ),
    ),
    Recipe(
        name="faces-acgan-64",
        family="acgan",
        dataset="avatars",
        image_size=64,
        steps=12_000,
        batch_size=32,
        ema_halflife=20_000,
        lr_end=0,
        config=acgan.Config(
            architecture="upsampling",
            discriminator_width=32,
            conditioning="projection",
            classifier_weight=2.0,
            classifier_real_weight=5.0,
            **PLAYERS | {"width": 28, "generator_lr": 1e-3},
        ),
    ),
    Recipe(
        name="faces-infogan-64",
        family="infogan",
        dataset="avatars",
        image_size=64,
        steps=12_000,
        batch_size=32,
        ema_halflife=20_000,
        lr_end=0,
        config=infogan.Config(
            architecture="upsampling",
            discriminator_width=32,
            categories=7,
            continuous=0,
            consistency_weight=0.5,
            **PLAYERS | {"width": 28, "generator_lr": 1e-3},
        ),
    ),
)

LARGER = {
    "faces-gan-64": gan.Config(**SMALL_PLAYERS),
    "faces-vae-64": vae.Config(width=12, latent_size=128, lr=1e-3, kl_weight=5e-5),
}
"""The nets of 128 px, by the recipe of 64 px that is theirs besides."""


def _of_size(recipe: Recipe, size: int, config: BaseModel) -> Recipe:
    """The recipe with other nets, for images of another size, pixels."""
    name = f"{recipe.name.removesuffix(f'-{recipe.image_size}')}-{size}"
    return recipe.model_copy(update={"name": name, "image_size": size, "config": config})


FACES = (
    *AT_64,
    *(_of_size(recipe, 128, LARGER[recipe.name]) for recipe in AT_64 if recipe.name in LARGER),
)
