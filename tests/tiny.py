"""The recipe of the tests' models: enough training for blobs, in a few seconds."""

from ganlab.families import gan
from ganlab.recipes import Recipe
from ganlab.studies import Point, Study

TINY = Recipe(
    name="tiny",
    dataset="digits",
    steps=60,
    batch_size=32,
    ema_halflife=500,
    precision="float32",
    config=gan.Config(
        width=8,
        latent_size=16,
        generator_lr=2e-3,
        discriminator_lr=1e-3,
        beta1=0.0,
        beta2=0.9,
        augment="colour,translation,cutout",
    ),
)

SMALL = TINY.with_settings({"architecture": "mlp-funnel", "width": 4, "batch_size": 16, "augment": "none"})
"""Of nets whose samples take a tenth of the time, where the nets are no matter."""


def _point(name: str, net: str, latent: int, width: int, measured_at: tuple[int, ...], **reported: float) -> Point:
    made = {"name": f"small-{name}", "steps": 6, "batch_size": 16, "latent_size": latent, "width": width}
    return Point(
        recipe=TINY.with_settings(made | {"architecture": net}),
        settings={"net": net, "latent": latent, "hidden": width},
        reported={word.replace("_", " "): value for word, value in reported.items()},
        measured_at=measured_at,
    )


SMALL_STUDY = Study(
    title="Sizes of two nets",
    points=(
        *(
            _point(f"{latent}-{width}", "mlp-funnel", latent, width, (6,), fid=latent + width)
            for latent in (3, 5)
            for width in (4, 8)
        ),
        _point("mlp", "mlp", 5, 8, (3, 6), fid_at_3=30.5, fid_at_6=20.5),
    ),
)
"""Four of a grid and one beside it, of six steps each."""
