"""The studies of reports A, C and D, on MNIST: with the reports' own settings, and with ours.

Report D varies the sizes of a DCGAN. Report A lists 20 settings and whether digits appeared: a benchmark of stability,
in which ours gets the report's latent size, batch, number of images and learning rate, and must draw digits in all.
What the codes of reports A and C come to stand for is partly luck: both InfoGANs are trained from several seeds.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from ganlab.families import gan
from ganlab.recipes import RECIPES, Recipe
from ganlab.studies.study import Point, Study

TRAIN_IMAGES = 60_000
CUT_EPOCHS = 30
"""Passes over the images of every run of a cut study: 1.8 million; report A's settings have 40, and four 200."""
CUT_NET = "mnist-dcgan-28"
CUT_SETTINGS: dict[str, Any] = {"width": 16, "lr_end": 1}
"""The net of all runs of a cut study, some ten minutes of a processor each; its rate stays, as the report's does."""
CUT_OURS: dict[str, Any] = {"initial_weights": "small"}
CUT_RATIO = 5
"""The generator's rate by the discriminator's, with our settings; the report has one rate for both."""

REPORTED_FID = {  # by latent size and hidden size, after 5,000 steps; the report does not name its extractor
    (16, 16): 64.82,
    (16, 64): 42.66,
    (16, 100): 29.36,
    (64, 16): 69.86,
    (64, 64): 41.86,
    (64, 100): 38.85,
    (100, 16): 84.02,
    (100, 64): 36.82,
    (100, 100): 50.46,
}
REPORTED_MLP_FID = {5_000: 138.5, 10_000: 118.0}  # by steps


class Tried(NamedTuple):
    """A setting of report A."""

    latent_size: int
    epochs: int
    batch_size: int
    lr: float
    digits: bool  # whether digits appeared


TRIED = {
    "mnist-dcgan-64": (
        Tried(100, 40, 512, 2e-4, False),
        Tried(100, 40, 128, 2e-4, False),
        Tried(100, 40, 512, 1e-4, True),
        Tried(100, 40, 128, 1e-4, False),
        Tried(200, 40, 512, 1e-4, False),
        Tried(200, 40, 512, 5e-5, False),
        Tried(200, 40, 512, 1e-5, False),
        Tried(100, 40, 512, 1e-5, False),
    ),
    "mnist-dcgan-28": (
        Tried(100, 40, 512, 1e-4, True),
        Tried(200, 40, 512, 1e-4, True),
        Tried(100, 40, 128, 1e-4, True),
        Tried(100, 40, 128, 1e-5, False),
    ),
    "mnist-mlp-28": (
        Tried(100, 40, 128, 1e-4, False),
        Tried(100, 40, 128, 1e-5, False),
        Tried(100, 40, 512, 1e-4, False),
        Tried(100, 40, 512, 1e-5, False),
        Tried(100, 200, 128, 1e-4, True),
        Tried(100, 200, 128, 2e-4, True),
        Tried(100, 200, 64, 2e-4, True),
        Tried(200, 200, 64, 2e-4, True),
    ),
}


WITHOUT_CLUSTERS = Recipe(
    name="mnist-dcgan-32",
    image_size=32,
    ema_halflife=20_000,
    lr_end=0,
    config=gan.Config(
        hidden=256,
        hidden_layers=3,
        smallest_map=8,
        discriminator_hidden=512,
        adversarial="non-saturating",
        discriminator_norm="batch",
        generator_lr=1e-3,
        discriminator_lr=2e-4,
        beta2=0.99,
    ),
)
MLP_WITHOUT_CLUSTERS = RECIPES["mnist-mlp-32"].with_settings(
    {
        "steps": 10_000,
        "clusters": 0,
        "discriminator_width": 128,
        "penalty_weight": 1.0,
        "discriminator_lr": 5e-4,
    }
)
SIZED = {"": WITHOUT_CLUSTERS, "-replica": RECIPES["mnist-dcgan-32-replica"]}
"""The nets of `sizes`: a latent that is all noise, as the report's, which the recipes of these names no longer have."""
SIZED_MLP = {"": MLP_WITHOUT_CLUSTERS, "-replica": RECIPES["mnist-mlp-32-replica"]}


def _size(suffix: str, latent_size: int, hidden: int) -> Point:
    settings = {"latent_size": latent_size, "width": hidden, "steps": 5_000, "batch_size": 64}
    name = f"sizes{suffix}-dcgan-{latent_size}-{hidden}"
    return Point(
        recipe=SIZED[suffix].with_settings(settings | {"name": name}),
        settings={"net": "dcgan", "latent": latent_size, "hidden": hidden},
        reported={"fid": REPORTED_FID[latent_size, hidden]},
        measured_at=(5_000,),
    )


