"""The parts of the Compare page: its chart, and the notes, pictures and tables below."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from pandas.io.formats.style import Styler

from ganlab.explore import comparison, curves, pictures
from ganlab.explore.comparison import Entry, Source
from ganlab.metrics import METRICS
from ganlab.ui import charts
from ganlab.ui.comparing.controls import RESETS, STEP, Look, first_value
from ganlab.ui.shell import TRAIN_PAGE
from ganlab.ui.tiles import data_url

STATE_ICONS = {"running": "play_circle", "queued": "schedule", "cancelling": "stop_circle"}
NAME, REAL = "Name", "real test images"
SHEET_WIDTH = 256  # pixels on the page, for 4 x 4 tiles of any size
ENLARGED = 8  # the browser makes them smaller again, which keeps pixels of every size crisp
SHEETS = 12


def downloads(runs: Mapping[str, curves.Curves], look: Look) -> None:
    """The curves as files, made when they are asked for."""
    with st.popover("Download", icon=":material/download:"):
        st.download_button("All points (CSV)", lambda: curves.csv(runs), "ganlab-curves.csv", "text/csv")
        st.download_button("Chart (HTML)", lambda: _page(runs, look), "ganlab-curves.html", "text/html")
        st.caption("PNG: the camera at the top right of the chart.")


def chart(runs: Mapping[str, curves.Curves], look: Look) -> None:
    if not any(runs.values()):
        return
    if not look.panels:
        st.info("Choose a panel.", icon=":material/stacked_line_chart:")
        return
    figure = _figure(runs, look, dark=st.context.theme.type == "dark")
    figure.layout.uirevision += f" {st.session_state.get(RESETS, 0)}"
    st.plotly_chart(figure, key="compare_chart", config=charts.CONFIG, alt="Training curves of the chosen runs")


def nothing_yet() -> None:
    """What to do when there is nothing to compare at all."""
    with st.container(border=True):
        st.subheader("Nothing to compare yet", anchor=False)
        st.markdown(
            "Train a model or two: their curves appear here while they train. Checkpoints carry their curves too."
        )
        st.page_link(TRAIN_PAGE, label="Train a first model", icon=":material/model_training:")


def notes(entries: Sequence[Entry], names: Sequence[str], look: Look) -> None:
    """What could not be read, what the chart leaves out, and what the monitor saw."""
    for entry in entries:
        for problem in entry.problems:
            text = _without_folders(problem, entry.source)
            st.warning(f"**{entry.source.id}**: {text}", icon=":material/broken_image:")
        if entry.curves and look.axis not in entry.curves.columns:
            st.info(f"**{entry.source.id}** cannot be drawn along this axis: its recipe is not known.")
    if "y" in look.log and any(curves.has_values_up_to_zero(entry.curves, look.panels) for entry in entries):
        st.caption("A logarithmic axis has no place for 0 and below: those parts of the curves are left out.")
    for entry, name in zip(entries, names, strict=True):
        if entry.state not in ("", "done"):
            st.markdown(f":material/{STATE_ICONS.get(entry.state, 'info')}: **{name}** is {entry.state}.")
        for found in entry.findings:
            text = f"**{name}**, step {found.step:,}: {found.message}. To try: {found.suggestion}."
            st.markdown(f":orange[:material/warning:] {text}")


def sheets(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """The same seeds drawn by every entry at about the same step."""
    drawn = [(entry, name) for entry, name in zip(entries, names, strict=True) if entry.sheet_steps]
    if not drawn:
        return
    st.subheader("Samples at the same step", anchor=False)
    steps = sorted({step for entry, _ in drawn for step in entry.sheet_steps})
    first_value(STEP, steps[-1])
    asked = st.session_state.get(STEP, st.query_params.get(STEP, ""))
    if str(asked).isdecimal() and int(asked) not in steps:  # of other runs, or typed into the address
        st.session_state[STEP] = comparison.nearest(steps, int(asked))
    step = steps[-1]
    if len(steps) > 1:
        step = st.select_slider(
            "Step", steps, steps[-1], key=STEP, bind="query-params", help="Each shows its nearest sheet."
        )
    with st.container(horizontal=True, gap="medium"):
        for entry, name in drawn[:SHEETS]:
            with st.container(width=SHEET_WIDTH, gap="xsmall"):
                _sheet(entry, name, step)
    if len(drawn) > SHEETS:
        st.caption(f"The first {SHEETS} of {len(drawn)} are shown.")


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
    helps = {name: st.column_config.Column(help=comparison.describe_setting(entries, name)) for name in table}
    st.dataframe(_coloured(rows, names, shown), column_config=helps, hide_index=True)


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
    columns = {name: st.column_config.Column(METRICS[name].title, help=METRICS[name].text) for name in table}
    st.dataframe(styled, column_config=columns, hide_index=True, placeholder="")
    if any(value is not None for value in best.values()):
        st.caption("The better value of each metric is bold. Frechet falls a little with the number of samples.")


def _without_folders(text: str, source: Source) -> str:
    """File names instead of paths: where the server keeps its files helps nobody here."""
    folders = [source.run.path] if source.run else []
    folders += [source.model.path.parent] if source.model else []
    for folder in folders:
        text = text.replace(f"{folder}/", "")
    return text


def _figure(runs: Mapping[str, curves.Curves], look: Look, *, dark: bool) -> go.Figure:
    return charts.curve_figure(
        runs,
        panels=look.panels,
        axis=look.axis,
        log_x="x" in look.log,
        log_y="y" in look.log,
        smoothing=look.smoothing,
        dark=dark,
    )


def _page(runs: Mapping[str, curves.Curves], look: Look) -> str:
    return _figure(runs, look, dark=False).update_layout(template="plotly_white").to_html(include_plotlyjs=True)


def _sheet(entry: Entry, name: str, step: int) -> None:
    near = comparison.nearest(entry.sheet_steps, step)
    try:
        tiles = comparison.sheet(entry, near)
    except ValueError as error:
        st.warning(
            f"**{entry.source.id}**: {_without_folders(str(error), entry.source)}", icon=":material/broken_image:"
        )
        return
    picture = pictures.enlarge(pictures.atlas(tiles, 4, gap=1), ENLARGED)
    st.image(data_url(picture), width=SHEET_WIDTH, alt=f"16 samples of {name} at step {near}")
    st.markdown(f"**{name}** · step {near:,}")


def _coloured(
    columns: Mapping[str, Sequence[object]], names: Sequence[str], shown: Sequence[int], *, last: str = ""
) -> Styler:
    """A table of the entries `shown`, with their names first, each in the colour of its curves, and a `last` row."""
    colours = charts.colours(len(names), st.context.theme.type == "dark")
    named = [names[i] for i in shown] + [last] * bool(last)
    styles = [f"color: {colours[i]}; font-weight: bold" for i in shown] + [""] * bool(last)
    return pd.DataFrame({NAME: named, **columns}, dtype=object).style.apply(lambda _: styles, subset=[NAME])


def _bold_if(best: float) -> Callable[[float], str]:
    return lambda cell: "font-weight: bold" if cell == best else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.4g}"
