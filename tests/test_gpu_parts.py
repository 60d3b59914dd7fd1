"""The measurements for a GPU machine, as far as a CPU can tell: limits, records, tolerances, and a rehearsal."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bench.gpu_parts import files, running
from bench.gpu_parts.__main__ import FILE, RESULTS, collect
from bench.gpu_parts.curves import FAMILY_SETTINGS, LEAST, ROUNDINGS, agree, begin, deviations, limits, recipe
from bench.gpu_parts.entries import ENTRIES, Entry
from bench.gpu_parts.peaks import bfloat16_teraflops
from bench.gpu_parts.plan import PARTS, chosen, seconds_for
from bench.gpu_parts.pretended_cuda import can_pretend, error_of
from bench.gpu_parts.profiling import busy_share
from bench.gpu_parts.records import Machine, Prepare, Results, SamplingSpeed, Speed, StepSpeed
from bench.gpu_parts.table import UNMEASURED, rows
from bench.gpu_parts.training import Task, Timing, save_best
from bench.gpu_parts.zoo import waves
from bench.parcels import LeftOut
from ganlab import checkpoints, runs
from ganlab.data import Pack, describe
from ganlab.families import FAMILIES
from ganlab.runs import RunFolder
from tests.tiny import TINY

ROOT = Path(__file__).parents[1]


def run(code: str, tmp_path: Path, *, seconds: float, grace: float = 1.0) -> running.Ended:
    return running.run(
        [sys.executable, "-c", code],
        seconds=seconds,
        log=tmp_path / "log",
        environment={"PYTHONUNBUFFERED": "1"},
        folder=tmp_path,
        grace=grace,
    )


def test_a_part_that_ends_by_itself_tells_how(tmp_path: Path) -> None:
    ended = run("print('halfway'); raise SystemExit('no such card')", tmp_path, seconds=60)
    assert (ended.code, ended.timed_out) == (1, False)
    assert ended.tail.endswith("no such card")
    assert ended.seconds < 60


def test_a_part_that_takes_too_long_may_still_save(tmp_path: Path) -> None:
    code = """
import pathlib, signal, sys, time
def save(number, frame):
    pathlib.Path("saved").touch()
    sys.exit(3)
signal.signal(signal.SIGTERM, save)
pathlib.Path("ready").touch()
time.sleep(300)
"""
    ended = run(code, tmp_path, seconds=3, grace=30)
    assert (tmp_path / "ready").exists()
    assert (tmp_path / "saved").exists()
    assert (ended.code, ended.timed_out) == (3, True)
    assert 3 <= ended.seconds < 30


def test_a_part_that_does_not_listen_is_killed_with_all_its_processes(tmp_path: Path) -> None:
    code = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
pathlib.Path("child").write_text(str(child.pid))
time.sleep(300)
"""
    ended = run(code, tmp_path, seconds=3, grace=0.5)
    assert (ended.code, ended.timed_out) == (-9, True)
    assert ended.seconds < 30
    child = Path("/proc") / (tmp_path / "child").read_text(encoding="utf-8")
    end = time.monotonic() + 10
    while child.exists() and "State:\tZ" not in (child / "status").read_text(encoding="utf-8"):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_parts_fit_into_the_minutes() -> None:
    """However long they take: a part that overruns costs itself and the last one, one that is quick gives."""
    assert sum(part.share for part in PARTS.values()) == pytest.approx(1)
    names, total = chosen([]), 480.0
    assert names == list(PARTS)
    assert chosen(["speed"]) == ["prepare", "speed"]
    assert chosen(["check", "zoo"]) == [name for name in PARTS if name != "speed"]
    for used in (0.1, 1.0):
        passed = 0.0
        for name in names:
            seconds = seconds_for(name, names, total=total, passed=passed)
            assert seconds >= PARTS[name].share * total * 0.9
            passed += seconds if name == "zoo" else seconds * used
        assert total - 10 < passed <= total
    assert seconds_for("zoo", names, total=total, passed=500) == 0
    assert seconds_for("zoo", names, total=total, passed=0, rehearsal=True) == PARTS["zoo"].share * total


