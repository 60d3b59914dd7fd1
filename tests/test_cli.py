"""The command line: every command, the exit codes, and messages that help."""

import inspect
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from ganlab import checkpoints, runs
from ganlab.cli import COMMANDS, GROUPS, Command, main
from ganlab.commands import names
from ganlab.counting import number
from ganlab.data import Pack
from ganlab.explore import paths
from ganlab.recipes import Recipe
from ganlab.runs import RunFolder
from ganlab.stopping import UNREAD
from tests.marks import posix
from tests.tiny import TINY

Said = pytest.CaptureFixture[str]
SMALL = ["--set", "architecture=mlp-funnel", "width=4", "batch_size=16"]


def fails(said: Said, *argv: str) -> str:
    """What the command says when it fails as it should: exit code 1, one line on stderr, no traceback."""
    assert main(argv) == 1
    error = said.readouterr().err
    assert "Traceback" not in error
    return error


@pytest.mark.parametrize("argv", [[], *(name.split() for name in COMMANDS), *([name] for name in GROUPS)], ids=" ".join)
def test_help(argv: list[str], capsys: Said) -> None:
    with pytest.raises(SystemExit) as exited:
        main([*argv, "--help"])
    assert exited.value.code == 0
    said = capsys.readouterr().out
    for name, command in COMMANDS.items():
        *group, word = name.split()
        if group == argv:
            assert f"{word} " in said
            assert command.title.split()[0] in said
    chosen = COMMANDS.get(" ".join(argv))
    for option in inspect.signature(chosen.load()).parameters.values() if chosen else ():
        shown = "--set" if option.name == "settings" else f"--{option.name.replace('_', '-')}"
        assert (shown if option.kind == option.KEYWORD_ONLY else option.name.upper()) in said


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_a_command_is_listed_by_the_beginning_of_its_docstring(command: Command) -> None:
    described = inspect.getdoc(command.load())
    assert described is not None
    assert described.split("\n\n")[0] == command.title


def test_the_list_of_commands_comes_without_torch() -> None:
    """torch takes two seconds, more than people wait for a list."""
    script = "import sys; from ganlab.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert "interpolate" in done.stdout
    assert {"ganlab.cli", "tyro"} <= set(done.stdout.splitlines()[-1].split())
    assert "torch" not in done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize("argv", [["--help"], ["list"]], ids=" ".join)
