"""The matrix of what setting one label does to everything that a classifier reads, as a heat map."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.explore import library, readings
from ganlab.explore.library import Model
from ganlab.explore.readings import Matrix
from ganlab.file_versions import ABSENT, FileVersion, version
from ganlab.metrics.readers import weights
from ganlab.ui import cache, charts
from ganlab.ui.markdown import code, escaped, in_chart

ASKED = "matrix_measure"  # ids of models whose matrix this session has asked for
MOST_NUMBERS = 14  # columns of which each cell can hold its number
SCALES = {False: ["#f4f6f6", "#0f766e"], True: ["#1a2323", "#2dd4bf"]}
CELL, MARGIN = 30, 120  # pixels of a row, and of the words around the map


def show_matrix(model: Model, loaded: Checkpoint) -> None:
    """The matrix that the header carries or that was measured here; else a button that measures it."""
    classifier, name = readings.classifier_of(loaded.card.data), loaded.card.data.name
    matrix = readings.side_effects(loaded.card.codes)
    asked = st.session_state.get(ASKED, set())
    if matrix is None and model.id in asked:
        matrix = _measured(model)
    if matrix is not None:
        _draw(matrix)
    elif classifier is None:
        missing = library.without_pictures(loaded.card)
        remedy = f"{escaped(missing)}" if missing else f"{code(f'python -m ganlab data classifier {name}')} trains one"
        st.info(
            f"No classifier of {code(name)} is here, so nobody can say what a label changes: {remedy}.",
            icon=":material/visibility_off:",
        )
    elif model.id in asked:
        st.info("This model has only some of the dataset's labels, which the matrix needs all.", icon=":material/info:")
    else:
        pictures = readings.PICTURES * (1 + classifier.data.condition_dim)
        st.markdown(
            f"Setting one label should change what it says and nothing else. This draws {counted(pictures, 'picture')}."
        )
        st.button(
            "Measure what else changes",
            key="measure",
            icon=":material/straighten:",
            type="primary",
            on_click=_ask,
            args=(model,),
        )


def _ask(model: Model) -> None:
    st.session_state[ASKED] = {*st.session_state.get(ASKED, ()), model.id}


def _measured(model: Model) -> Matrix | None:
    """The cached matrix, with a progress bar while it is made."""
    loaded = cache.checkpoint(model.path)
    reading = weights(loaded.card.data.name)
    found = _found(str(model.path), version(model.path), version(reading) if reading else ABSENT)
    if not found:
        classifier = readings.classifier_of(loaded.card.data)
        bar = st.progress(0.0, "Reading pictures")

        def show_progress(share: float, text: str) -> None:
            bar.progress(share, text)

        found.append(readings.measure_matrix(loaded, classifier, show_progress) if classifier else None)
        bar.empty()
    return found[0]


@st.cache_resource(max_entries=32, show_spinner=False)
def _found(path: str, model: FileVersion, classifier: FileVersion) -> list[Matrix | None]:
    """Empty until `_measured` has put the matrix there; shared by all visitors."""
    return []


def _draw(matrix: Matrix) -> None:
    st.plotly_chart(
        heat_map(matrix, dark=st.context.theme.type == "dark"),
        key="matrix",
        width="content",
        config=charts.CONFIG | {"displayModeBar": False},
        alt=f"{matrix.title}, as a heat map",
    )
    st.caption(escaped(matrix.text))


def heat_map(matrix: Matrix, *, dark: bool) -> go.Figure:
    """Shares from 0 (pale) to 1 (the accent colour), with numbers where there is room for them."""
    rows, columns = matrix.values.shape
    numbers = columns <= MOST_NUMBERS
    texts = [[f"{100 * value:.0f}" if np.isfinite(value) else "" for value in row] for row in matrix.values]
    figure = go.Figure(
        go.Heatmap(
            z=matrix.values,
            x=[in_chart(label) for label in matrix.columns],
            y=[in_chart(label) for label in matrix.rows],
            zmin=0,
            zmax=1,
            text=texts,
            texttemplate="%{text}" if numbers else None,
            colorscale=SCALES[dark],
            colorbar={"tickformat": ".0%", "thickness": 10, "outlinewidth": 0},
            xgap=2,
            ygap=2,
            hovertemplate="%{y} / %{x}: %{z:.0%}<extra></extra>",
        )
    )
    cell = 56 if numbers else CELL
    figure.update_layout(
        title={"text": in_chart(matrix.title), "font": {"size": 14}, "x": 0},
        height=MARGIN + 40 + CELL * rows,
        width=2 * MARGIN + cell * columns,
        margin={"l": 8, "r": 8, "t": 110, "b": 8},
    )
    figure.update_xaxes(side="top", tickangle=-40, type="category", showgrid=False)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return figure
