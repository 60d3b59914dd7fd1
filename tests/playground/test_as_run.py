"""A game that becomes a run: its files are those of training, and it goes on as if it had been trained all along."""

from pathlib import Path

import pytest
import torch

from ganlab import checkpoints, runs
from ganlab.data import Stream, catalogue, drawn_points
from ganlab.execute import execute
from ganlab.explore import library
from ganlab.loop import train
from ganlab.owners import Person, read_owner
from ganlab.playground.as_run import make_run
from ganlab.playground.game import Game, change, new_game, step
from ganlab.playground.settings import drawing_of, recipe_of
from ganlab.resume import restore_state
from ganlab.training_state import Run, start

SMALL = {"width": 8, "batch_size": 16}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GANLAB_RUNS", str(tmp_path / "runs"))


def played(steps: int, **settings: object) -> Game:
    game = new_game(recipe_of(SMALL | settings), drawing_of(settings))
    for _ in range(steps):
        step(game)
    return game


def restored(folder: runs.RunFolder) -> Run:
    recipe = runs.read_recipe(folder)
    run = start(recipe, catalogue.describe(recipe.dataset).spec, torch.device("cpu"))
    restore_state(run, folder.resume)
    return run


def test_the_run_goes_on_as_if_its_recipe_had_been_trained_from_the_start() -> None:
    game = played(60)
    folder = make_run(game)
    status, recipe = runs.read_status(folder), runs.read_recipe(folder)
    assert (status.state, status.step) == ("cancelled", 60)
    assert "a game in the Playground at step 60" in status.ended
    assert [line["step"] for line in runs.read_metrics(folder)] == [25, 50]
    assert library.run_model(folder).path == max(folder.snapshots.glob("*.safetensors"))
    assert status.best_value is not None
    for report in execute(folder, continue_run=True):
        if report.step >= 100:
            folder.stop.touch()
            break
    pack = catalogue.load(recipe.dataset, 1)
    direct = start(recipe, pack.spec, torch.device("cpu"))
    stream = Stream(pack, batch_size=recipe.batch_size, seed=0, device=torch.device("cpu"))
    report = next(report for report in train(direct, stream, report_every=25) if report.step == 50)
    lines = {int(line["step"]): line for line in runs.read_metrics(folder)}
    assert lines[50]["generator/loss"] == pytest.approx(report.values["generator/loss"], rel=1e-5)
    went_on = restored(make_run(played(60)))
    for run in (direct, went_on):
        for _ in train(run, stream, report_every=25, stop=lambda run=run: run.step >= 70):
            pass
    for name, value in direct.nets.state_dict().items():
        assert torch.equal(value, went_on.nets.state_dict()[name])


def test_the_game_goes_on_as_if_nothing_had_been() -> None:
    game, other = played(30), played(30)
    make_run(game)
    for one in (game, other):
        for _ in range(10):
            step(one)
    assert game.recipe == other.recipe
    for name, value in game.run.nets.state_dict().items():
        assert torch.equal(value, other.run.nets.state_dict()[name])


def test_a_game_that_was_changed_says_that_its_recipe_does_not_lead_there() -> None:
    game = played(20)
    change(game, {"generator_lr": 0.01})
    for _ in range(10):
        step(game)
    folder = make_run(game)
    assert "its recipe alone does not lead there" in runs.read_status(folder).ended
    paths = runs.numbered(folder.snapshots, ".safetensors")
    assert checkpoints.read_card(paths[0]).began_from is None
    began = checkpoints.read_card(paths[30]).began_from
    assert began is not None
    assert "changed while it ran" in str(began)
    assert runs.read_recipe(folder).config.generator_lr == 0.01


def test_numbers_that_overflowed_become_no_run() -> None:
    game = played(9)
    with torch.no_grad():
        game.run.nets["generator"][0].weight.fill_(torch.inf)
    with pytest.raises(ValueError, match="go back to step 8, the last good one"):
        make_run(game)
    assert runs.list_runs() == []


def test_drawn_points_become_a_dataset_of_whoever_drew_them() -> None:
    drawing = drawn_points.written(torch.rand(20, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1)
    person = Person(issuer="https://login.example", subject="1", name="ada")
    folder = make_run(played(5, dataset="drawn", drawing=drawing), person)
    name = runs.read_recipe(folder).dataset
    assert catalogue.added() == [name]
    assert read_owner(folder.owner) == person
    assert read_owner(catalogue.packs_folder() / f"{name}.owner.json") == person
    assert "modes_found" in checkpoints.read_card(max(folder.snapshots.glob("*.safetensors"))).metrics