def test_whoever_reads_may_stop_reading(argv: list[str]) -> None:
    """As in `ganlab list | head -1`: quiet, and the code of a program that a closed pipe has ended."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "ganlab", *argv], stdout=writing, stderr=subprocess.PIPE, encoding="utf-8", timeout=120
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (UNREAD, "")


@pytest.mark.parametrize(
    "argv",
    [[], ["paint"], ["sample"], ["train"], ["sample", "tiny", "--n", "many"]],
)
def test_wrong_usage_exits_with_2(argv: list[str], capsys: Said) -> None:
    with pytest.raises(SystemExit) as exited:
        main(argv)
    assert exited.value.code == 2
    assert "--help" in capsys.readouterr().err


def test_python_m_ganlab_passes_the_exit_code_on() -> None:
    done = subprocess.run([sys.executable, "-m", "ganlab", "sample", "nothing"], capture_output=True, encoding="utf-8")
    assert done.returncode == 1
    assert "there is no checkpoint 'nothing'" in done.stderr


def test_list(capsys: Said, checkpoints_folder: Path, run_folder: RunFolder, truncated_file: Path) -> None:
    truncated_file.rename(checkpoints_folder / "broken.safetensors")
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    for part in ("digits-quick", "fashion-mnist", "not packed", "tiny-001", "done", "60 of 60", "broken", "cut short"):
        assert part in said
    metrics = checkpoints.read_card(run_folder.checkpoint).metrics
    assert f"Pixel Frechet {number(metrics['frechet_pixels'])}" in said
    assert f"of {metrics['samples']:,.0f} samples" in said


def test_list_with_nothing_there(capsys: Said) -> None:
    assert main(["list"]) == 0
    assert "train one: python -m ganlab train NAME" in capsys.readouterr().out


def test_sample_png(checkpoints_folder: Path, tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "new" / "grid.png"
    assert main(["sample", "tiny", "--n", "10", "--scale", "3", "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    with Image.open(out) as image:
        assert image.size == (3 * (4 * 30 - 2), 3 * (3 * 30 - 2))  # 4 columns, 3 rows, gaps of 2


def test_sample_npz_holds_the_pictures_of_the_seeds(checkpoint_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "images.npz"
    assert main(["sample", str(checkpoint_file), "--n", "5", "--seed", "7", "--out", str(out)]) == 0
    model = checkpoints.load(checkpoint_file)
    with np.load(out) as saved:
        assert saved["images"].dtype == np.uint8
        assert saved["latents"].dtype == np.float32
        assert (saved["images"] == model.images(model.latent.from_seeds(range(7, 12))).numpy()).all()
        assert (saved["latents"] == model.latent.from_seeds(range(7, 12)).numpy()).all()


def test_sample_truncates_and_fixes(checkpoints_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "images.npz"
    assert main(["sample", "tiny", "--n", "3", "--truncation", "0.5", "--out", str(out)]) == 0
    assert np.abs(np.load(out)["latents"]).max() <= 0.5
    assert main(["sample", "tiny", "--n", "3", "--fix", "z=0.25", "--out", str(out)]) == 0
    assert (np.load(out)["latents"] == 0.25).all()


def test_options_of_several_values_may_be_repeated(tmp_path: Path) -> None:
    argv = ["train", "digits-quick", "--set", "width=4", "--steps", "1", "--set", "batch_size=16", "latent_size=5"]
    assert main([*argv, "--out", str(tmp_path / "run")]) == 0
    recipe = runs.read_recipe(RunFolder(tmp_path / "run"))
    assert (recipe.config.width, recipe.batch_size, recipe.config.latent_size, recipe.steps) == (4, 16, 5, 1)


def test_sample_of_a_run_by_its_name(run_folder: RunFolder, tmp_path: Path) -> None:
    for name in ("tiny-001", "run-tiny-001"):  # the second as addresses had it once
        assert main(["sample", name, "--n", "2", "--out", str(tmp_path / f"{name}.png")]) == 0


def test_a_run_takes_no_name_from_a_model_that_shipped(checkpoints_folder: Path, run_folder: RunFolder) -> None:
    run_folder.path.rename(run_folder.path.with_name("tiny"))
    assert names.model_file("tiny") == checkpoints_folder / "tiny.safetensors"
    assert names.model_file("runs/tiny").is_relative_to(run_folder.path.with_name("tiny"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "grid.jpg"], "grid.jpg ends in .jpg; choose from .png, .npz"),
        (["--out", "grid"], "grid ends in no suffix; choose from .png, .npz"),
        (["--n", "0"], "--n is 0; it must be 1 or more"),
        (["--truncation", "0"], "the truncation limit is 0.0; it must be above 0"),
        (["--fix", "digit=3"], "this model has no factor 'digit'; it has z"),
        (["--fix", "digit"], "--fix takes KEY=VALUE, not 'digit'"),
    ],
)
def test_sample_refuses(options: list[str], message: str, checkpoints_folder: Path, capsys: Said) -> None:
    assert message in fails(capsys, "sample", "tiny", *options)


def test_wrong_names_suggest_the_right_ones(checkpoints_folder: Path, run_folder: RunFolder, capsys: Said) -> None:
    assert "there is no checkpoint 'tyny', did you mean 'tiny'?" in fails(capsys, "sample", "tyny")
    assert "choose from digits-quick" in fails(capsys, "train", "nonsense")
    assert "did you mean 'mnist'? choose from digits, mnist" in fails(capsys, "data", "pack", "mnst")
    assert "no run 'tiny-01', did you mean 'tiny-001'" in fails(capsys, "export", "tiny-01", "--out", "x.safetensors")
    assert "has no setting 'wdth', did you mean 'width'? choose from" in fails(
        capsys, "train", "digits-quick", "--set", "wdth=3"
    )


def test_bad_files_are_named(truncated_file: Path, pickle_file: Path, tmp_path: Path, capsys: Said) -> None:
    assert "truncated.safetensors is damaged or cut short" in fails(capsys, "sample", str(truncated_file))
    assert "is a pickle" in fails(capsys, "sample", str(pickle_file))
    assert "is not there" in fails(capsys, "sample", "nowhere.safetensors")
    blocked = tmp_path / "file"
    blocked.touch()
    assert "file" in fails(capsys, "train", "digits-quick", "--out", str(blocked / "run"))


def test_interpolate(checkpoints_folder: Path, tmp_path: Path) -> None:
    def walk(name: str, *options: str) -> Path:
        out = tmp_path / name
        argv = ["interpolate", "tiny", "--seeds", "1", "2", "3", "--steps", "4", "--scale", "1", *options]
        assert main([*argv, "--out", str(out)]) == 0
        return out

    model = checkpoints.load(checkpoints_folder / "tiny.safetensors")
    keys = model.latent.from_seeds([1, 2, 3])
    with np.load(walk("frames.npz", "--method", "lerp")) as saved:
        assert saved["images"].shape == (9, 28, 28, 1)
        assert torch.equal(torch.from_numpy(saved["latents"])[::4], keys)
        np.testing.assert_allclose(saved["latents"][2], (keys[0] + keys[1]) / 2, atol=1e-6)
    with np.load(walk("loop.npz", "--loop")) as saved:
        expected = paths.walk(model.latent, keys, steps=4, method="slerp", closed=True)
        assert torch.equal(torch.from_numpy(saved["latents"]), expected)
        assert len(saved["latents"]) == 12
    with Image.open(walk("loop.gif", "--loop")) as film:
        assert (film.n_frames, film.info["loop"]) == (12, 0)
    with Image.open(walk("strip.png")) as strip:
        assert strip.size == (4 * 30 - 2, 3 * 30 - 2)


def test_interpolate_refuses(checkpoints_folder: Path, capsys: Said) -> None:
    assert "needs 2 key frames or more" in fails(capsys, "interpolate", "tiny", "--seeds", "1")
    assert "--steps is 0" in fails(capsys, "interpolate", "tiny", "--steps", "0")
    assert "choose from .png, .gif, .mp4, .npz" in fails(capsys, "interpolate", "tiny", "--out", "film.avi")


def test_evaluate_gives_the_numbers_of_the_header(run_folder: RunFolder, capsys: Said) -> None:
    assert main(["evaluate", "tiny-001"]) == 0
    said = capsys.readouterr().out
    metrics = checkpoints.read_card(run_folder.checkpoint).metrics
    assert re.search(rf"Pixel Frechet +{re.escape(number(metrics['frechet_pixels']))}\b", said)
    assert "real data" in said
    assert "n is 99; metrics need 100" in fails(capsys, "evaluate", "tiny-001", "--n", "99")


def test_evaluate_writes_its_numbers_into_the_file_and_leaves_all_else(
    run_folder: RunFolder, tmp_path: Path, capsys: Said
) -> None:
    path = tmp_path / "model.safetensors"
    shutil.copy(run_folder.checkpoint, path)
    assert main(["evaluate", str(path), "--write"]) == 0
    assert f"{path}: 0 new numbers, all others as they were" in capsys.readouterr().out
    card = checkpoints.read_card(path)
    checkpoints.write_measured(path, {"frechet_inception": 3.0, "frechet_pixels": 1.0}, {}, {"confident": "no reason"})
    assert main(["evaluate", str(path), "--write"]) == 0
    said = capsys.readouterr().out
    assert f"moved: frechet_pixels 1 -> {number(card.metrics['frechet_pixels'])}" in said
    again = checkpoints.read_card(path)
    assert again.metrics == {"frechet_inception": 3.0} | card.metrics  # FID was not asked for
    assert (again.codes, again.left_out, again.created) == (card.codes, card.left_out, card.created)
    before, after = load_file(run_folder.checkpoint), load_file(path)
    assert before.keys() == after.keys()
    assert all(before[key].numpy().tobytes() == after[key].numpy().tobytes() for key in before)  # also where NaN


def test_export(run_folder: RunFolder, tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "new" / "best.safetensors"
    assert main(["export", "tiny-001", "--n", "200", "--out", str(out)]) == 0
    assert checkpoints.read_card(out).step == runs.read_status(run_folder).best_step
    assert main(["export", str(run_folder.path), "--step", "30", "--n", "200", "--out", str(out)]) == 0
    assert checkpoints.read_card(out).step == 30
    assert checkpoints.read_card(out).metrics["samples"] == 200
    assert "has no snapshot of step 31" in fails(capsys, "export", "tiny-001", "--step", "31", "--out", str(out))


def test_a_run_by_its_folder_without_its_recipe(run_folder: RunFolder, tmp_path: Path, capsys: Said) -> None:
    """Its copy is there: every command that takes a folder takes this one."""
    moved = RunFolder(run_folder.path.rename(tmp_path / "elsewhere"))
    moved.recipe.unlink()
    assert main(["export", str(moved.path), "--n", "100", "--out", str(tmp_path / "x.safetensors")]) == 0
    assert main(["log", str(moved.path)]) == 0
    assert names.model_source(str(moved.path)) == moved.path


def test_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said, digits: Pack) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    main(["data", "list"])
    assert re.search("digits +not packed", capsys.readouterr().out)
    assert main(["data", "pack", "digits"]) == 0
    assert "1,500 training and 297 test images" in capsys.readouterr().out
    main(["data", "list"])
    assert re.search("digits +packed", capsys.readouterr().out)


def test_train_from_start_to_picture(tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "run"
    assert main(["train", "digits-quick", "--steps", "8", "--seed", "3", "--out", str(out), *SMALL]) == 0
    said = capsys.readouterr()
    recipe = runs.read_recipe(RunFolder(out))
    assert (recipe.steps, recipe.seed, recipe.config.width, recipe.batch_size) == (8, 3, 4, 16)
    assert f"run {out}" in said.out
    assert "Pixel Frechet" in said.out
    command = said.out.splitlines()[-1].split("ganlab ")[1].split()
    assert main([*command[:-1], str(tmp_path / "grid.png")]) == 0
    assert "is not empty; choose another folder" in fails(capsys, "train", "digits-quick", "--out", str(out))
    assert "is done at step 8" in fails(capsys, "train", "digits-quick", "--resume", "--out", str(out))


def test_train_a_recipe_file(tmp_path: Path, capsys: Said) -> None:
    path = tmp_path / "mine.json"
    path.write_text(TINY.with_settings({"steps": 2, "name": "mine"}).model_dump_json(), encoding="utf-8")
    assert main(["train", str(path)]) == 0
    assert [run.name for run in runs.list_runs()] == ["mine-001"]
    path.write_text(json.dumps({"steps": 0}), encoding="utf-8")
    assert "is not a recipe (steps: " in fails(capsys, "train", str(path))
    assert "nowhere.json is not there; check its name" in fails(capsys, "train", str(tmp_path / "nowhere.json"))


def test_train_from_another_model(run_folder: RunFolder, tmp_path: Path, capsys: Said) -> None:
    """By a run's name with all of its nets, by a checkpoint's file with its generator; what fits nothing has no run."""
    begin = [
        "train",
        "digits-quick",
        "--steps",
        "2",
        "--set",
        "width=8",
        "latent_size=16",
        "discriminator_norm=spectral",
    ]
    assert main([*begin, "--init-from", run_folder.name, "--out", str(tmp_path / "one")]) == 0
    said = capsys.readouterr().out
    assert f"beginning with nets of {run_folder.name} (step {TINY.steps})" in said
    assert "trunk: all 2 layers taken" in said
    assert main([*begin, "--init-from", str(run_folder.checkpoint), "--out", str(tmp_path / "two")]) == 0
    assert "trunk: fresh: checkpoint holds no trunk" in capsys.readouterr().out
    beginning = checkpoints.read_card(tmp_path / "one" / "checkpoint.safetensors").began_from
    assert beginning is not None
    assert beginning.name == run_folder.name
    error = fails(
        capsys, *begin, "--set", "architecture=mlp", "--init-from", run_folder.name, "--out", str(tmp_path / "3")
    )
    assert f"nothing of {run_folder.name} fits these nets" in error
    assert not (tmp_path / "3").exists()
    assert "there is no checkpoint 'tinny'" in fails(capsys, *begin, "--init-from", "tinny")
    error = fails(capsys, "train", "tiny", "--resume", "--out", str(run_folder.path), "--init-from", run_folder.name)
    assert "goes on with its own nets" in error


def test_findings_are_printed_as_warnings(capsys: Said) -> None:
    argv = ["train", "digits-quick", "--steps", "60", *SMALL, "generator_lr=1e-9", "--on-collapse", "stop"]
    assert main(argv) == 1
    error = capsys.readouterr().err
    assert "warning: step" in error
    assert "the generator has hardly learnt" in error
    assert "ended early (not learning) at step" in error
    assert "collapsed" not in error
    assert re.search(r"the best snapshot, of step \d+, is kept: .*checkpoint.safetensors", error)


def start_training(out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ganlab", "train", "digits-quick", "--steps", "20000", "--out", str(out), *SMALL]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    deadline = time.monotonic() + 120
    while not runs.read_metrics(RunFolder(out)):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


@posix
@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_save_exit_and_say_how_to_go_on(
    number: signal.Signals, code: int, tmp_path: Path, capsys: Said
) -> None:
    out = tmp_path / "run"
    process = start_training(out)
    if number == signal.SIGTERM:
        error = fails(capsys, "train", "digits-quick", "--resume", "--out", str(out))
        assert "another trainer is at work" in error
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert f"--resume --out {out}" in said
    assert "Traceback" not in said
    folder = RunFolder(out)
    status = runs.read_status(folder)
    assert status.state == "cancelled"
    # Go on to the end: a shorter recipe, so that the test ends too.
    short = runs.read_recipe(folder).with_settings({"steps": status.step + 3})
    folder.recipe.write_text(short.model_dump_json(), encoding="utf-8")
    assert main(["train", "digits-quick", "--resume", "--out", str(out)]) == 0
    assert runs.read_status(folder).step == status.step + 3


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_nothing_half_written(
    run_folder: RunFolder, tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    """A real signal, while the file is written."""
    out, write = tmp_path / "out" / "x.onnx", Path.write_bytes

    def write_and_end(path: Path, content: bytes) -> int:
        written = write(path, content)
        signal.raise_signal(number)
        return written

    monkeypatch.setattr(Path, "write_bytes", write_and_end)
    with unheard(signal.SIGTERM, signal.SIGHUP):  # a command that leaves them alone would end the tests
        code = main(["export", str(run_folder.checkpoint), "--onnx", "--out", str(out)])
    assert code == 128 + number
    assert capsys.readouterr().err == "ganlab: stopped\n"
    assert not list(out.parent.iterdir())


@contextmanager
def unheard(*numbers: signal.Signals) -> Iterator[None]:
    """Signals that nobody listens to are passed over."""
    before = {one: signal.signal(one, lambda *_: None) for one in numbers}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


def test_two_who_begin_at_once_have_a_run_each(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """Another begins the same recipe while this one gets ready."""

    def begin_another(made: Recipe, device: str, out: Path | None) -> str:
        runs.create(runs.claim_path(made, runs.runs_folder()), made)
        return ""

    monkeypatch.setattr("ganlab.commands.training.obstacle", begin_another)
    assert main(["train", "digits-quick", "--steps", "1", "--device", "cpu", *SMALL]) == 0
    assert sorted(run.name for run in runs.list_runs()) == ["digits-quick-001", "digits-quick-002"]


def test_ctrl_c_while_a_training_gets_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """The first line that the command prints of its work is where the signal comes."""
    monkeypatch.setattr("ganlab.commands.training._say", lambda text: signal.raise_signal(signal.SIGINT))
    out = tmp_path / "run"
    assert main(["train", "digits-quick", "--steps", "8", "--out", str(out), *SMALL]) == 130
    said = capsys.readouterr().err
    assert "ganlab: stopped" in said
    assert "Traceback" not in said
    assert runs.read_status(RunFolder(out)).state == "cancelled"


def test_resume_by_name_takes_the_newest_that_can_go_on(run_folder: RunFolder, capsys: Said) -> None:
    assert "no run of digits-quick is waiting to go on" in fails(capsys, "train", "digits-quick", "--resume")
    made = TINY.with_settings({"steps": 2, "name": "digits-quick"})
    folder = runs.create(runs.claim_path(made, runs.runs_folder()), made, device="cpu")
    runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "cancelled"}))
    assert "a resumed run keeps its settings" in fails(capsys, "train", "digits-quick", "--resume", "--steps", "3")
    assert main(["train", "digits-quick", "--resume"]) == 0
    assert "it starts again at step 0" in capsys.readouterr().out
    assert runs.read_status(folder).state == "done"


def test_a_damaged_run_is_in_no_other_ones_way(run_folder: RunFolder, capsys: Said) -> None:
    made = TINY.with_settings({"steps": 2, "name": "digits-quick"})
    folder = runs.create(runs.claim_path(made, runs.runs_folder()), made, device="cpu")
    runs.write_status(folder, runs.read_status(folder).model_copy(update={"state": "cancelled"}))
    run_folder.recipe.write_text('{"name": "of a later version"}', encoding="utf-8")
    assert main(["list"]) == 0
    assert "damaged" in capsys.readouterr().out
    assert main(["train", "digits-quick", "--resume"]) == 0


def test_a_run_that_cannot_start_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    out = str(tmp_path / "run")
    assert "put your own copy into" in fails(capsys, "train", "iclevr-cgan-64", "--out", out)
    if not torch.cuda.is_available():
        assert "no CUDA device" in fails(capsys, "train", "digits-quick", "--device", "cuda", "--out", out)
    assert not (tmp_path / "run").exists()


def test_a_resume_beside_a_live_trainer_is_refused_at_once(run_folder: RunFolder, capsys: Said) -> None:
    runs.write_status(run_folder, runs.read_status(run_folder).model_copy(update={"state": "cancelled"}))
    with runs.hold(run_folder):
        assert main(["train", TINY.name, "--resume", "--out", str(run_folder.path)]) == 1
    said = capsys.readouterr()
    assert "another trainer is at work" in said.err
    assert "starts again" not in said.out


def test_a_resume_leaves_another_trainer_its_wish_to_stop(
    run_folder: RunFolder, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were resumed at once: this one had looked before the other began."""
    runs.write_status(run_folder, runs.read_status(run_folder).model_copy(update={"state": "cancelled"}))
    monkeypatch.setattr(runs, "is_free", lambda folder: True)
    with runs.hold(run_folder):
        run_folder.stop.touch()
        assert "another trainer is at work" in fails(
            capsys, "train", TINY.name, "--resume", "--out", str(run_folder.path)
        )
        assert run_folder.stop.exists()


