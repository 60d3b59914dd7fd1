"""The grids of the Codes page: each moves one code and keeps the rest."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import Codes
from ganlab.explore import code_words, codes
from ganlab.explore.axes import Axis
from ganlab.explore.grids import Grid
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.ui.codes.tables import show_tables
from ganlab.ui.grid import draw, show_grid
from ganlab.ui.views import View


def views(
    model: Model, loaded: Checkpoint, measured: Codes, reach: float, here: Point, seed: int
) -> Mapping[str, View]:
    """What can be shown of the model's codes, by title: of the point `here` on the stage, and of seeds from `seed` on.

    What is held at `here` is held in all.
    """
    latent = loaded.latent
    rows = replace(here, seed=seed)
    found: dict[str, View] = {}
    categories = code_words.categories(latent)
    for factor in categories:
        suffix = f" ({factor.name})" if len(categories) > 1 else ""
        found[f"One latent a row{suffix}"] = partial(_one_latent, model, loaded, measured, here, rows, factor.name)
        found[f"One label a row{suffix}"] = partial(_one_label, model, loaded, measured, rows, factor.name)
    first = categories[0].name if categories else ""
    for axis in codes.continuous(latent, reach):
        found[f"Sweep {axis.title}"] = partial(_sweep, model, loaded, measured, here, axis, first)
    return found | {"Measured": partial(show_tables, model, loaded, measured)}


def _one_latent(model: Model, loaded: Checkpoint, measured: Codes, here: Point, rows: Point, name: str) -> None:
    grid = codes.one_latent_a_row(loaded.latent, rows, name, stage=here)
    caption = f"Along a row only {name} changes. The first row is the latent on the stage, each other one a seed."
    _show(model, loaded, _headed(loaded, measured, grid, name, "heads"), f"{name}-one-latent-a-row", caption)


def _one_label(model: Model, loaded: Checkpoint, measured: Codes, rows: Point, name: str) -> None:
    grid = codes.one_label_a_row(loaded.latent, rows, name)
    caption = f"Every picture has a seed of its own; along a row {name} stays, and so should what it stands for."
    _show(model, loaded, _headed(loaded, measured, grid, name, "sides"), f"{name}-one-label-a-row", caption)


def _sweep(model: Model, loaded: Checkpoint, measured: Codes, here: Point, axis: Axis, name: str) -> None:
    grid = codes.sweep(loaded.latent, here, axis, name)
    rows = f"{name} from row to row, all else equal" if name else "another seed in every row"
    caption = f"Along a row only {axis.title} changes, from {axis.low:g} to {axis.high:g}; {rows}."
    if name:
        grid = _headed(loaded, measured, grid, name, "sides")
    _show(model, loaded, grid, f"{axis.name}-sweep", caption)


def _show(model: Model, loaded: Checkpoint, grid: Grid, name: str, caption: str) -> None:
    doubtful = any(map(code_words.tells_share, (*grid.heads, *grid.sides)))
    caption = f"{caption} {code_words.SHARES}" if doubtful else caption
    show_grid(model, loaded, grid, draw(model, loaded, grid), name=name, caption=caption)


def _headed(loaded: Checkpoint, measured: Codes, grid: Grid, name: str, side: str) -> Grid:
    """The grid with what each label was measured to draw beside the label."""
    titles = code_words.label_heads(loaded.latent, measured, name)
    heads, sides = (titles, grid.sides) if side == "heads" else (grid.heads, titles)
    return Grid(points=grid.points, heads=heads, sides=sides, columns=grid.columns)
