"""Where to train: a choice on Train, and where each run is."""

import pytest

from ganlab import runs
from ganlab.jobs.slurm import sending
from ganlab.recipes import Recipe
from ganlab.runs import Where
from tests.jobs.processes import SHORT


@pytest.fixture(autouse=True)
def _without_slurm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending.programs.shutil, "which", lambda program: None)


def where(app):
    return [control for control in app.get("button_group") if control.proto.label == "Where"]


def test_with_one_place_there_is_no_choice(open_page):
    app = open_page("train")
    assert not app.exception
    assert where(app) == []


def test_a_place_that_is_asked_for_and_not_there_says_what_is_missing(open_page):
    app = open_page("train", where="Slurm")
    assert not app.exception
    (control,) = where(app)
    assert [option.content for option in control.proto.options] == ["This machine", "Slurm"]
    assert "sbatch is not on this machine" in app.warning[0].value.replace("\\", "")
    assert app.button(key="start").disabled


def test_each_run_says_where_it_is(open_page, monkeypatch):
    sent = SHORT.with_settings({"name": "sent"})
    for recipe in (SHORT, sent):
        _ended(recipe)
    runs.write_where(runs.open_run(runs.runs_folder() / "sent"), Where(backend="slurm", handle="17_3"))
    app = open_page("train", run="sent")
    assert not app.exception
    assert app.get("progress")[0].proto.text.replace("\\", "") == "at Slurm, job 17_3 · step 0 of 120"
    table = app.dataframe[0].value
    assert dict(zip(table["Run"], table["Where"], strict=True)) == {"tiny": "This machine", "sent": "Slurm"}
    assert app.button(key="resume sent").disabled  # as Slurm is not here, and the button says so
    assert "sbatch is not on this machine" in app.button(key="resume sent").help.replace("\\", "")


def _ended(recipe: Recipe) -> None:
    folder = runs.create(runs.runs_folder() / recipe.name, recipe)
    runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "cancelled"}))
