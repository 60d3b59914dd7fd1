"""The ring and the grid that papers on mode collapse measure themselves with: their settings, and ours.

The settings are those of the authors' own programs, as far as recipes can say them: Unrolled GAN (Metz et al. 2017,
github.com/poolio/unrolled_gan) and PacGAN (Lin et al. 2018, github.com/fjxmlzn/PacGAN, synthetic_data_experiments).
Recipes know neither unrolled steps nor packs, so that both are the plain GAN that the papers set out from. Their points
are 20,000 and lie on the plane of all points here, those of PacGAN are 100,000 and lie on a ring of radius 1 and on a
grid from -4 to 4. Unrolled GAN has tanh where nets have ReLU here. PacGAN has four layers of 400 units and batch norm
in the generator; here they are 400, 400, 256 and 256 without. Its discriminator has maxout of five pieces; here it is
leaky ReLU. VEEGAN (Srivastava et al. 2017) needs a third net, which recipes do not know either.
"""

from dataclasses import dataclass
from typing import Any

from ganlab.data.points import NARROW_GRID, NARROW_RING
from ganlab.recipes import RECIPES
from ganlab.studies.study import Point, Study

SEEDS = range(3)
CUT_SEEDS, CUT_STEPS = range(2), 3_000
"""The cut study: half a minute of one core a run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """Whose settings they are, and what they set."""

    title: str
    recipe: str  # whose other settings hold
    settings: dict[str, Any]
    steps: int
    datasets: tuple[str, ...] = (NARROW_RING, NARROW_GRID)


SETTINGS = {
    "unrolled": Setting(
        title="Unrolled GAN, 0 steps unrolled",
        recipe="ring-8-gan-non-saturating",
        settings={
            "latent_size": 256,
            "width": 128,
            "batch_size": 512,
            "generator_lr": 1e-3,
            "discriminator_lr": 1e-4,
            "beta1": 0.5,
            "beta2": 0.999,
            "ema_halflife": 0,
            "lr_end": 1.0,
        },
        steps=25_000,
        datasets=(NARROW_RING,),
    ),
    "pacgan": Setting(
        title="PacGAN, 1 point a pack",
        recipe="ring-8-gan-non-saturating",
        settings={
            "latent_size": 2,
            "width": 256,
            "hidden": 400,
            "hidden_layers": 2,
            "discriminator_width": 200,
            "discriminator_hidden": 200,
            "batch_size": 100,
            "generator_lr": 1e-4,
            "discriminator_lr": 1e-4,
            "beta1": 0.8,
            "beta2": 0.999,
            "ema_halflife": 0,
            "lr_end": 1.0,
        },
        steps=400_000,
    ),
    "ours": Setting(title="ours", recipe="ring-8-gan", settings={}, steps=10_000),
}


def _points(prefix: str, seeds: range, steps: int | None = None) -> tuple[Point, ...]:
    return tuple(
        _point(f"{prefix}-{name}-{dataset}-{seed}", setting, dataset, seed, steps or setting.steps)
        for name, setting in SETTINGS.items()
        for dataset in setting.datasets
        for seed in seeds
    )


def _point(name: str, setting: Setting, dataset: str, seed: int, steps: int) -> Point:
    own = {"name": name, "dataset": dataset, "seed": seed, "steps": steps}
    return Point(
        recipe=RECIPES[setting.recipe].with_settings(setting.settings | own),
        settings={"setting": setting.title, "points": dataset, "seed": seed},
        measured_at=(steps,),
    )


POINTS = Study(title="Ring and grid: settings of papers on mode collapse, and ours", points=_points("points", SEEDS))
POINTS_CUT = Study(
    title=f"Ring and grid, {CUT_STEPS:,} steps of each run: settings of papers on mode collapse, and ours",
    points=_points("points-cut", CUT_SEEDS, CUT_STEPS),
    snapshots=5,
    curve_points=25,
)
