"""A run from start to end: what it leaves behind, how it stops, and how it fails."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from ganlab import checkpoints, runs
from ganlab.execute import execute
from ganlab.jobs.processes import start_detached
from ganlab.optimizers import PhaseOptimizer
from ganlab.runs import RunFolder
from ganlab.snapshots import Measured, curves, export, snapshot_path
from tests.marks import posix
from tests.tiny import SMALL, TINY

pytestmark = pytest.mark.usefixtures("few_resamples")


def create(path: Path, **settings: object) -> RunFolder:
    return runs.create(path, SMALL.with_settings({"steps": 12} | settings), device="cpu")


def test_a_finished_run_has_everything(finished_run: RunFolder) -> None:
    status = runs.read_status(finished_run)
    assert (status.state, status.step, status.eta_seconds, status.error) == ("done", TINY.steps, 0, "")
    assert not runs.is_locked(finished_run)
    steps = [int(path.stem) for path in checkpoints.list_files(finished_run.snapshots)]
    assert steps == list(range(0, 61, 3))
    assert [int(path.stem) for path in sorted(finished_run.samples.glob("*.png"))] == steps
    with Image.open(finished_run.samples / "00000060.png") as sheet:
        assert sheet.size == (8 * 30 + 2, 8 * 30 + 2)  # 64 pictures of 28 px with gaps of 2
    lines = runs.read_metrics(finished_run)
    assert [line["step"] for line in lines] == list(range(1, 61))
    assert lines[-1]["images"] == 60 * TINY.batch_size
    assert {"seconds", "discriminator/loss", "generator/loss"} <= lines[0].keys()


def test_the_checkpoint_is_the_snapshot_that_measured_best(finished_run: RunFolder) -> None:
    cards = [checkpoints.read_card(path) for path in checkpoints.list_files(finished_run.snapshots)]
    best = min(cards, key=lambda card: card.metrics["frechet_pixels"])
    status = runs.read_status(finished_run)
    assert (status.best_step, status.metric) == (best.step, "frechet_pixels")
    assert status.best_value == best.metrics["frechet_pixels"]
    kept, snapshot = load_file(finished_run.checkpoint), load_file(best.path)
    assert all(torch.equal(kept[key], value) for key, value in snapshot.items())


def test_a_snapshot_can_be_exported(finished_run: RunFolder, tmp_path: Path) -> None:
    model = checkpoints.load(snapshot_path(finished_run, 30))
    export(model, finished_run, tmp_path / "out.safetensors", Measured({"confident": 0.25}, {}))
    card = checkpoints.read_card(tmp_path / "out.safetensors")
    assert (card.step, card.metrics) == (30, {"confident": 0.25})
    assert checkpoints.read_curves(tmp_path / "out.safetensors")["step"][-1] == 60
    with pytest.raises(ValueError, match=r"has no snapshot of step 31; choose from 0, 3, 6"):
        snapshot_path(finished_run, 31)


@pytest.mark.parametrize("n", [0, 1, 499, 500, 501, 5000])
def test_curves_are_thinned_and_keep_the_last_point(n: int) -> None:
    found = curves([{"step": float(step), "loss": step / 2} for step in range(1, n + 1)])
    if n == 0:
        assert found == {}
        return
    assert min(n, 250) <= len(found["step"]) <= 500
    assert found["step"][-1] == n
    torch.testing.assert_close(found["loss"], found["step"] / 2)


def test_the_extremes_of_every_curve_survive_the_thinning() -> None:
    lines = [{"step": float(step), "a/loss": step / 5000, "b/loss": -step / 5000} for step in range(1, 5001)]
    lines[1234]["a/loss"], lines[3456]["b/loss"], lines[4000]["b/loss"] = 9.0, -7.0, float("nan")
    found = curves(lines)
    assert len(found["step"]) <= 500
    assert found["step"][[0, -1]].tolist() == [1, 5000]
    assert found["a/loss"].max() == 9
    assert found["b/loss"][~found["b/loss"].isnan()].min() == -7
    assert (found["step"].diff() > 0).all()


@pytest.mark.parametrize("step", [0, 33, 60])
def test_a_checkpoint_carries_the_sheet_of_its_own_step(finished_run: RunFolder, tmp_path: Path, step: int) -> None:
    model = checkpoints.load(snapshot_path(finished_run, step))
    export(model, finished_run, tmp_path / "out.safetensors", Measured({}, {}))
    sheets = checkpoints.read_sheets(tmp_path / "out.safetensors")
    assert {0, step, 60} <= set(sheets.steps)
    assert sheets.steps == sorted(set(sheets.steps))
    assert len(sheets.steps) <= 8
    own = sheets.images[sheets.steps.index(step)].permute(0, 2, 3, 1)
    assert torch.equal(own, model.images(model.latent.from_seeds(range(16))))


def test_two_trainers_of_one_run(tmp_path: Path) -> None:
    folder = create(tmp_path / "run")
    first = execute(folder)
    next(first)
    with pytest.raises(ValueError, match=r"another trainer is at work in .*choose another folder"):
        next(execute(folder))
    assert runs.read_status(folder).state == "running"
    list(first)
    assert runs.read_status(folder).state == "done"


def test_the_stop_file_saves_and_cancels(tmp_path: Path) -> None:
    folder = create(tmp_path / "run", steps=5000)
    for report in execute(folder):
        if report.step >= 20:
            folder.stop.touch()
    status = runs.read_status(folder)
    assert (status.state, status.signal) == ("cancelled", None)
    assert 20 <= status.step < 5000
    assert folder.resume.is_file()
    assert not folder.stop.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_save_and_cancel_and_the_run_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    folder = create(tmp_path / "run")
    before = signal.getsignal(number)
    for report in execute(folder):
        if report.step == 5:
            signal.raise_signal(number)
    status = runs.read_status(folder)
    assert (status.state, status.step, status.signal) == ("cancelled", 5, number)
    assert signal.getsignal(number) is before
    assert [report.step for report in execute(folder, continue_run=True)] == list(range(6, 13))
    status = runs.read_status(folder)
    assert (status.state, status.signal) == ("done", None)
    assert [line["step"] for line in runs.read_metrics(folder)] == list(range(1, 13))


@posix
@pytest.mark.parametrize(
    ("backend", "stop", "state"),
    [
        ("slurm", False, "queued"),
        ("slurm", True, "cancelled"),
        ("local", False, "cancelled"),
    ],
)
def test_a_run_elsewhere_whose_time_is_over_waits_again_unless_it_was_cancelled(
    tmp_path: Path, backend: str, stop: bool, state: str
) -> None:
    folder = create(tmp_path / "run")
    runs.write_where(folder, runs.Where(backend=backend))
    for report in execute(folder):
        if report.step == 5:
            signal.raise_signal(signal.SIGUSR1)
            if stop:
                folder.stop.touch()
    status = runs.read_status(folder)
    assert (status.state, status.step) == (state, 5)
    assert [report.step for report in execute(folder, continue_run=True)] == list(range(6, 13))


def test_ctrl_c_while_it_gets_ready_cancels_the_run(tmp_path: Path) -> None:
    folder = create(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        next(execute(folder, tell=lambda text: signal.raise_signal(signal.SIGINT)))
    status = runs.read_status(folder)
    assert (status.state, status.step, status.signal, status.doing) == ("cancelled", 0, signal.SIGINT, "")
    assert not runs.is_locked(folder)
    assert [report.step for report in execute(folder)] == list(range(1, 13))  # nothing stands in the way


def test_a_torn_metrics_line_does_not_disturb_a_resumed_run(tmp_path: Path) -> None:
    folder = create(tmp_path / "run")
    stop_at(folder, 5)
    with folder.metrics.open("a", encoding="utf-8") as file:
        file.write('{"step": 6, "discrim')
    list(execute(folder, continue_run=True))
    assert [json.loads(text)["step"] for text in folder.metrics.read_text(encoding="utf-8").splitlines()] == list(
        range(1, 13)
    )


PACKER = """
import sys
from pathlib import Path
from ganlab import execute, runs
for report in execute.execute(runs.open_run(Path(sys.argv[1]))):
    pass
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", ["stop file", "SIGTERM"])
def test_a_wish_to_stop_is_heard_while_a_dataset_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """`shapes` takes minutes to draw; the run says how far it is, and leaves nothing half-written."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    recipe = TINY.with_settings({"dataset": "shapes", "image_size": 64})
    folder = runs.create(tmp_path / "run", recipe, device="cpu")
    with subprocess.Popen([sys.executable, "-c", PACKER, str(folder.path)]) as process:
        end = time.monotonic() + 120
        while not re.search(r"drawing scenes: [1-9]", runs.read_status(folder).doing):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        if way == "SIGTERM":
            process.terminate()
        else:
            folder.stop.touch()
        assert process.wait(60) == 0
    status = runs.read_status(folder)
    expected = ("cancelled", signal.SIGTERM if way == "SIGTERM" else None, "")
    assert (status.state, status.signal, status.doing) == expected
    assert not folder.stop.exists()
    assert not any(path.is_file() for path in (tmp_path / "data").rglob("*"))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
        torch.AcceleratorError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_gpu_too_small_for_the_run_names_the_ways_out(
    error: RuntimeError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The optimiser asks for its moments at the first step, where memory ends most often."""

    def step(self: PhaseOptimizer) -> None:
        raise error

    monkeypatch.setattr(PhaseOptimizer, "step", step)
    folder = create(tmp_path / "run")
    with pytest.raises(ValueError, match=r"the GPU's memory is too small .* choose another device \(CUDA "):
        list(execute(folder))
    assert runs.read_status(folder).state == "failed"
    assert "lower batch_size or width" in runs.read_status(folder).error


