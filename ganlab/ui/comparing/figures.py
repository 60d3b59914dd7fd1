"""The chart of the Compare page as a figure for files, with whole legends."""

from collections.abc import Mapping

from ganlab.explore import curves
from ganlab.explore.curves import Curves
from ganlab.reports import panels
from ganlab.reports.drawings import Lines
from ganlab.ui.charts import unit_of
from ganlab.ui.comparing.controls import Look


def drawing(runs: Mapping[str, Curves], look: Look, *, points: int = curves.POINTS) -> Lines:
    """The chosen panels of the runs (legend name => curves), along the chosen axis and as smooth as on the screen.

    points: of a line, at most.
    """
    drawn = {name: run for name, run in runs.items() if run and look.axis in run.columns}
    logged = curves.panels([name for run in drawn.values() for name in run.quantities])
    unit, x_title = unit_of(look.axis, drawn, look.noun)
    half_life = look.smoothing * max((float(run.columns["step"].max()) for run in drawn.values()), default=0.0)
    how = panels.Look(
        axis=look.axis,
        unit=unit,
        half_life=lambda run: half_life,
        points=points,
        log_x="x" in look.log,
        log_y="y" in look.log,
    )
    shown = {title: names for title, names in logged.items() if title in look.panels}
    return Lines(panels=panels.panels(runs, shown, how), x_title=x_title, log_x=how.log_x)
