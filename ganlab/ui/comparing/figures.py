"""The chart of the Compare page as a figure for files, with whole legends."""

from collections.abc import Mapping

from ganlab.explore import curves
from ganlab.explore.curves import Curves
from ganlab.reports.drawings import Dash, Line, Lines, Panel
from ganlab.ui.charts import Y_TITLES, unit_of
from ganlab.ui.comparing.controls import Look

DASHES: tuple[Dash, ...] = ("solid", "dash", "dot")


def drawing(runs: Mapping[str, Curves], look: Look) -> Lines:
    """The chosen panels of the runs (legend name => curves), along the chosen axis and as smooth as on the screen."""
    drawn = {name: run for name, run in runs.items() if run and look.axis in run.columns}
    logged = curves.panels([name for run in drawn.values() for name in run.quantities])
    unit, x_title = unit_of(look.axis, drawn)
    half_life = look.smoothing * max((float(run.columns["step"].max()) for run in drawn.values()), default=0.0)
    numbers = {name: number for number, name in enumerate(runs)}
    panels = []
    for title, quantities in logged.items():
        if title not in look.panels:
            continue
        lines = []
        for name, run in drawn.items():
            for quantity, dash in zip(quantities, _dashes(len(quantities)), strict=True):
                if quantity in run.columns:
                    x, y = curves.line(run, quantity, axis=look.axis, half_life=half_life, log_x="x" in look.log)
                    words = curves.describe_quantity(quantity).title if len(quantities) > 1 else ""
                    lines.append(Line(label=name, detail=words, x=x / unit, y=y, colour=numbers[name], dash=dash))
        outputs = title == curves.OUTPUTS
        panels.append(
            Panel(
                title=title,
                y_title=Y_TITLES.get(title, "value"),
                lines=tuple(lines),
                level=0.5 if outputs else None,
                y_range=(-0.02, 1.02) if outputs and "y" not in look.log else None,
            )
        )
    return Lines(panels=tuple(panels), x_title=x_title, log_x="x" in look.log, log_y="y" in look.log)


def _dashes(count: int) -> list[Dash]:
    return [DASHES[i % len(DASHES)] for i in range(count)]