def test_commands_for_people_can_be_pasted(tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "with spaces"
    assert main(["train", "digits-quick", "--steps", "2", "--out", str(out), *SMALL]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("pictures")]
    assert str(out / "checkpoint.safetensors") in shlex.split(line)


def test_classifier_checks_its_options_first(capsys: Said) -> None:
    assert "choose from .safetensors" in fails(capsys, "classifier", "mnist", "--out", "net.pt")
    assert "--epochs is 0" in fails(capsys, "classifier", "mnist", "--epochs", "0")


def test_a_setting_that_is_given_both_ways_is_refused(tmp_path: Path, capsys: Said) -> None:
    error = fails(capsys, "train", "digits-quick", "--steps", "1", "--set", "steps=2", "--out", str(tmp_path / "run"))
    assert "steps is given twice, by --steps and by --set; leave out one of them" in error
    assert not (tmp_path / "run").exists()


def test_values_behind_a_sign_of_equality_count_as_others_do(tmp_path: Path, data_folder: Path) -> None:
    out = tmp_path / "run"
    argv = ["--set=width=4", "--set=batch_size=8", "--steps", "2", "--set", "architecture=mlp", "--set=seed=5"]
    assert main(["train", "digits-quick", *argv, "--out", str(out)]) == 0
    made = runs.read_recipe(runs.open_run(out))
    assert (made.config.width, made.batch_size, made.config.architecture, made.seed) == (4, 8, "mlp", 5)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ("export tiny --onnx --step 5", "without --step and --n"),
        ("export tiny --net encoder --out x.safetensors", "--net encoder is for --onnx"),
        ("study points --out /", "/ is a folder"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    argv: str, told: str, checkpoints_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv.split()) == 1
    assert told in capsys.readouterr().err


def test_what_ended_early_goes_on_when_it_is_asked_to(tmp_path: Path, data_folder: Path) -> None:
    out = tmp_path / "run"
    argv = ["digits-quick", "--set", "architecture=mlp", "width=4", "batch_size=8", "--steps", "40"]
    assert main(["train", *argv, "--on-collapse", "stop", "--out", str(out)]) == 0
    folder = runs.open_run(out)
    status = runs.read_status(folder)
    runs.write_status(folder, status.model_copy(update={"state": "collapsed", "on_collapse": "stop"}))
    assert main(["train", "digits-quick", "--resume", "--out", str(out)]) == 0
    assert (runs.read_status(folder).on_collapse, runs.read_status(folder).state) == ("continue", "done")


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ("train digits-quick --set width=8 --set width=16", "--set has width twice, as '8' and '16'; leave out one"),
        ("train digits-quick --set width=8 config.width=16", "width is given twice, also as config.width"),
        ("sweep digits-quick --over width=8 --over width=16", "--over has width twice"),
        ("sweep digits-quick --over width=8,16 --set config.width=4", "width is given twice, by --over and by --set"),
        ("sample tiny --fix z=0.5 --fix z=1", "--fix has z twice"),
    ],
)
def test_a_setting_that_is_given_twice_is_refused(
    argv: str, told: str, checkpoints_folder: Path, tmp_path: Path, capsys: Said
) -> None:
    assert told in fails(capsys, *argv.split())
    assert not list((tmp_path / "runs").iterdir())


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        ("digits", "99", "digits is packed at 28 px, not at 99: leave out --size"),
        ("digits", "14", "digits is packed at 28 px, not at 14: leave out --size"),
        ("avatars", "32", "avatars is packed at 64 and 128 px, not at 32: choose from 64, 128, or leave out --size"),
        ("ring-8", "28", "ring-8 has points, which have no size: leave out --size"),
    ],
)
def test_a_size_that_no_pack_has_is_refused(name: str, size: str, told: str, own_data: Path, capsys: Said) -> None:
    before = sorted((own_data / "packs").iterdir())
    assert told in fails(capsys, "data", "pack", name, "--size", size)
    assert sorted((own_data / "packs").iterdir()) == before


def test_the_size_that_a_pack_has_may_be_said(capsys: Said) -> None:
    assert main(["data", "pack", "digits", "--size", "28"]) == 0