def _mlp(suffix: str) -> Point:
    return Point(
        recipe=SIZED_MLP[suffix],
        settings={"net": "mlp", "latent": 100, "hidden": 100},
        reported={f"fid at {steps}": fid for steps, fid in REPORTED_MLP_FID.items()},
        measured_at=tuple(REPORTED_MLP_FID),
    )


def _tried(suffix: str, base: str, number: int, tried: Tried) -> Point:
    recipe = RECIPES[f"{base}{suffix}"]
    # The learning rate is the discriminator's; each recipe keeps its own ratio between the two players.
    rates: Any = recipe.config
    return _settled(
        tried,
        base,
        recipe.with_settings(
            {
                "name": f"stability{suffix}-{base.removeprefix('mnist-')}-{number:02}",
                "latent_size": tried.latent_size,
                "steps": round(tried.epochs * TRAIN_IMAGES / tried.batch_size),
                "batch_size": tried.batch_size,
                "discriminator_lr": tried.lr,
                "generator_lr": tried.lr * rates.generator_lr / rates.discriminator_lr,
            }
        ),
    )


def _cut(suffix: str, base: str, number: int, tried: Tried) -> Point:
    """One small net for all, so that settings may be alike; the seed is the setting's number."""
    return _settled(
        tried,
        base,
        RECIPES[f"{CUT_NET}{suffix}"].with_settings(
            CUT_SETTINGS
            | ({} if suffix else CUT_OURS)
            | {
                "name": f"stability-cut{suffix}-{base.removeprefix('mnist-')}-{number:02}",
                "seed": number,
                "latent_size": tried.latent_size,
                "steps": round(CUT_EPOCHS * TRAIN_IMAGES / tried.batch_size),
                "batch_size": tried.batch_size,
                "discriminator_lr": tried.lr,
                "generator_lr": tried.lr if suffix else CUT_RATIO * tried.lr,
            }
        ),
    )


def _settled(tried: Tried, base: str, recipe: Recipe) -> Point:
    return Point(
        recipe=recipe,
        settings={
            "net": base.removeprefix("mnist-"),
            "latent": tried.latent_size,
            "epochs": tried.epochs,
            "batch": tried.batch_size,
            "learning rate": tried.lr,
        },
        reported={"digits": tried.digits},
        measured_at=(recipe.steps,),
    )


def _sizes(suffix: str, who: str) -> Study:
    return Study(
        title=f"Report D: nine sizes of a DCGAN and an MLP at 32 px, {who} settings",
        points=(*(_size(suffix, latent, hidden) for latent, hidden in REPORTED_FID), _mlp(suffix)),
    )


def _seeded(base: str, seed: int) -> Point:
    recipe = RECIPES[base]
    sizes: Any = recipe.config
    made = recipe.with_settings({"name": f"{base}-seed{seed}", "seed": seed}) if seed else recipe
    return Point(recipe=made, settings={"noise": sizes.latent_size, "seed": seed}, measured_at=(made.steps,))


def _stability(suffix: str, who: str) -> Study:
    return Study(
        title=f"Report A: 20 settings, and whether digits appear; {who} settings for the rest",
        points=_all_tried(suffix, _tried),
    )


def _stability_cut(suffix: str, who: str) -> Study:
    return Study(
        title=(
            f"Report A: latent, batch and rate of its 20 settings with one small net and {CUT_EPOCHS} epochs, and "
            f"whether digits appear; {who} settings for the rest"
        ),
        points=_all_tried(suffix, _cut),
        snapshots=5,
        fully=False,
        curve_points=25,
        sheet_tiles=10,
    )


def _all_tried(suffix: str, point: Callable[[str, str, int, Tried], Point]) -> tuple[Point, ...]:
    rows = [(base, tried) for base, several in TRIED.items() for tried in several]
    return tuple(point(suffix, base, number, tried) for number, (base, tried) in enumerate(rows, 1))


SEEDED = {"mnist-infogan-64": 5, "mnist-infogan-64-z54": 3}
"""From how many seeds each InfoGAN is trained."""

SIZES = _sizes("", "our")
SIZES_REPLICA = _sizes("-replica", "the report's")
SEEDS = Study(
    title="Reports A and C: what c1 names of real test digits, InfoGANs with and without continuous codes",
    points=tuple(_seeded(base, seed) for base, seeds in SEEDED.items() for seed in range(seeds)),
)
STABILITY = _stability("", "our")
STABILITY_REPLICA = _stability("-replica", "the report's")
STABILITY_CUT = _stability_cut("", "our")
STABILITY_CUT_REPLICA = _stability_cut("-replica", "the report's")
