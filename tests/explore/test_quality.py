"""Quality against steps: what snapshots measured, beside what was logged."""

import numpy as np
import torch

from ganlab import checkpoints, runs
from ganlab.explore import curves, quality
from ganlab.runs import RunFolder
from ganlab.snapshots import QUALITY
from ganlab.snapshots import curves as carried


def test_curves_of_a_run_have_what_its_snapshots_measured(run_folder: RunFolder) -> None:
    found = curves.of_run(run_folder).columns
    by_step = {step: checkpoints.read_card(path).metrics for step, path in _snapshots(run_folder).items()}
    assert len(by_step) > 2
    values = found[QUALITY + "frechet_pixels"]
    measured = dict(zip(found["step"][np.isfinite(values)].astype(int), values[np.isfinite(values)], strict=True))
    assert measured == {step: metrics["frechet_pixels"] for step, metrics in by_step.items()}
    best = min(by_step, key=lambda step: by_step[step]["frechet_pixels"])
    assert quality.best_step(found, "frechet_pixels") == best == runs.read_status(run_folder).best_step
    assert quality.best_step(found, "diversity") is None
    steps = np.array([0.0, 10, 20])
    of_new = {"step": steps, QUALITY + "confident": np.array([1.0, 0.9, 0.8])}
    assert quality.best_step(of_new, "confident") == 10  # a new net draws one picture, of which the classifier is sure
    assert quality.best_step({name: values[:1] for name, values in of_new.items()}, "confident") == 0
    of_new |= {QUALITY + "diversity": np.array([0.01, 0.1, 0.9])}
    assert quality.best_step(of_new, "confident") == 20  # of samples that are much alike, too
    assert QUALITY + "samples" not in found


def test_the_logged_values_stay_where_they_were(run_folder: RunFolder) -> None:
    found = curves.of_run(run_folder).columns
    lines = runs.read_metrics(run_folder)
    loss = found["generator/loss"]
    assert loss[np.isfinite(loss)].tolist() == [line["generator/loss"] for line in lines]
    assert found["images"][0] == 0
    assert (np.diff(found["images"]) > 0).all()


def test_a_step_between_two_reports_lies_between_them() -> None:
    logged = {"step": np.array([10.0, 20.0]), "images": np.array([100.0, 200.0]), "loss": np.array([1.0, 2.0])}
    found = quality.beside_losses(logged, {15: {"frechet_pixels": 3.0}, 20: {"frechet_pixels": 2.0}})
    assert found["step"].tolist() == [10, 15, 20]
    assert found["images"].tolist() == [100, 150, 200]
    assert found["loss"][[0, 2]].tolist() == [1, 2]
    assert np.isnan(found["loss"][1])
    assert found[QUALITY + "frechet_pixels"][1:].tolist() == [3, 2]


def test_a_damaged_snapshot_leaves_a_gap(run_folder: RunFolder) -> None:
    step, path = list(_snapshots(run_folder).items())[1]
    path.write_bytes(b"nothing")
    assert step not in quality.of_run(run_folder)
    assert len(quality.of_run(run_folder)) == len(_snapshots(run_folder)) - 1


def test_a_checkpoint_carries_them() -> None:
    lines = [{"step": float(i), "images": 2.0 * i, "seconds": i / 10, "loss": i % 7 / 7} for i in range(1, 3001)]
    measured = {0: {"frechet_pixels": 9.0}, 1500: {"frechet_pixels": 4.0, "samples": 2000.0}}
    found = carried(lines, measured)
    values = found[QUALITY + "frechet_pixels"]
    assert values[torch.isfinite(values)].tolist() == [9, 4]
    assert found["step"][torch.isfinite(values)].tolist() == [0, 1500]
    assert len(values) < 600
    assert QUALITY + "samples" not in found


def test_titles_of_panels() -> None:
    panels = curves.panels([f"{QUALITY}frechet_pixels", "generator/loss", f"{QUALITY}confident"])
    assert list(panels) == [curves.LOSSES, "Pixel Frechet", "Recognisable"]


def _snapshots(folder: RunFolder) -> dict:
    return runs.numbered(folder.snapshots, ".safetensors")


def test_measurements_are_not_smoothed(run_folder: RunFolder) -> None:
    read = curves.of_run(run_folder)
    for name, smooth in ((f"{QUALITY}frechet_pixels", False), ("generator/loss", True)):
        raw, drawn = (curves.line(read, name, half_life=half_life)[1] for half_life in (0.0, 20.0))
        assert np.array_equal(raw, drawn) != smooth
