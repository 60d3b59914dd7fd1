"""`ganlab.train`: a training as an iterator of reports."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import ganlab
from ganlab import runs
from tests import tiny

SMALL = {"width": 4, "batch_size": 16, "steps": 12}


def test_a_training_gives_reports_and_a_model(data_folder: Path, tmp_path: Path) -> None:
    training = ganlab.train("digits-quick", out=tmp_path / "run", device="cpu", **SMALL)
    reports = list(training)
    assert reports[-1].step == 12
    assert all(np.isfinite(value) for value in reports[-1].values.values())
    assert training.status.state == "done"
    assert training.model().sample(2).shape[0] == 2
    assert list(training) == [], "a run that is done has nothing more to tell"


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(data_folder: Path, tmp_path: Path) -> None:
    one, other = (ganlab.train(tiny.SMALL, out=tmp_path / name, device="cpu", steps=12) for name in ("one", "other"))
    whole = list(one)
    first = []
    for report in other:
        first.append(report)
        if report.step == 5:
            other.stop()
    assert other.status.state == "cancelled"
    assert [report.values for report in [*first, *other]] == [report.values for report in whole]
    assert np.array_equal(one.model().sample(4), other.model().sample(4))


def test_a_training_in_a_thread(data_folder: Path, tmp_path: Path) -> None:
    """Of a web server or a notebook's widget, for instance: signals belong to the first thread."""
    training = ganlab.train("digits-quick", out=tmp_path / "run", device="cpu", **SMALL | {"steps": 2})
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(list, training).result()[-1].step == 2
    assert training.status.state == "done"


def test_a_new_run_is_among_the_others_and_waits_to_be_iterated(data_folder: Path) -> None:
    training = ganlab.train("digits-quick", device="cpu", **SMALL)
    assert [run.path for run in runs.list_runs()] == [training.folder]
    assert training.status.state == "queued"
    with pytest.raises(ValueError, match="no snapshot yet"):
        training.model()
    assert "queued at step 0 of 12" in repr(training)


def test_a_trained_model_has_the_name_of_its_run(data_folder: Path, tmp_path: Path) -> None:
    training = ganlab.train("digits-quick", out=tmp_path / "my-run", device="cpu", **SMALL | {"steps": 2})
    model = training.run()
    assert model.name == model.sample(1).source.model == "my-run"
    shutil.rmtree(training.folder)
    with pytest.raises(ValueError, match="my-run"):
        training.stop()


def test_a_wrong_option_leaves_no_folder(data_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="on_collapse") as raised:
        ganlab.train("digits-quick", out=tmp_path / "y", device="cpu", on_collapse="foo", **SMALL)  # type: ignore[arg-type]
    assert "pydantic" not in str(raised.value)
    assert not (tmp_path / "y").exists()


def test_what_cannot_be_trained_is_said_before_there_is_a_folder(data_folder: Path, tmp_path: Path) -> None:
    for recipe, settings, reason in (
        ("digits-quik", {}, "unknown recipe 'digits-quik'"),
        ("digits-quick", {"widht": 4}, "did you mean 'width'"),
        ("digits-quick", {"batch_size": 2000}, "set batch_size to that many or fewer"),
    ):
        with pytest.raises(ValueError, match=reason):
            ganlab.train(recipe, out=tmp_path / "run", **settings)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "is not there"), ("[", "is not a recipe .Expecting"), ('{"steps": 0}', "is not a recipe .steps")],
)
def test_a_recipes_file_is_named_in_what_is_wrong_with_it(tmp_path: Path, content: str | None, reason: str) -> None:
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"mine\.json {reason}"):
        ganlab.train(path)
