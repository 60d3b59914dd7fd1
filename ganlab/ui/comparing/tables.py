"""The tables of the Compare page: settings that differ, and final metrics."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from ganlab.counting import number
from ganlab.explore import differences, seeds, settings, summary
from ganlab.explore.comparison import Entry
from ganlab.explore.seeds import told
from ganlab.lessons import RESULTS
from ganlab.metrics import FLOOR, METRICS
from ganlab.metrics.intervals import WAYS
from ganlab.metrics.outcome import in_full
from ganlab.ui import cache, charts
from ganlab.ui.choose import cannot_be_read
from ganlab.ui.markdown import escaped
from ganlab.ui.shell import lesson_link

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

NAME = "Name"
LETTER_PX, PADDING_PX, WIDEST_PX = 6.8, 20, 360  # of a column of names in bold, which Streamlit measures as if thin


def settings_table(entries: Sequence[Entry], names: Sequence[str], hues: Sequence[int]) -> None:
    """Settings that differ, a row an entry."""
    st.subheader("Settings that differ", anchor=False)
    shown = [i for i, entry in enumerate(entries) if entry.recipe]
    table = differences.differing_settings(entries)
    if not table:
        st.caption(
            "Choose a second run." if len(entries) < 2 else "None: the recipes are the same but for their names."
        )
        return
    rows = {name: ["" if row[i] is None else str(row[i]) for i in shown] for name, row in table.items()}
    columns = {
        name: st.column_config.Column(settings.title(name), help=differences.describe_setting(entries, name))
        for name in table
    }
    st.dataframe(_coloured(rows, names, hues, shown), column_config=_named(names) | columns, hide_index=True)


def results_table(entries: Sequence[Entry], names: Sequence[str], hues: Sequence[int]) -> None:
    """Final metrics, a row an entry, the best of each in bold."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="title_results"):
        st.subheader("Results", anchor=False, width="content")
        lesson_link(RESULTS)
    table = differences.metrics_table(entries)
    if not table:
        st.caption("Nothing has been measured yet: the first snapshot of a run brings the first metrics.")
        return
    shown = [i for i, entry in enumerate(entries) if entry.metrics]
    rows: dict[str, list[object]] = {"Step": [entries[i].step for i in shown]}
    rows |= {name: [row[i] for i in shown] for name, row in table.items()}
    if floor := differences.floor(entries):
        rows = {name: [*row, floor.get(name)] for name, row in rows.items()}
    styled = _coloured(rows, names, hues, shown, last=f"real test {differences.noun_of(entries)}s" if floor else "")
    styled = styled.format(number, na_rep="", subset=["Step"])
    for name in table:
        known = [entries[i].metrics for i in shown] + [{FLOOR + key: value for key, value in floor.items()}] * bool(
            floor
        )
        styled = styled.format(partial(_in_full, name, known), na_rep="", subset=[name])
    best = {name: differences.best(name, entries) for name in table}
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
    st.dataframe(styled, column_config=_named(names) | columns, hide_index=True, placeholder="")
    if any(value is not None for value in best.values()):
        st.caption("The better value of each metric is bold. Frechet falls a little with the number of samples.")
    if any(name.endswith("_low") for i in shown for name in entries[i].metrics):
        called = differences.noun_of([entries[i] for i in shown])
        st.caption(f"In brackets: 95 % intervals over the {called}s of one model ({WAYS}); they know of one seed.")
    if len(data := differences.data_of([entries[i] for i in shown])) > 1:
        names_of_data = escaped(", ".join(data))
        st.caption(
            f":material/info: Measured on different data ({names_of_data}). Frechet and other distances compare with "
            "what a model learnt from, so they cannot be held against each other here."
        )


def seeds_table(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """Final metrics of recipes that were trained with several seeds, a row a recipe."""
    import pandas as pd  # here, not above, as below

    together = [group for group in seeds.groups(entries, names) if len(group.places) > 1]
    found = {group.name: seeds.final_values([entries[place] for place in group.places]) for group in together}
    measured = [name for name in METRICS if any(name in values for values in found.values())]
    if not measured:
        return
    st.subheader("Over seeds", anchor=False)
    table = pd.DataFrame(
        {
            NAME: list(found),
            **{METRICS[name].title: [told(values.get(name)) for values in found.values()] for name in measured},
        }
    )
    st.dataframe(table, column_config=_named(list(found)), hide_index=True)
    st.caption("Mean ± standard deviation (n - 1) over seeds, n of them, of the snapshot that each run kept.")


def costs_table(entries: Sequence[Entry], names: Sequence[str], hues: Sequence[int]) -> None:
    """What a picture costs each model that can be drawn with, a row an entry; counted when it is asked for."""
    drawn = [(i, entry.source.model) for i, entry in enumerate(entries) if entry.source.model and not entry.problems]
    asked = f"What one {differences.noun_of(entries)} costs"
    if not drawn or not st.toggle(asked, key="costs", bind="query-params", persist_state="session"):
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
        "Operations": [f"{number(cost.operations / 1e6)} million" for cost in costs],
        "Time here": [f"{number(cost.milliseconds)} ms" for cost in costs],
    }
    st.dataframe(_coloured(rows, names, hues, counted), column_config=_named(names), hide_index=True)
    st.caption("Of the generator. A multiplication and an addition are two operations; time is in batches of 64.")


def _coloured(
    columns: Mapping[str, Sequence[object]],
    names: Sequence[str],
    hues: Sequence[int],
    shown: Sequence[int],
    *,
    last: str = "",
) -> "Styler":
    """A table of the entries `shown`, names first, and a `last` row; `hues` are places in the chart's colours."""
    import pandas as pd  # here, not above: .3 s that a page's pictures need not wait

    colours = charts.colours(max(hues) + 1, st.context.theme.type == "dark")
    named = [names[i] for i in shown] + [last] * bool(last)
    styles = [f"color: {colours[hues[i]]}; font-weight: bold" for i in shown] + [""] * bool(last)
    return pd.DataFrame({NAME: named, **columns}, dtype=object).style.apply(lambda _: styles, subset=[NAME])


def _named(names: Sequence[str]) -> dict[str, ColumnConfig]:
    """The column of names, wide enough for them. Pinned it would lose contrast: Streamlit fades such columns."""
    width = round(max(map(len, names)) * LETTER_PX) + PADDING_PX
    return {NAME: st.column_config.Column(NAME, width=min(width, WIDEST_PX))}


def _in_full(name: str, known: Sequence[Mapping[str, float]], value: float) -> str:
    """A number with the interval or the deviation of the entry that it is of."""
    for values in known:
        for key in (name, FLOOR + name):
            if values.get(key) == value:
                return in_full(values, key, number)
    return number(value)


def _bold_if(best: float) -> Callable[[float], str]:
    return lambda cell: "font-weight: bold" if cell == best else ""
