import pytest
import torch

from ganlab import jobs, runs
from ganlab.jobs import estimate
from ganlab.recipes import Recipe


@pytest.fixture
def earlier(recipe: Recipe) -> None:
    """A finished run at 320 images a second: 20 steps."""
    folder = runs.create(runs.runs_folder() / "earlier", recipe, device="cpu")
    status = runs.read_status(folder).model_copy(update={"state": "done", "step": 120, "images_per_second": 320.0})
    runs.write_status(folder, status)


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("change", [{"seed": 5}, {"generator_lr": 0.01}, {"name": "other"}, {"dataset": "mnist"}])
def test_a_run_of_the_same_nets_tells_the_time(recipe: Recipe, change: dict[str, object]) -> None:
    longer = recipe.with_settings({"steps": 2_000} | change)
    found = estimate.from_earlier_runs(longer, "cpu", jobs.list_jobs())
    assert found == estimate.Estimate(100.0, "the speed of earlier")


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("change", [{"width": 8}, {"image_size": 32}, {"batch_size": 32}, {"penalty": "r1-r2"}])
def test_a_run_of_other_nets_does_not(recipe: Recipe, change: dict[str, object]) -> None:
    assert estimate.from_earlier_runs(recipe.with_settings(change), "cpu", jobs.list_jobs()) is None
    assert estimate.from_earlier_runs(recipe, "cuda", jobs.list_jobs()) is None


def test_a_run_whose_speed_nobody_knows_tells_nothing(recipe: Recipe) -> None:
    folder = runs.create(runs.runs_folder() / "game", recipe, device="cpu")
    status = runs.read_status(folder)
    runs.write_status(folder, status.model_copy(update={"state": "cancelled", "step": 200, "images_per_second": 0.0}))
    assert estimate.from_earlier_runs(recipe, "cpu", jobs.list_jobs()) is None


def test_a_timing_grows_with_the_steps(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once in a process of its own, as pages ask for it, and once here."""
    long = estimate.from_timing(recipe.with_settings({"steps": 1_000_000}), "cpu")
    assert "timing" in long.source
    monkeypatch.setattr(estimate, "TIMING_SECONDS", 0.5)
    short = estimate.time_training(recipe, torch.device("cpu"))
    assert 0 < short < 600
    assert long.seconds > 100 * short


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_timing_that_fails_says_why(recipe: Recipe) -> None:
    with pytest.raises(ValueError, match="no CUDA device here; choose from auto, cpu"):
        estimate.from_timing(recipe, "cuda")
