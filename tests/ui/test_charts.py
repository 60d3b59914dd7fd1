"""The figure of the curves: what is drawn, how, and how much of it goes to the browser."""

import numpy as np
import plotly.graph_objects as go
import pytest

from ganlab.explore import curves
from ganlab.explore.curves import Curves
from ganlab.explore.seeds import mean_curves
from ganlab.ui.charts import COLOURS, POINTS_IN_ALL, curve_figure


def run(n: int = 50, *, seed: int = 0, names: tuple[str, ...] = tuple(curves.QUANTITIES)) -> Curves:
    rng = np.random.default_rng(seed)
    step = np.arange(1.0, n + 1)
    axes = {"step": step, "images": 64 * step, "seconds": step / 2}
    return Curves(columns=axes | {name: rng.uniform(0.1, 1, n) for name in names})


def lines(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.x[0] is not None]


def test_one_colour_a_run_and_one_dash_a_quantity() -> None:
    drawn = lines(curve_figure({"a": run(), "b": run(seed=1)}))
    assert len(drawn) == 10
    assert {(t.legendgroup, t.line.color) for t in drawn} == {("a", COLOURS[False][0]), ("b", COLOURS[False][1])}
    dashes: dict[str, set[str]] = {}
    for trace in drawn:
        dashes.setdefault(trace.name.split(" · ")[1], set()).add(trace.line.dash)
    assert all(len(styles) == 1 for styles in dashes.values())
    assert dashes["D(x)"] != dashes["D(G(z)) after"]


@pytest.mark.parametrize("dark", [False, True])
def test_alone_a_run_shows_its_two_players_in_different_colours(dark: bool) -> None:
    names = (*curves.QUANTITIES, "generator/penalty", "other/loss")
    figure = curve_figure({"a": run(names=names)}, colour_by="quantity", panels=["Losses", curves.OUTPUTS], dark=dark)
    colour_of = {trace.name.split(" · ")[1]: trace.line.color for trace in lines(figure)}
    assert colour_of["D"] == colour_of["D(x)"] == COLOURS[dark][0]
    assert colour_of["G"] == colour_of["D(G(z)) after"] == COLOURS[dark][1]
    for panel in (("D", "G", "other"), ("D(x)", "D(G(z)) before D's update", "D(G(z)) after")):
        assert len({colour_of[title] for title in panel}) == 3
    keys = {trace.name: trace.line.color for trace in figure.data if trace.x[0] is None}
    assert all(keys[title] == colour for title, colour in colour_of.items())  # what explains the lines has their colour


def test_a_run_is_named_once_and_its_entry_moves_all_its_lines() -> None:
    figure = curve_figure({"a": run(), "b": run()})
    named = [trace for trace in figure.data if trace.showlegend is not False and trace.legend is None]
    assert [trace.name for trace in named] == ["a", "b"]
    assert all(trace.legendgroup in ("a", "b") for trace in lines(figure))


def test_smoothing_draws_the_raw_values_faintly_behind() -> None:
    drawn = lines(curve_figure({"a": run(names=("generator/loss",))}, smoothing=0.1))
    assert [trace.opacity for trace in drawn] == [0.22, None]
    assert np.ptp(drawn[1].y) < np.ptp(drawn[0].y)


def test_many_runs_have_no_ghosts_distinct_colours_and_fewer_points_each() -> None:
    drawn = lines(curve_figure({f"run {i}": run(5000, seed=i) for i in range(60)}, smoothing=0.01))
    assert len(drawn) == 300
    assert len({trace.line.color for trace in drawn}) == 60
    assert sum(len(trace.x) for trace in drawn) <= POINTS_IN_ALL


@pytest.mark.parametrize(("points", "kind"), [(1000, "scatter"), (1001, "scattergl"), (90_000, "scattergl")])
def test_long_lines_are_drawn_by_webgl_and_have_at_most_2000_points(points: int, kind: str) -> None:
    for trace in lines(curve_figure({"a": run(points)})):
        assert trace.type == kind
        assert len(trace.x) == min(points, 2000) or 1900 < len(trace.x) <= 2000


def test_time_is_shown_in_a_unit_that_fits() -> None:
    for n, title, last in ((100, "seconds", 50), (1000, "minutes", 500 / 60), (30_000, "hours", 15_000 / 3600)):
        figure = curve_figure({"a": run(n)}, axis="seconds")
        assert figure.layout.xaxis2.title.text == f"training time, {title}"
        assert lines(figure)[0].x[-1] == pytest.approx(last)


