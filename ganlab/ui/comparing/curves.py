"""The curves of the Compare page: the chart, its files, and what it does not show."""

from collections.abc import Mapping, Sequence
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from ganlab.explore import curves, seeds
from ganlab.explore.comparison import Entry
from ganlab.extras import how_to_install
from ganlab.reports import static, themes
from ganlab.ui import charts, messages
from ganlab.ui.comparing import figures, first_look
from ganlab.ui.comparing.advice import advice, in_bold
from ganlab.ui.comparing.controls import RESETS, Look
from ganlab.ui.downloads import MIMES
from ganlab.ui.markdown import escaped
from ganlab.ui.shell import TRAIN_PAGE, lesson_link

BELOW_ZERO = (
    "With a hinge or Wasserstein loss G's curve is minus the score that D gives generated images before it is squeezed "
    "between 0 and 1: it falls below 0 when D takes them for real, and 0 is no goal."
)
SHOWN = "compare_shown"  # for the session: whether the browser has the chart, or is on its way to it
LEAST_HEIGHT, PANEL_HEIGHT = 640, 230  # pixels
STATE_ICONS = {"running": "play_circle", "queued": "schedule", "cancelling": "stop_circle"}


def shown(entries: Sequence[Entry], names: Sequence[str], look: Look) -> dict[str, curves.Curves]:
    """The curves by their names in the legend: one an entry, or one for all seeds of a recipe."""
    if not look.together:
        return {name: entry.curves for name, entry in zip(names, entries, strict=True)}
    found = seeds.groups(entries, names)
    return {group.name: seeds.mean_curves([entries[place].curves for place in group.places]) for group in found}


def downloads(runs: Mapping[str, curves.Curves], look: Look) -> None:
    """The curves as files, made when they are asked for."""
    with st.popover("Download", icon=":material/download:"):
        st.download_button("All points (CSV)", lambda: curves.csv(runs), "ganlab-curves.csv", "text/csv")
        st.download_button("Chart (HTML)", lambda: _page(runs, look), "ganlab-curves.html", "text/html")
        if not static.is_installed():
            st.caption(f"As PNG: the camera at the top right of the chart. As SVG: {how_to_install('report')}.")
            return
        theme = themes.SCREENS[st.context.theme.type == "dark"]
        for kind in ("svg", "png"):
            make = partial(_drawn, runs, look, kind, theme)
            st.download_button(f"Chart ({kind.upper()})", make, f"ganlab-curves.{kind}", MIMES[kind])


def chart(runs: Mapping[str, curves.Curves], look: Look) -> None:
    if not any(runs.values()):
        return
    if not look.panels:
        st.info("Choose a panel.", icon=":material/stacked_line_chart:")
        return
    dark = st.context.theme.type == "dark"
    figure = _figure(runs, look, dark=dark)
    with st.container(key="first_look"):  # which the page hides once the chart is there
        if not st.session_state.get(SHOWN):
            st.session_state[SHOWN] = True
            height = figure.layout.height
            picture = first_look.address_of(
                figures.drawing(runs, look, points=first_look.POINTS), height=height, dark=dark
            )
            st.html(f'<img src="{picture}" alt="" width="100%" height="{height}">')
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
            text = messages.told(problem)
            st.warning(f"**{escaped(entry.source.name)}**: {text}", icon=":material/broken_image:")
        if entry.curves and look.axis not in entry.curves.columns:
            st.info(f"**{escaped(entry.source.name)}** cannot be drawn along this axis: its recipe is not known.")
    if "y" in look.log and any(curves.has_values_up_to_zero(entry.curves, look.panels) for entry in entries):
        st.caption("A logarithmic axis has no place for 0 and below: those parts of the curves are left out.")
    if curves.LOSSES in look.panels and any(
        entry.recipe and curves.generator_goes_below_zero(entry.curves, entry.recipe) for entry in entries
    ):
        st.caption(BELOW_ZERO)
    _states(entries, names)
    advice(entries, names)
    lesson_link(*(kind for entry in entries for kind in [*entry.kinds, *(one.kind for one in entry.findings)]))


def _states(entries: Sequence[Entry], names: Sequence[str]) -> None:
    """A line for each state in which runs are that are not done."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry, name in zip(entries, names, strict=True):
        if entry.state not in ("", "done"):
            found.setdefault((entry.state, entry.told_state), []).append(name)
    for (state, told), several in found.items():
        those = f"{in_bold(several)} {'is' if len(several) == 1 else 'are'}"
        st.markdown(f":material/{STATE_ICONS.get(state, 'info')}: {those} {escaped(told)}.")


def _figure(runs: Mapping[str, curves.Curves], look: Look, *, dark: bool) -> go.Figure:
    return charts.curve_figure(
        runs,
        panels=look.panels,
        axis=look.axis,
        noun=look.noun,
        log_x="x" in look.log,
        log_y="y" in look.log,
        smoothing=look.smoothing,
        dark=dark,
        height=max(LEAST_HEIGHT, PANEL_HEIGHT * len(look.panels)),
    )


def _drawn(runs: Mapping[str, curves.Curves], look: Look, kind: static.Format, theme: themes.Theme) -> bytes:
    return static.draw(figures.drawing(runs, look), kind, theme)


def _page(runs: Mapping[str, curves.Curves], look: Look) -> str:
    return _figure(runs, look, dark=False).update_layout(template="plotly_white").to_html(include_plotlyjs=True)
