"""The course reports' own settings, one recipe for each system that they describe; ours do the same task better.

Steps are the reports' epochs times images by batch. Where a report does not say, the field's usual choice stands:
the non-saturating loss (cross-entropy), DCGAN's widths, its batch norm in both players and Adam with beta1 0.5, no
average of the weights. The reports' faces and scenes are other images than ours: the number of epochs or steps is kept.
"""

from typing import Any

from ganlab.families import acgan, cgan, gan, infogan, vae
from ganlab.recipes.recipe import Recipe

PLAIN: dict[str, Any] = {"adversarial": "non-saturating", "discriminator_norm": "batch", "width": 64}

FACES: dict[str, Any] = {
    "architecture": "two-branch",
    "width": 64,
    "latent_size": 256,
    "head_hidden": 64,
    "adversarial": "non-saturating",
    "discriminator_norm": "none",
    "discriminator_optimizer": "rmsprop",
}
"""Report B's two players; its discriminator has no batch norm."""


def _digits(name: str, size: int, steps: int, batch_size: int, config: gan.Config | infogan.Config) -> Recipe:
    return Recipe(
        name=f"{name}-replica",
        family="infogan" if isinstance(config, infogan.Config) else "gan",
        dataset="mnist",
        image_size=size,
        steps=steps,
        batch_size=batch_size,
        ema_halflife=0,
        config=config,
    )


def _equal_rates(lr: float) -> dict[str, float]:
    return {"generator_lr": lr, "discriminator_lr": lr}


REPORT_A = (
    # 40 epochs of 60,000 images at batch 512
    _digits("mnist-dcgan-64", 64, 4_688, 512, gan.Config(latent_size=100, **PLAIN, **_equal_rates(1e-4))),
    # 40 epochs at batch 128
    _digits("mnist-dcgan-28", 28, 18_750, 128, gan.Config(latent_size=100, **PLAIN, **_equal_rates(1e-4))),
    # 200 epochs at batch 128; with these widths it has half the parameters of the 64 px net, as the report says of it
    _digits(
        "mnist-mlp-28",
        28,
        93_750,
        128,
        gan.Config(
            architecture="mlp",
            width=256,
            latent_size=100,
            adversarial="non-saturating",
            discriminator_norm="none",
            **_equal_rates(2e-4),
        ),
    ),
    # stopped in epoch 22 of 100 at batch 64; as in the paper's code, Q learns in the generator's step
    _digits(
        "mnist-infogan-64",
        64,
        20_625,
        64,
        infogan.Config(
            latent_size=30,
            categories=10,
            continuous=2,
            continuous_weight=0.1,
            information_trains_trunk=False,
            generator_lr=1e-3,
            discriminator_lr=5e-5,
            **PLAIN,
        ),
    ),
)

REPORT_B = (
    # 500 epochs of 18,000 images at batch 200; the report lists no layers, these are DCGAN's
    Recipe(
        name="faces-vae-64-replica",
        family="vae",
        dataset="avatars",
        image_size=64,
        steps=45_000,
        batch_size=200,
        ema_halflife=0,
        lr_decay=0.9,
        lr_decay_every=4_000,
        config=vae.Config(latent_size=1024, width=64, kl_weight=5e-5, lr=2e-4),
    ),
    Recipe(
        name="faces-gan-64-replica",
        dataset="avatars",
        image_size=64,
        steps=100_000,
        batch_size=200,
        ema_halflife=0,
        config=gan.Config(discriminator_lr=1e-4, generator_lr=5e-5, **FACES),
    ),
    Recipe(
        name="faces-acgan-64-replica",
        family="acgan",
        dataset="avatars",
        image_size=64,
        steps=100_000,
        batch_size=200,
        ema_halflife=0,
        config=acgan.Config(
            condition_on="smile",
            classifier_lr=1e-4,
            classifier_learns_from="both",
            discriminator_lr=5e-5,
            generator_lr=1e-4,
            **FACES,
        ),
    ),
    # the codes enter as one-hot vectors: embeddings of them collapsed in the report
    Recipe(
        name="faces-infogan-64-replica",
        family="infogan",
        dataset="avatars",
        image_size=64,
        steps=70_000,
        batch_size=200,
        ema_halflife=0,
        config=infogan.Config(
            categories=7,
            continuous=0,
            recognizer_hidden=64,
            recognizer_lr=1e-4,
            information_trains_trunk=False,
            discriminator_lr=5e-5,
            generator_lr=1e-4,
            **FACES,
        ),
    ),
)

REPORT_C = (
    # 80 epochs of 60,000 images at batch 64; the trunk has 8,192 features, as in the report
    _digits(
        "mnist-infogan-64-z54",
        64,
        75_000,
        64,
        infogan.Config(
            latent_size=54,
            categories=10,
            continuous=0,
            adversarial_weight=10.0,
            category_weight=100.0,
            information_trains_trunk=False,
            generator_lr=1e-3,
            discriminator_lr=1e-4,
            **PLAIN,
        ),
    ),
)

REPORT_D = (
    # the best by its FID of the report's nine; `study sizes-replica` trains all of them
    _digits(
        "mnist-dcgan-32",
        32,
        5_000,
        64,
        gan.Config(latent_size=16, **PLAIN | {"width": 100}, **_equal_rates(2e-4)),
    ),
    # its FID was measured at 5,000 steps, too
    _digits(
        "mnist-mlp-32",
        32,
        10_000,
        64,
        gan.Config(
            architecture="mlp-funnel",
            width=100,
            latent_size=100,
            adversarial="non-saturating",
            discriminator_norm="none",
            **_equal_rates(2e-4),
        ),
    ),
)

# 300 epochs of our 16,209 training images at batch 64; the report also trained on those that we keep for testing
SCENES: dict[str, Any] = {
    "dataset": "iclevr",
    "image_size": 64,
    "steps": 75_980,
    "batch_size": 64,
    "ema_halflife": 0,
}
SCENE_PLAYERS = PLAIN | {"latent_size": 100, "generator_lr": 4e-4, "discriminator_lr": 1e-4, "beta1": 0.5}

REPORT_E = (
    # The report makes maps of the condition and flattens them before the linear layer. Both steps are linear, so that
    # the linear layer of `embedding` alone can do the same.
    Recipe(
        name="iclevr-cgan-64-replica",
        family="cgan",
        config=cgan.Config(conditioning="canvas", embedding=100, **SCENE_PLAYERS),
        **SCENES,
    ),
    Recipe(
        name="iclevr-acgan-64-replica",
        family="acgan",
        config=acgan.Config(
            condition_maps=True,
            classifier_learns_from="both",
            discriminator_dropout=0.5,
            **SCENE_PLAYERS,
        ),
        **SCENES,
    ),
)

REPLICAS = (*REPORT_A, *REPORT_B, *REPORT_C, *REPORT_D, *REPORT_E)
