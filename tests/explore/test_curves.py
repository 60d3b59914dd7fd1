"""Curves against plain loops: thinning, smoothing, axes; and what a checkpoint carries."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from ganlab import runs
from ganlab.explore import curves
from ganlab.explore.curves import Curves
from ganlab.runs import RunFolder


def noise(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_cauchy(n)  # heavy tails: extremes stand out


def plain_average(values: np.ndarray, weight: float) -> np.ndarray:
    """The textbook loop: a weighted mean of everything so far, NaN left out."""
    result, total, weights = [], 0.0, 0.0
    for value in values.tolist():
        if value != value:
            result.append(value)
            continue
        total, weights = weight * total + value, weight * weights + 1
        result.append(total / weights)
    return np.array(result)


@pytest.mark.parametrize("log_x", [False, True])
@pytest.mark.parametrize("points", [4, 5, 100, 2000])
def test_thinning_keeps_ends_extremes_and_order(points: int, log_x: bool) -> None:
    x, y = np.arange(1, 50_001) * 2.0, noise(50_000)
    few_x, few_y = curves.thinned(x, y, points, log_x=log_x)
    assert len(few_x) == len(few_y) <= points
    assert np.all(np.diff(few_x) > 0)
    assert (few_x[0], few_x[-1]) == (x[0], x[-1])
    assert (few_y.min(), few_y.max()) == (y.min(), y.max())
    assert np.array_equal(few_y, y[np.searchsorted(x, few_x)]), "points were moved"


def test_thinning_keeps_the_extremes_of_every_bucket() -> None:
    x, y = np.arange(1000.0), noise(1000, seed=1)
    _, kept = curves.thinned(x, y, 102)
    for bucket in y.reshape(50, 20):
        assert {bucket.min(), bucket.max()} <= set(kept)


def test_thinning_for_a_logarithmic_axis_keeps_more_of_the_start() -> None:
    x = np.arange(1, 100_001.0)
    linear, logarithmic = (curves.thinned(x, noise(100_000), 200, log_x=log_x)[0] for log_x in (False, True))
    assert (linear < 1000).sum() < 10
    assert (logarithmic < 1000).sum() > 60


def test_thinning_ignores_nan_but_leaves_a_gap_where_there_is_nothing_else() -> None:
    x, y = np.arange(10_000.0), noise(10_000)
    y[::3] = np.nan
    y[5000:6000] = np.nan
    few_x, few_y = curves.thinned(x, y, 100)
    assert (np.nanmin(few_y), np.nanmax(few_y)) == (np.nanmin(y), np.nanmax(y))
    gap = np.isnan(few_y) & (few_x >= 5000) & (few_x < 6000)
    assert gap.any()
    assert not np.isfinite(few_y[(few_x >= 5000) & (few_x < 6000)]).any()


def test_few_points_are_left_alone() -> None:
    x, y = np.arange(5.0), np.array([1.0, np.nan, 3.0, -np.inf, 5.0])
    few_x, few_y = curves.thinned(x, y, 5)
    assert few_x is x
    assert few_y is y


def test_steps_that_go_back_can_be_thinned() -> None:
    x = np.concatenate([np.arange(1, 3001.0), np.arange(2000, 4000.0)])
    few_x, _ = curves.thinned(x, noise(5000), 100, log_x=True)
    assert (few_x[0], few_x[-1]) == (1, 3999)


def test_thinning_refuses_too_few_points() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        curves.thinned(np.arange(9.0), np.arange(9.0), 3)


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.99, 0.9999])
@pytest.mark.parametrize("n", [1, 63, 64, 65, 1000])
def test_smoothing_is_the_textbook_average(n: int, weight: float) -> None:
    values = np.random.default_rng(n).normal(5, 1, n)
    np.testing.assert_allclose(curves.smoothed(values, weight), plain_average(values, weight), rtol=1e-9)


def test_smoothing_keeps_a_constant_and_steps_over_nan() -> None:
    np.testing.assert_allclose(curves.smoothed(np.full(500, 7.0), 0.995), 7.0)
    values = noise(200)
    values[[0, 17, 18, 199]] = np.nan
    np.testing.assert_allclose(curves.smoothed(values, 0.9), plain_average(values, 0.9), rtol=1e-9)
    assert np.isnan(curves.smoothed(np.full(3, np.nan), 0.9)).all()


@pytest.mark.parametrize("weight", [-0.1, 1.0])
def test_smoothing_refuses_a_weight_that_is_none(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        curves.smoothed(np.zeros(3), weight)


def test_smoothing_reaches_equally_far_however_often_a_run_reports() -> None:
    """The half-life is in steps, so a jump takes as many steps in a dense log as in a sparse one."""
    found = []
    for spacing in (1, 10):
        step = np.arange(spacing, 10_001, spacing, dtype=float)
        run = Curves(columns={"step": step, "loss": (step > 5000).astype(float)})
        x, y = curves.line(run, "loss", half_life=400, points=20_000)
        found.append(float(np.interp(5400, x, y)))
    assert found[0] == pytest.approx(0.5, abs=0.01)
    assert found[1] == pytest.approx(found[0], abs=0.01)


def test_a_line_has_only_finite_points() -> None:
    run = Curves(columns={"step": np.arange(5.0), "loss": np.array([1, np.nan, np.inf, 2, 3])})
    x, y = curves.line(run, "loss")
    assert (x.tolist(), y.tolist()) == ([0, 3, 4], [1, 2, 3])
    assert curves.line(run, "loss", log_x=True)[0].tolist() == [3, 4]


def test_a_line_of_an_unknown_axis_or_quantity_lists_the_known() -> None:
    run = Curves(columns={"step": np.arange(5.0), "loss": np.arange(5.0)})
    for wrong in ({"quantity": "los"}, {"quantity": "loss", "axis": "epoch"}):
        with pytest.raises(ValueError, match="choose from step, loss"):
            curves.line(run, **wrong)


def test_a_run_has_what_it_logged_and_an_axis_of_epochs(run_folder: RunFolder) -> None:
    lines = runs.read_metrics(run_folder)
    read = curves.of_run(run_folder, runs.read_recipe(run_folder))
    for name in lines[0]:
        assert read.columns[name][1:].tolist() == [line[name] for line in lines]  # after the snapshot of step 0
    assert read.columns["epoch"][-1] == lines[-1]["images"] / 1500  # the train split of `digits`
    assert "epoch" not in curves.of_run(run_folder).columns


def test_a_checkpoint_has_the_curves_of_its_run(run_folder: RunFolder) -> None:
    recipe = runs.read_recipe(run_folder)
    run, carried = curves.of_run(run_folder, recipe), curves.of_checkpoint(run_folder.checkpoint, recipe)
    assert sorted(carried.quantities) == sorted(run.quantities)
    for name, values in run.columns.items():
        np.testing.assert_allclose(carried.columns[name], values, rtol=1e-6)


def changed_copy(source: Path, target: Path, **tensors: torch.Tensor | None) -> Path:
    """A safetensors file with some of its curves replaced, or left out when None."""
    with safe_open(source, "pt") as file:
        header = dict(file.metadata())
        content = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    del header["crc32"]  # sums are of the file as it was
    for name, values in tensors.items():
        content.pop(f"curve/{name}", None)
        if values is not None:
            content[f"curve/{name}"] = values
    save_file(content, target, header)
    return target


@pytest.mark.parametrize(
    "tensors", [{"step": None}, {"step": torch.zeros(3)}, {"extra": torch.zeros(2, 2)}, {"extra": torch.tensor(1.0)}]
)
def test_curves_that_do_not_fit_together_are_refused(
    tensors: dict[str, torch.Tensor | None], run_folder: RunFolder, tmp_path: Path
) -> None:
    path = changed_copy(run_folder.checkpoint, tmp_path / "odd.safetensors", **tensors)
    with pytest.raises(ValueError, match=r"odd\.safetensors: its curves"):
        curves.of_checkpoint(path, runs.read_recipe(run_folder))


def test_a_checkpoint_without_curves_has_none(run_folder: RunFolder, tmp_path: Path) -> None:
    recipe = runs.read_recipe(run_folder)
    names = dict.fromkeys(curves.of_checkpoint(run_folder.checkpoint, recipe).columns)
    path = changed_copy(run_folder.checkpoint, tmp_path / "bare.safetensors", **names)
    assert len(curves.of_checkpoint(path, recipe)) == 0


def test_panels_hold_every_quantity_once_known_ones_first() -> None:
    logged = ["info/loss", "generator/loss", "discriminator/penalty", "discriminator/loss", "generator/fake", "speed"]
    found = curves.panels(logged)
    assert list(found) == [curves.LOSSES, curves.OUTPUTS, "penalty (discriminator)", "speed"]
    assert found[curves.LOSSES] == ["discriminator/loss", "generator/loss", "info/loss"]
    assert sorted(name for names in found.values() for name in names) == sorted(logged)


def test_csv_gives_the_points_back() -> None:
    first = Curves(columns={"step": np.array([1.0, 2]), "loss": np.array([0.25, np.nan])})
    second = Curves(columns={"step": np.array([5.0]), "images": np.array([320.0])})
    rows = list(csv.DictReader(io.StringIO(curves.csv({'a, "b"': first, "c": second, "empty": Curves()}))))
    assert [row["run"] for row in rows] == ['a, "b"', 'a, "b"', "c"]
    assert [(row["step"], row["images"], row["loss"]) for row in rows] == [
        ("1", "", "0.25"),
        ("2", "", ""),
        ("5", "320", ""),
    ]