@pytest.mark.slow
def test_the_log_tells_an_unexpected_end_once(tmp_path: Path) -> None:
    folder = create(tmp_path / "run")
    folder.samples.touch()  # where a folder is to be made
    assert start_detached("ganlab.jobs.worker", folder.path, log=folder.log).wait(120) == 1
    assert folder.log.read_text(encoding="utf-8").count("Traceback") == 1
    assert "FileExistsError" in folder.log.read_text(encoding="utf-8")
    status = runs.read_status(folder)
    assert (status.state, str(folder.samples) in status.error) == ("failed", True)


def test_strange_files_among_samples_and_snapshots_are_left_alone(tmp_path: Path) -> None:
    folder = create(tmp_path / "run")
    stop_at(folder, 5)
    strange = [folder.samples / "best.png", folder.snapshots / "kept by hand.safetensors"]
    for path in strange:
        path.write_bytes(b"mine")
    list(execute(folder, continue_run=True))
    assert runs.read_status(folder).state == "done"
    assert all(path.read_bytes() == b"mine" for path in strange)
    assert checkpoints.read_sheets(folder.checkpoint).steps[-1] == 12


def test_a_run_that_loses_its_numbers_ends_as_collapsed(tmp_path: Path) -> None:
    """Weights so large that their products overflow, as after a learning rate that was much too high."""
    folder = create(tmp_path / "run", architecture="dcgan")
    stop_at(folder, 5)
    state = load_file(folder.resume)
    with_header(folder.resume, state | {k: v * 1e30 for k, v in state.items() if k.startswith("nets.trunk.0.")})
    reports = list(execute(folder, continue_run=True))
    assert [report.step for report in reports] == [6]
    status = runs.read_status(folder)
    assert (status.state, status.ended_by) == ("collapsed", "nan")
    assert "is not a number any more; lower both learning rates" in status.error
    assert status.findings[-1].kind == "nan"
    assert checkpoints.load(snapshot_path(folder, status.best_step)).card.step <= 5


