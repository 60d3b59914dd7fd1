"""The tables of the Compare page: settings that differ, and final metrics."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ganlab.explore import comparison, settings, summary
from ganlab.explore.comparison import Entry
from ganlab.metrics import METRICS
from ganlab.ui import cache, charts
from ganlab.ui.choose import cannot_be_read
from ganlab.ui.markdown import escaped

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

NAME, REAL = "Name", "real test images"


def settings_table(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """Settings that differ, a row an entry."""
    st.subheader("Settings that differ", anchor=False)
    shown = [i for i, entry in enumerate(entries) if entry.recipe]
    table = comparison.differing_settings(entries)
    if not table:
        st.caption(
            "Choose a second run." if len(entries) < 2 else "None: the recipes are the same but for their names."
        )
        return
    rows = {name: ["" if row[i] is None else str(row[i]) for i in shown] for name, row in table.items()}
    columns = {
        name: st.column_config.Column(settings.title(name), help=comparison.describe_setting(entries, name))
        for name in table
    }
    st.dataframe(_coloured(rows, names, shown), column_config=columns, hide_index=True)


def results_table(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """Final metrics, a row an entry, the best of each in bold."""
    st.subheader("Results", anchor=False)
    table = comparison.metrics_table(entries)
    if not table:
        st.caption("Nothing has been measured yet: the first snapshot of a run brings the first metrics.")
        return
    shown = [i for i, entry in enumerate(entries) if entry.metrics]
    rows: dict[str, list[object]] = {"Step": [entries[i].step for i in shown]}
    rows |= {name: [row[i] for i in shown] for name, row in table.items()}
    if floor := comparison.floor(entries):
        rows = {name: [*row, floor.get(name)] for name, row in rows.items()}
    styled = _coloured(rows, names, shown, last=REAL if floor else "")
    styled = styled.format(_number, na_rep="", subset=["Step", *table])
    best = {name: comparison.best(name, entries) for name in table}
    for name, value in best.items():
        if value is not None:
            styled = styled.map(_bold_if(value), subset=[name])
    columns = {
        name: st.column_config.Column(
            f"{METRICS[name].title} {summary.ARROWS[METRICS[name].lower_is_better]}".rstrip(),
            help=summary.explained(name),
        )
        for name in table
    }
    st.dataframe(styled, column_config=columns, hide_index=True, placeholder="")
    if any(value is not None for value in best.values()):
        st.caption("The better value of each metric is bold. Frechet falls a little with the number of samples.")
    if len(data := comparison.data_of([entries[i] for i in shown])) > 1:
        names_of_data = escaped(", ".join(data))
        st.caption(
            f":material/info: Measured on different data ({names_of_data}). Frechet and other distances compare with "
            "the images that a model learnt from, so they cannot be held against each other here."
        )


def costs_table(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """What a picture costs each model that can be drawn with, a row an entry; counted when it is asked for."""
    drawn = [(i, entry.source.model) for i, entry in enumerate(entries) if entry.source.model and not entry.problems]
    if not drawn or not st.toggle("What a picture costs", key="costs", bind="query-params", persist_state="session"):
        return
    costs, counted = [], []
    for i, model in drawn:
        try:
            costs.append(cache.cost(model.path))
        except ValueError as error:  # a good header over weights that cannot be used
            cannot_be_read(str(error))
        else:
            counted.append(i)
    rows: dict[str, list[object]] = {
        "Parameters": [f"{cost.parameters:,}" for cost in costs],
        "Operations": [f"{cost.operations / 1e6:.1f} million" for cost in costs],
        "Time here": [f"{cost.milliseconds:.2f} ms" for cost in costs],
    }
    st.dataframe(_coloured(rows, names, counted), hide_index=True)
    st.caption("Of the generator. A multiplication and an addition are two operations; time is in batches of 64.")


def _coloured(
    columns: Mapping[str, Sequence[object]], names: Sequence[str], shown: Sequence[int], *, last: str = ""
) -> "Styler":
    """A table of the entries `shown`, with their names first, each in the colour of its curves, and a `last` row."""
    import pandas as pd  # here, not above: .3 s that a page's pictures need not wait

    colours = charts.colours(len(names), st.context.theme.type == "dark")
    named = [names[i] for i in shown] + [last] * bool(last)
    styles = [f"color: {colours[i]}; font-weight: bold" for i in shown] + [""] * bool(last)
    return pd.DataFrame({NAME: named, **columns}, dtype=object).style.apply(lambda _: styles, subset=[NAME])


def _bold_if(best: float) -> Callable[[float], str]:
    return lambda cell: "font-weight: bold" if cell == best else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.4g}"