def test_axes_can_be_logarithmic() -> None:
    layout = curve_figure({"a": run()}, log_x=True, log_y=True).layout
    assert {layout.xaxis.type, layout.xaxis2.type, layout.yaxis.type, layout.yaxis2.type} == {"log"}


def test_quality_that_falls_far_has_a_logarithmic_axis_by_itself() -> None:
    steps = {"step": np.arange(4.0)}
    falling = Curves(columns=steps | {"quality/frechet_classifier": np.array([np.nan, 300.0, 20.0, 1.0])})
    rising = Curves(columns=steps | {"quality/confident": np.array([0.01, 0.4, 0.9, 0.95])})
    level = Curves(columns=steps | {"quality/frechet_classifier": np.array([9.0, 4.0, 2.0, 1.0])})
    nothing = Curves(columns=steps | {"quality/histogram_kl": np.array([2.0, 1.0, 0.0, 0.0])})
    for one, kind, y_title in (
        (falling, "log", "logarithmic"),
        (rising, "linear", "value"),
        (level, "linear", "value"),
        (nothing, "linear", "value"),
    ):
        (quantity,) = one.quantities
        layout = curve_figure({"a": one}, panels=[curves.describe_quantity(quantity).panel]).layout
        assert (layout.yaxis.type, layout.yaxis.title.text) == (kind, y_title), quantity
    losses = curve_figure({"a": run()}).layout
    assert (losses.yaxis.type, losses.yaxis2.type) == ("linear", "linear")


def test_the_line_of_a_discriminator_that_cannot_tell_is_in_its_panel_only() -> None:
    (shape,) = curve_figure({"a": run()}).layout.shapes
    assert (shape.y0, shape.y1, shape.yref) == (0.5, 0.5, "y2")


def test_runs_without_the_axis_are_left_out_and_keep_their_colour() -> None:
    with_epochs = Curves(columns=run().columns | {"epoch": np.arange(50.0)})
    figure = curve_figure({"a": run(), "b": with_epochs}, axis="epoch")
    assert {(t.legendgroup, t.line.color) for t in lines(figure)} == {("b", COLOURS[False][1])}


@pytest.mark.parametrize("runs", [{}, {"a": Curves()}, {"a": Curves(columns={"step": np.empty(0)})}])
def test_nothing_to_draw_is_an_empty_figure(runs: dict[str, Curves]) -> None:
    assert not lines(curve_figure(runs, smoothing=0.1))


def test_other_quantities_are_panels_of_their_own() -> None:
    logged = run(names=("discriminator/loss", "discriminator/penalty"))
    figure = curve_figure({"a": logged}, panels=["penalty (discriminator)"])
    assert [trace.name for trace in lines(figure)] == ["a · penalty"]
    assert figure.layout.annotations[0].text == "<b>penalty (discriminator)</b>"


def test_a_single_report_is_a_dot() -> None:
    assert {trace.mode for trace in lines(curve_figure({"a": run(1)}))} == {"markers"}


def test_the_best_step_of_a_metric_has_a_ring() -> None:
    step = np.arange(1.0, 6)
    measured = {
        "quality/confident": np.array([0.1, np.nan, 0.7, 0.6, np.nan]),
        "quality/frechet_pixels": np.array([9, np.nan, 4, 2, 5.0]),
        "quality/diversity": np.ones(5),  # has no better end
    }
    figure = curve_figure(
        {"a": Curves(columns={"step": step, "images": 64 * step} | measured)},
        panels=["Recognisable", "Pixel Frechet", "Diversity"],
        axis="images",
    )
    rings = [trace for trace in lines(figure) if trace.marker.symbol == "circle-open"]
    assert [(trace.x[0], trace.y[0]) for trace in rings] == [(192, 0.7), (256, 2)]
    assert "step 3" in rings[0].name
    assert all(trace.mode == "lines+markers" for trace in lines(figure) if trace.marker.symbol != "circle-open")


def test_several_seeds_are_a_line_in_a_band() -> None:
    mean = mean_curves([run(names=("generator/loss",), seed=seed) for seed in range(3)])
    assert mean.low is not None
    band, line = lines(curve_figure({"three": mean, "one": run(seed=9)}, panels=["Losses"], smoothing=0.1))[:2]
    assert (band.fill, band.legendgroup, line.legendgroup) == ("toself", "three", "three")
    assert len(band.x) == 2 * len(line.x)
    assert band.y[: len(line.x)].max() <= band.y[len(line.x) :].max()
    assert line.opacity is None