@pytest.mark.parametrize(("on_collapse", "ends"), [("stop", "collapsed"), ("continue", "done")])
def test_whether_a_collapse_ends_the_run_is_the_users_choice(tmp_path: Path, on_collapse: str, ends: str) -> None:
    """A generator that does not move draws what it drew before; the monitor says so in any case."""
    recipe = SMALL.with_settings({"generator_lr": 1e-9})
    folder = runs.create(tmp_path / "run", recipe, device="cpu", on_collapse=on_collapse)
    list(execute(folder))
    status = runs.read_status(folder)
    assert (status.state, status.ended_by) == (ends, "not-learning" if ends == "collapsed" else "")
    at_the_end = ["not-converged"] if ends == "done" else []
    assert [finding.kind for finding in status.findings] == ["not-learning", *at_the_end]


def test_patience_ends_a_run_that_gets_no_better(tmp_path: Path) -> None:
    """A generator that does not move: nothing is better than some early snapshot, and three more are waited for."""
    folder = create(tmp_path / "run", steps=200, generator_lr=1e-9, patience=3)
    list(execute(folder))
    status = runs.read_status(folder)
    best = status.best_step or 0
    assert (status.state, status.step) == ("done", best + 3 * 10)  # a snapshot is drawn every 10 steps
    assert status.step < 200
    assert f"no better snapshot since step {best:,}" in status.ended
    assert checkpoints.read_card(folder.checkpoint).step == best
    assert len(checkpoints.list_files(folder.snapshots)) == status.step / 10 + 1


