"""A model of points on a page: what others show as pictures is a chart of the plane here."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ganlab import metrics
from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted, number
from ganlab.data.dots import RANGE
from ganlab.explore import capabilities, pictures, plane
from ganlab.explore.library import Model
from ganlab.explore.plane import Places, Samples, View
from ganlab.spreadsheets import as_csv
from ganlab.ui import charts
from ganlab.ui.downloads import downloads
from ganlab.ui.markdown import in_chart
from ganlab.ui.whole_numbers import whole_number

COUNTS = [250, 500, 1_000, 2_000, 4_000]
REAL = 1_500
RECONSTRUCTED = 150
MOST_SEED = 2**31 - 1 - COUNTS[-1]
HEIGHT = 620  # pixels
CONFIG = charts.CONFIG | {
    "toImageButtonOptions": {"format": "png", "filename": "ganlab-points", "width": 900, "height": 900, "scale": 2}
}


def show(model: Model, loaded: Checkpoint, view: View) -> None:
    """Generated and real points in one chart, with what the page is about: a way, or what an encoder makes of them."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        count = st.select_slider("Points", COUNTS, value=1_000, key="plane-count", width=240)
        seed = whole_number("First seed", 0, MOST_SEED, key="plane-seed")
        other = whole_number("Way to seed", 0, MOST_SEED, key="plane-other", value=1) if view == "way" else 0
    lines = plane.lattice(loaded)
    drawn, real = plane.samples(loaded, seed, count), plane.real_points(loaded, REAL)
    dark = st.context.theme.type == "dark"
    figure = _figure(drawn, real, dark)
    if view == "way":
        _add_way(figure, plane.way(loaded, (seed, other)), dark)
    elif view == "reconstructions" and real is not None and capabilities.can_encode(loaded.card):
        _add_pairs(figure, plane.reconstructed(loaded, real[:RECONSTRUCTED]), dark)
    elif lines is not None:
        _add_lines(figure, lines, "Latent plane", charts.GREY[dark])
    st.plotly_chart(figure, key=f"plane {view}", config=CONFIG, alt=f"Points that {model.id} makes, and real ones")
    st.caption(_said(loaded, drawn, real))
    downloads(
        f"{model.id}-points",
        {
            "csv": lambda: _table(drawn),
            "npz": lambda: pictures.npz(loaded.images(loaded.latent.from_seeds([seed])).numpy(), points=drawn.places),
        },
    )


def _figure(drawn: Samples, real: Places | None, dark: bool) -> go.Figure:
    figure = go.Figure()
    if real is not None:
        _add_dots(figure, real, "Real", charts.GREY[dark], size=4, opacity=0.5)
    names = list(dict.fromkeys(sorted(drawn.labels, key=lambda label: (len(label), label))))
    labels = np.array(drawn.labels)
    for name, colour in zip(names, charts.colours(len(names) + 1, dark)[1:], strict=True):
        title = f"{drawn.category} {name}" if drawn.category else "Generated"
        _add_dots(figure, drawn.places[labels == name], title, colour, size=5, opacity=0.85)
    side = {"range": [-RANGE, RANGE], "zeroline": False, "showgrid": False}
    figure.update_layout(
        font={"family": charts.FONT},
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        xaxis=side,
        yaxis=side | {"scaleanchor": "x"},
        legend={"orientation": "h", "y": -0.06, "itemsizing": "constant"},
        uirevision="plane",
    )
    return figure


def _add_dots(figure: go.Figure, places: Places, name: str, colour: str, *, size: int, opacity: float) -> None:
    words = in_chart(name)
    figure.add_trace(
        go.Scattergl(
            x=places[:, 0],
            y=places[:, 1],
            mode="markers",
            name=words,
            marker={"size": size, "color": colour, "opacity": opacity},
            hovertemplate=f"%{{x:.3f}}, %{{y:.3f}}<extra>{words}</extra>",
        )
    )


def _add_lines(figure: go.Figure, lines: Places, name: str, colour: str) -> None:
    """Lines [L, n, 2] as one trace, with gaps between them."""
    gaps = np.full((len(lines), 1, 2), np.nan, np.float32)
    x, y = np.concatenate([lines, gaps], 1).reshape(-1, 2).T
    style = {"color": colour, "width": 1}
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", name=name, line=style, opacity=0.6, hoverinfo="skip"))


def _add_way(figure: go.Figure, way: Places, dark: bool) -> None:
    colour = charts.COLOURS[dark][0]
    figure.add_trace(
        go.Scatter(
            x=way[:, 0],
            y=way[:, 1],
            mode="lines+markers",
            name="Way between the seeds",
            marker={"size": 6, "color": colour},
        )
    )


def _add_pairs(figure: go.Figure, pairs: plane.Reconstructed, dark: bool) -> None:
    _add_lines(figure, np.stack([pairs.before, pairs.after], 1), "Real to reconstruction", charts.GREY[dark])
    _add_dots(figure, pairs.after, "Reconstructions", charts.COLOURS[dark][0], size=6, opacity=0.9)


def _said(loaded: Checkpoint, drawn: Samples, real: Places | None) -> str:
    """What is seen, and what was measured of the model."""
    known = loaded.card.metrics
    told = [f"{metrics.title(name)} {number(known[name])}" for name in metrics.METRICS if name in known][:4]
    beside = f"{counted(len(real), 'real one')} in grey" if real is not None else "the real ones are not here"
    measured = f" Measured: {', '.join(told)}." if told else ""
    return f"{counted(len(drawn.places), 'generated point')}, one a seed; {beside}.{measured}"


def _table(drawn: Samples) -> bytes:
    rows = [(f"{x:.6f}", f"{y:.6f}", label) for (x, y), label in zip(drawn.places, drawn.labels, strict=True)]
    return as_csv([("x", "y", drawn.category or "group"), *rows]).encode()