def test_waves_share_the_time_that_is_left() -> None:
    entries = list(ENTRIES)
    assert [(len(wave.entries), wave.seconds) for wave in waves(entries, 3, left=240)] == [(3, 120), (3, 120)]
    assert [(len(wave.entries), wave.seconds) for wave in waves(entries, 4, left=150)] == [(4, 150)]
    assert [wave.seconds for wave in waves(entries, 1, left=20)] == [20]


def test_steps_leave_time_for_the_measurements() -> None:
    timing = Timing(step=0.01, snapshot=1.0)
    seconds = 120.0
    training = timing.steps(seconds) * timing.step
    assert 0.85 * seconds < training + 21 * timing.snapshot + timing.last_measurement <= seconds
    assert timing.steps(1.0) == 20  # one a snapshot, at least


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.recipe)
def test_entries_are_wide_and_their_checkpoints_small(entry: Entry) -> None:
    made = entry.made
    spec = replace(describe(made.dataset).spec, size=made.image_size)
    nets = FAMILIES[made.family].build(made.config, spec)
    kept = sum(weight.numel() for name in FAMILIES[made.family].KEPT for weight in nets[name].parameters())
    assert kept * 2 < 15e6  # two bytes a weight
    assert made.config.width >= 64


def test_busy_time_is_the_union_of_spans() -> None:
    assert busy_share([]) == 0
    assert busy_share([(0, 10)]) == 1
    assert busy_share([(0, 4), (2, 6), (3, 4), (8, 10)]) == pytest.approx(0.8)


def test_peaks_are_found_by_the_cards_names() -> None:
    assert bfloat16_teraflops("NVIDIA H100 80GB HBM3") == 989.4
    assert bfloat16_teraflops("NVIDIA H100 PCIe") == 756
    assert bfloat16_teraflops("NVIDIA A100-SXM4-80GB") == 312
    assert bfloat16_teraflops("NVIDIA A10G") is None
    assert bfloat16_teraflops("NVIDIA L40S") == 362
    assert bfloat16_teraflops("Tesla T4") is None


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN")  # what switching oneDNN off says
@pytest.mark.parametrize("family", ["gan", "infogan", "vae"])
def test_the_tolerance_tells_another_order_of_sums_from_another_number_format(family: str, digits: Pack) -> None:
    """Torch's plain kernels stand for those of another device; bfloat16 and another seed must not pass for them."""
    made, steps = recipe(family, width=8), 40
    here = begin(made, digits, "cpu").go(steps)
    rounding = deviations(here, begin(made, digits, "cpu", roundings=ROUNDINGS).go(steps))
    with torch.backends.mkldnn.flags(enabled=False):
        others = begin(made, digits, "cpu").go(steps)
    assert agree(deviations(here, others), rounding)
    coarse = begin(recipe(family, width=8, precision="bfloat16"), digits, "cpu").go(steps)
    assert not agree(deviations(here, coarse), rounding)
    assert not agree(deviations(here, begin(made.with_settings({"seed": 1}), digits, "cpu").go(steps)), rounding)


def test_limits_grow_and_never_shrink() -> None:
    assert limits([0.0, 1e-3, 1e-4]) == [LEAST, 1e-2, 1e-2]
    with pytest.raises(ValueError, match="did not report the same steps"):
        deviations([], [])


