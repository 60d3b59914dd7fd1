"""What is put side by side, and what is said of files that cannot be read."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab import checkpoints, recipes, runs
from ganlab.explore import comparison, differences
from ganlab.explore.comparison import Entry, Source
from ganlab.explore.curves import Curves
from ganlab.runs import RunFolder
from ganlab.snapshots import CARRIED_SEEDS, SHEET_SEEDS, save_sheet

RECIPE = recipes.recipe("digits-quick")


def entry(name: str = "a", **settings: object) -> Entry:
    recipe = RECIPE.with_settings({key: value for key, value in settings.items() if key != "metrics"})
    metrics = settings.get("metrics", {})
    assert isinstance(metrics, dict)
    return Entry(source=Source(id=name, name=name), curves=Curves(), recipe=recipe, metrics=metrics)


def test_a_finished_run_is_one_source(run_folder: RunFolder, checkpoints_folder: Path) -> None:
    runs.create(runs.runs_folder() / "waiting-001", RECIPE)
    known = comparison.sources()
    assert list(known) == ["waiting-001", "tiny-001", "tiny"]
    assert known["tiny-001"].run is not None
    assert known["tiny-001"].model is not None


def test_a_run_and_its_checkpoint_tell_the_same(run_folder: RunFolder, checkpoints_folder: Path) -> None:
    run, shipped = (comparison.read(comparison.sources()[name]) for name in ("tiny-001", "tiny"))
    assert not run.problems
    assert not shipped.problems
    assert run.recipe == shipped.recipe
    assert run.metrics == shipped.metrics != {}
    assert (run.state, shipped.state) == ("done", "")
    assert set(shipped.sheet_steps) <= set(run.sheet_steps)


def test_the_sheets_of_a_run_and_of_its_checkpoint_show_the_same_pictures(
    run_folder: RunFolder, checkpoints_folder: Path
) -> None:
    run, shipped = (comparison.read(comparison.sources()[name]) for name in ("tiny-001", "tiny"))
    for step in shipped.sheet_steps:
        ours, theirs = comparison.sheet(run, step), comparison.sheet(shipped, step)
        assert ours.shape == (CARRIED_SEEDS, 28, 28, 3)
        # snapshots may hold float16 weights, drawn once more from the file
        assert np.abs(ours[..., :1].astype(int) - theirs).max() <= 2


@pytest.mark.parametrize("size", [8, 28, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_is_cut_into_the_tiles_it_was_made_of(run_folder: RunFolder, size: int, channels: int) -> None:
    tiles = torch.randint(0, 256, (len(SHEET_SEEDS), channels, size, size), dtype=torch.uint8)
    save_sheet(tiles, run_folder.samples / "00000777.png")
    read = comparison.read(comparison.sources()["tiny-001"])
    assert read.sheet_steps[-1] == 777
    expected = tiles[: comparison.SHEET_TILES].permute(0, 2, 3, 1).expand(-1, -1, -1, 3).numpy()
    assert np.array_equal(comparison.sheet(read, 777), expected)


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_a_damaged_sheet_names_its_file(run_folder: RunFolder, content: bytes) -> None:
    (run_folder.samples / "00000777.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"00000777\.png (cannot be read|is empty)"):
        comparison.sheet(comparison.read(comparison.sources()["tiny-001"]), 777)


def test_a_run_that_waits_is_no_problem_one_that_ended_without_a_word_is() -> None:
    waiting = runs.create(runs.runs_folder() / "waiting-001", RECIPE)
    read = comparison.read(comparison.sources()["waiting-001"])
    assert read.state == "queued"
    assert not read.problems
    assert read.recipe == RECIPE
    runs.write_status(waiting, runs.read_status(waiting).model_copy(update={"state": "cancelled"}))
    read = comparison.read(comparison.sources()["waiting-001"])
    assert read.problems == ["it has not logged anything yet"]


def test_a_run_with_an_unreadable_recipe_still_has_its_curves(run_folder: RunFolder) -> None:
    for file in (run_folder.recipe, run_folder.recipe_copy):
        file.write_text('{"steps": ', encoding="utf-8")
    read = comparison.read(comparison.sources()["tiny-001"])
    logged = len(runs.read_metrics(run_folder))
    assert len(read.curves) == logged + 1  # and what the snapshot of step 0 measured
    assert read.recipe is None
    assert "recipe.json cannot be used" in read.problems[0]


def test_damaged_lines_are_counted(run_folder: RunFolder) -> None:
    with run_folder.metrics.open("a", encoding="utf-8") as file:
        file.write('{"step": 61, \n')
    assert comparison.read(comparison.sources()["tiny-001"]).problems == ["1 damaged line of metrics.jsonl left out"]


def test_a_run_under_way_has_the_metrics_of_its_last_snapshot(run_folder: RunFolder) -> None:
    run_folder.checkpoint.unlink()
    read = comparison.read(comparison.sources()["tiny-001"])
    last = checkpoints.read_card(checkpoints.list_files(run_folder.snapshots)[-1])
    assert (read.metrics, read.step) == (last.metrics, last.step)


def test_a_checkpoint_that_cannot_be_read_is_an_entry_with_a_problem(
    checkpoints_folder: Path, truncated_file: Path, pickle_file: Path
) -> None:
    for path in (truncated_file, pickle_file):
        shutil.copy(path, checkpoints_folder)
    known = comparison.sources()
    assert "cut short" in comparison.read(known["truncated"]).problems[0]
    assert "pickle" in comparison.read(known["pickle"]).problems[0]
    assert not (pickle_file.parent / "ran").exists()


def test_the_settings_that_differ() -> None:
    entries = [entry("a", width=48), entry("b"), entry("c", seed=3)]
    usual = RECIPE.config.width
    assert differences.differing_settings(entries) == {"width": [48, usual, usual], "seed": [0, 0, 3]}
    assert differences.differing_settings(entries[:1]) == {}
    renamed = replace(entries[1], recipe=RECIPE.model_copy(update={"name": "other"}))
    assert differences.differing_settings([entries[1], renamed]) == {}


def test_a_setting_is_described_by_its_field() -> None:
    assert differences.describe_setting([entry()], "seed") == "seed of weights, data order and noise"
    assert differences.describe_setting([entry()], "generator_lr") == "learning rate of the generator"
    assert differences.describe_setting([entry()], "nothing") is None


def test_an_entry_without_a_recipe_differs_in_nothing() -> None:
    unknown = replace(entry("b"), recipe=None)
    assert differences.differing_settings([entry("a"), unknown]) == {}
    assert differences.differing_settings([entry("a", seed=1), unknown, entry("c")]) == {"seed": [1, None, 0]}


def test_labels_are_names_or_settings_and_never_the_same() -> None:
    entries = [entry("a", seed=1), entry("b", seed=2), entry("c", seed=2)]
    assert differences.labels(entries, by="run") == ["a", "b", "c"]
    assert differences.labels(entries, by="settings") == ["seed 1", "b seed 2", "c seed 2"]
    assert differences.labels(entries[:1], by="settings") == ["a"]


def test_the_better_metric_follows_its_direction() -> None:
    low = entry("a", metrics={"frechet_pixels": 3.0, "confident": 0.4, "samples": 100.0})
    high = entry("b", metrics={"frechet_pixels": 4.0, "confident": 0.9, "samples": 200.0})
    assert differences.best("frechet_pixels", [low, high]) == 3.0
    assert differences.best("confident", [low, high]) == 0.9
    assert differences.best("samples", [low, high]) is None
    assert differences.best("confident", [low]) is None
    assert differences.best("histogram_kl", [low, high]) is None
    assert differences.metrics_table([low, entry("c")])["confident"] == [0.4, None]


def test_metrics_of_other_data_are_not_held_against_each_other() -> None:
    ours = entry("a", metrics={"frechet_pixels": 3.0})
    for other in ({"dataset": "mnist"}, {"image_size": 32}):
        assert differences.best("frechet_pixels", [ours, entry("b", metrics={"frechet_pixels": 4.0}, **other)]) is None


def test_the_floor_is_that_of_the_data_that_all_share() -> None:
    measured = entry("a", metrics={"frechet_pixels": 3.0, "floor_frechet_pixels": 1.0, "floor_samples": 297.0})
    assert differences.floor([entry("b"), measured]) == {"frechet_pixels": 1.0, "samples": 297.0}
    assert differences.floor([entry("b")]) == {}
    assert differences.floor([entry("b", dataset="mnist"), measured]) == {}


@pytest.mark.parametrize(("step", "expected"), [(0, 0), (9, 0), (10, 0), (11, 20), (999, 40)])
def test_nearest_is_the_closest_and_of_two_the_earlier(step: int, expected: int) -> None:
    assert comparison.nearest([40, 0, 20], step) == expected