def test_patience_ends_a_resumed_run_at_the_same_step(tmp_path: Path) -> None:
    settings = {"steps": 200, "generator_lr": 1e-9, "patience": 3}
    whole, stopped = create(tmp_path / "whole", **settings), create(tmp_path / "stopped", **settings)
    list(execute(whole))
    stop_at(stopped, runs.read_status(whole).step - 5)
    list(execute(stopped, continue_run=True))
    assert runs.read_status(stopped).step == runs.read_status(whole).step
    assert runs.read_status(stopped).ended == runs.read_status(whole).ended


def test_a_run_that_gets_better_uses_all_its_steps(finished_run: RunFolder) -> None:
    assert runs.read_status(finished_run).ended == ""


def test_a_run_that_cannot_start_says_why(tmp_path: Path) -> None:
    folder = create(tmp_path / "run", batch_size=2000)
    with pytest.raises(ValueError, match=r"batch_size 2000 is larger than .* at most 1500"):
        list(execute(folder))
    status = runs.read_status(folder)
    assert (status.state, status.error[:15]) == ("failed", "batch_size 2000")


def test_what_lies_after_the_saved_step_is_forgotten(tmp_path: Path) -> None:
    """Killed after step 12 with a state of step 5: what came later, and half-written files, go."""
    folder = create(tmp_path / "run", generator_lr=5e-3)
    stop_at(folder, 5)
    saved = folder.resume.read_bytes()
    whole = [report.values for report in execute(folder, continue_run=True)]
    finished = runs.read_status(folder)
    folder.resume.write_bytes(saved)
    runs.write_status(folder, finished.model_copy(update={"state": "running"}))
    half_written = [folder.resume.with_name(".tmpAbC123"), folder.path / "status.json.123.part"]
    for path in half_written:
        path.touch()
    again = execute(folder, continue_run=True)
    assert next(again).values == whole[0]
    assert {int(path.stem) for path in (*folder.snapshots.iterdir(), *folder.samples.iterdir())} == set(range(6))
    assert (runs.read_status(folder).best_step or 0) <= 5
    assert not any(path.exists() for path in half_written)
    assert [report.values for report in again] == whole[1:]
    assert runs.read_status(folder).best_step == finished.best_step


def stop_at(folder: RunFolder, step: int) -> None:
    reports: Iterator = execute(folder)
    for report in reports:
        if report.step == step:
            signal.raise_signal(signal.SIGTERM)
    assert runs.read_status(folder).step == step


def with_header(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        header = {key: text for key, text in file.metadata().items() if key != "crc32"}
    save_file(tensors, path, header)