@pytest.mark.skipif(not can_pretend(), reason="this build of torch has no CUDA to pretend")
@pytest.mark.parametrize("family", FAMILY_SETTINGS)
def test_losses_on_pretended_cuda_mix_no_devices(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert error_of(family) == ""
    for module in ("ganlab.adversarial", "ganlab.conditional.nets", "ganlab.families.vae"):
        monkeypatch.setattr(f"{module}.to_device", lambda values, device: values)
    assert "two different devices" in error_of(family)


def results(card: str, *, rehearsal: bool = False) -> Results:
    machine = Machine(card=card, memory_gib=79.1, cores=16, torch="2.11.0", cuda="13.0", cudnn=91900, python="3.12.1")
    return Results(
        date="2026-11-26",
        rehearsal=rehearsal,
        minutes=8,
        left_out=(LeftOut(name="mnist", why="too large"),),
        parts=[Prepare(state="done", machine=machine), Speed(state="timed out", error="cut off")],
    )


@pytest.mark.parametrize(("card", "rehearsal"), [("", False), ("NVIDIA H100 PCIe", True)])
def test_only_results_of_a_card_are_collected(card: str, rehearsal: bool, tmp_path: Path) -> None:
    files.write(results(card, rehearsal=rehearsal), tmp_path / FILE)
    before = RESULTS.read_bytes() if RESULTS.exists() else b""
    with pytest.raises(ValueError, match="was not measured on a GPU"):
        collect(tmp_path)
    assert (RESULTS.read_bytes() if RESULTS.exists() else b"") == before


def test_results_are_read_back_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.gpu_parts.__main__.RESULTS", tmp_path / "bench.json")
    written = results("NVIDIA H100 PCIe")
    files.write(written, tmp_path / FILE)
    assert collect(tmp_path) == 0
    assert Results.model_validate_json((tmp_path / "bench.json").read_text(encoding="utf-8")) == written
    assert written.card == "NVIDIA H100 PCIe"


def test_rows_for_the_readme_hold_what_was_measured() -> None:
    made = results("NVIDIA H100 PCIe")
    speed = made.parts[1]
    assert isinstance(speed, Speed)
    assert rows(made) == []
    speed.steps = [
        StepSpeed(
            image_size=size,
            batch_size=64,
            ours_ms=5.04,
            plain_ms=12.6,
            ratio=2.5,
            images_per_second=12_698.4,
            teraflops=30.2,
            share_of_peak=0.04,
        )
        for size in (28, 64)
    ]
    speed.sampling = [SamplingSpeed(image_size=64, batch_size=1024, images_per_second=123_456.7)]
    assert rows(made) == [
        "| the same step at 64 px, batch 64, on one NVIDIA H100 PCIe | 5.0 ms, 4.0% of the card's bfloat16 peak; "
        "a plain float32 loop 12.6 ms: 2.5 times as fast |",
        "| pictures of 64 px drawn on it | 123,457 a second |",
    ]


def test_readme_promises_nothing_of_a_gpu_that_was_not_measured() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if not RESULTS.exists():
        assert f"(`make gpu`) | {UNMEASURED} |" in readme
        return
    measured = Results.model_validate_json(RESULTS.read_text(encoding="utf-8"))
    assert UNMEASURED not in readme
    assert measured.card in readme
    assert not measured.rehearsal


def task(folder: RunFolder, out: Path) -> Task:
    return Task(
        recipe=TINY, changed={}, name="tiny-wide", folder=folder.path, out=out, device="cpu", until=0, timed_steps=2
    )


def test_a_training_that_was_cut_off_becomes_a_checkpoint(run_folder: RunFolder, tmp_path: Path) -> None:
    """Of its best snapshot, with what was measured of that."""
    run_folder.checkpoint.unlink()
    made = task(run_folder, tmp_path)
    trained = made.begun()
    save_best(made, trained)
    best = runs.read_status(run_folder).best_step
    card = checkpoints.read_card(tmp_path / "tiny-wide.safetensors")
    assert (trained.state, trained.file, trained.best_step) == ("done", "tiny-wide.safetensors", best)
    assert card.step == best
    assert not trained.fully_measured
    assert trained.metrics["samples"] == 2_000


def test_a_training_that_ended_at_once_says_so(tmp_path: Path) -> None:
    made = task(RunFolder(tmp_path / "none"), tmp_path)
    trained = made.begun()
    save_best(made, trained)
    assert (trained.state, trained.error) == ("failed", "it ended before its first snapshot")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_rehearsal_runs_every_part(tmp_path: Path, data_folder: Path) -> None:
    """In minutes that a busy machine may need; an idle one takes one or two."""
    command = [sys.executable, "bench/gpu.py", "--rehearse", "--minutes", "20", "--out", str(tmp_path / "out")]
    command += ["--travel", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    written = Results.model_validate_json((tmp_path / "out" / FILE).read_text(encoding="utf-8"))
    assert [(part.name, part.state) for part in written.parts] == [(name, "done") for name in PARTS]
    assert written.rehearsal
    assert not RESULTS.exists() or not json.loads(RESULTS.read_text(encoding="utf-8"))["rehearsal"]
    trained = written.parts[-1].trained
    assert [one.state for one in trained] == ["done", "done"]
    for one in trained:
        assert checkpoints.load(tmp_path / "out" / one.file).card.step == one.best_step
