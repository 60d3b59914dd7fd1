"""Event files, read back by TensorBoard's own reader."""

import io
import itertools
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganlab
from ganlab import events, runs
from ganlab.cli import main
from ganlab.execute import execute
from ganlab.loop import Report
from ganlab.runs import RunFolder
from tests.tiny import TINY

SMALL = {"width": 4, "batch_size": 16, "steps": 20}


def read(folder: RunFolder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        found = EventAccumulator(str(folder.path), size_guidance={"scalars": 0, "images": 0})
        return found.Reload()


def test_scalars_and_sheets_are_those_of_the_run_also_when_it_went_on(data_folder: Path, tmp_path: Path) -> None:
    training = ganlab.train(TINY, out=tmp_path / "run", device="cpu", tensorboard=True, **SMALL)
    for report in training:
        if report.step == 5:
            training.stop()
    assert training.status.state == "cancelled"
    folder = RunFolder(tmp_path / "run")
    ended = training.status.step
    assert ended < SMALL["steps"]
    with events.opened(folder, ended, wanted=True, tell=print) as late:  # a step that was never saved
        late.report(Report(step=ended + 2, images=1, seconds=1.0, values={"generator/loss": 1234.0}))
    list(training)
    assert training.status.state == "done"
    found = read(folder)
    for name in ("generator/loss", "discriminator/loss", "discriminator/real"):
        logged = [(line["step"], line[name]) for line in runs.read_metrics(folder)]
        told = [(event.step, event.value) for event in found.Scalars(name)]
        assert [step for step, _ in told] == [step for step, _ in logged]
        assert [value for _, value in told] == pytest.approx([value for _, value in logged], rel=1e-5)
    sheets = {int(path.stem): path for path in folder.samples.glob("*.png")}
    shown = {event.step: event.encoded_image_string for event in found.Images("samples")}
    assert shown.keys() == sheets.keys()
    for step, content in shown.items():
        assert np.array_equal(Image.open(io.BytesIO(content)), Image.open(sheets[step]))
    assert {event.step for event in found.Scalars("quality/frechet_pixels")} == set(sheets)


def test_files_of_one_second_are_read_in_the_order_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TensorBoard names a file by the second, and then by a number without leading zeros: 10 comes before 9."""
    folder = RunFolder(tmp_path)
    numbers = itertools.count(9)
    monkeypatch.setattr("tensorboard.summary.writer.event_file_writer._global_uid.get", lambda: next(numbers))
    for first in (1, 3, 5):
        with events.opened(folder, first - 1, wanted=True, tell=print) as part:
            for step in (first, first + 1, first + 2):  # the third was never saved
                part.report(Report(step=step, images=1, seconds=1.0, values={"loss": float(first)}))
    told = [(event.step, event.value) for event in read(folder).Scalars("loss")]
    assert told == [(1, 1.0), (2, 1.0), (3, 3.0), (4, 3.0), (5, 5.0), (6, 5.0), (7, 5.0)]


def test_files_are_read_in_their_order_though_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path)
    for first, clock in ((1, 2_000_000_000), (3, 2_000_000_001), (5, 1_700_000_000), (7, 1_600_000_000)):
        monkeypatch.setattr("time.time", lambda clock=clock: float(clock))
        with events.opened(folder, first - 1, wanted=True, tell=print) as part:
            for step in (first, first + 1, first + 2):  # the third was never saved
                part.report(Report(step=step, images=1, seconds=1.0, values={"loss": float(first)}))
    told = [(event.step, event.value) for event in read(folder).Scalars("loss")]
    assert told == [(step, float(step - (step + 1) % 2)) for step in range(1, 9)] + [(9, 7.0)]


def test_a_run_that_was_not_asked_writes_none(finished_run: RunFolder) -> None:
    assert not list(finished_run.path.glob("events*"))
    assert not runs.read_status(finished_run).tensorboard


def test_without_the_package_it_is_said_before_the_first_step(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runs.create(tmp_path / "asked", TINY.with_settings(SMALL), device="cpu", tensorboard=True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    remedy = r"event files for TensorBoard needs packages that are not installed: pip install -r requirements\.txt"
    with pytest.raises(ValueError, match=remedy):
        ganlab.train(TINY, out=tmp_path / "new", tensorboard=True, **SMALL)
    assert main(["train", "digits-quick", "--out", str(tmp_path / "new"), "--tensorboard"]) == 1
    assert "pip install -r requirements.txt" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    with pytest.raises(ValueError, match=remedy):  # on another machine than it was begun on
        next(execute(folder))
    assert runs.read_status(folder).state == "failed"


def test_a_full_disk_costs_the_event_files_and_not_the_run(tmp_path: Path) -> None:
    class Full:
        def add_scalar(self, *values: object) -> None:
            raise OSError(28, "No space left on device")

    told: list[str] = []
    written = events.Events(Full(), told.append)
    for step in itertools.islice(itertools.count(1), 3):
        written.report(Report(step=step, images=1, seconds=1.0, values={"a": 1.0}))
    written.close()
    assert len(told) == 1
    assert "event files end here" in told[0]


def test_files_are_read_in_their_order_by_a_clock_of_1970(tmp_path: Path) -> None:
    """A machine without a clock of its own begins there: its seconds are fewer than a run's files."""
    folder = RunFolder(tmp_path)
    for start in range(5):
        for now in (2, 2):  # a look at the files that are there already changes none
            events._put_earlier(folder, now)
        (tmp_path / f"{events.EVENTS}{2:010}.host.{start}.0").write_text(str(start), encoding="utf-8")
    files = sorted(tmp_path.glob(f"{events.EVENTS}*"), key=lambda path: path.name)
    assert [path.read_text(encoding="utf-8") for path in files] == ["0", "1", "2", "3", "4"]
