"""What a study is: recipes, what each of them stands for, and what a report says of it."""

from dataclasses import dataclass, field

from ganlab.recipes import Recipe

Value = str | int | float | bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One run of a study."""

    recipe: Recipe  # its name is that of the run
    settings: dict[str, Value]  # what is varied, in the report's words
    reported: dict[str, Value] = field(default_factory=dict)  # the report's own outcome
    measured_at: tuple[int, ...]  # steps; each must be one at which a snapshot is drawn


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """Recipes that are compared with each other."""

    title: str
    points: tuple[Point, ...]
    snapshots: int = 0  # of each run; 0: as many as any run has
    fully: bool = True  # whether points are measured on as many samples as checkpoints, or as snapshots
    curve_points: int = 100  # that are kept of each curve
    sheet_tiles: int = 0  # samples of each run that are kept as a picture
