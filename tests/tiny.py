"""The recipe of the tests' models: enough training for blobs, in a few seconds."""

from ganlab.families import gan
from ganlab.recipes import Recipe

TINY = Recipe(
    name="tiny",
    dataset="digits",
    steps=60,
    batch_size=32,
    ema_halflife=500,
    precision="float32",
    config=gan.Config(width=8, latent_size=16, generator_lr=2e-3, discriminator_lr=1e-3, beta1=0.0, beta2=0.9),
)
