"""Trainings that end badly: what cannot be measured is left out by name, and the best snapshot is never lost."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganlab import checkpoints, data, metrics, runs
from ganlab.cli import main
from ganlab.counting import counted
from ganlab.data import DataSpec, Pack
from ganlab.data.celeba import SPEC as CELEBA
from ganlab.data.iclevr import SPEC as SCENES
from ganlab.data.packs import pack_path, save_pack
from ganlab.execute import execute
from ganlab.families import infogan, vae
from ganlab.metrics import METRICS
from ganlab.obstacles import obstacle
from ganlab.optimizers import PhaseOptimizer
from ganlab.recipes import RECIPES, Recipe
from ganlab.runs import RunFolder
from ganlab.snapshots import measure_fully
from tests.test_execute import stop_at
from tests.tiny import SMALL, TINY

pytestmark = pytest.mark.usefixtures("few_resamples")

FACES = SMALL.with_settings({"dataset": "celeba", "steps": 4, "batch_size": 4})


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("GANLAB_DATA", str(folder))
    return folder


def keep_pack(spec: DataSpec, images: torch.Tensor, train: int) -> Pack:
    rng = torch.Generator().manual_seed(1)
    conditions = torch.zeros(len(images), spec.condition_dim, dtype=torch.uint8)
    conditions.scatter_(1, torch.randint(spec.condition_dim, (len(images), 1), generator=rng), 1)
    pack = Pack(spec=spec, images=images, conditions=conditions, train=train, licence="none")
    save_pack(pack, pack_path(spec.name))
    return pack


def noise(count: int, spec: DataSpec = CELEBA) -> torch.Tensor:
    return torch.randint(256, (count, *spec.shape), generator=torch.Generator().manual_seed(0)).byte()


def trained(path: Path, recipe: Recipe, **options: str) -> RunFolder:
    folder = runs.create(path, recipe, device="cpu", **options)
    list(execute(folder))
    return folder


@pytest.mark.parametrize("test_images", [0, 1, 12])
def test_a_run_with_few_test_images_ends_well_and_says_what_was_not_measured(
    own_data: Path, tmp_path: Path, test_images: int, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_pack(CELEBA, noise(20 + test_images), 20)
    folder, told = runs.create(tmp_path / "run", FACES, device="cpu"), []
    list(execute(folder, tell=told.append))
    assert told[1].startswith(f"celeba has 20 training and {counted(test_images, 'test image')}")
    status, card = runs.read_status(folder), checkpoints.read_card(folder.checkpoint)
    assert status.state == "done"
    assert "frechet_pixels" in card.metrics
    reason = f"it needs 100 or more real test images, and there are {test_images}"
    reason = reason if test_images else "there are no real test images"
    assert card.left_out["floor_frechet_pixels"] == reason
    assert status.left_out == card.left_out
    for argv in (["evaluate", str(folder.checkpoint), "--n", "100"], export_of(folder, tmp_path)):
        assert main(argv) == 0
        said = capsys.readouterr().out
        assert "Pixel Frechet of real data" in said
        assert reason in said


def export_of(folder: RunFolder, tmp_path: Path) -> list[str]:
    return ["export", str(folder.path), "--out", str(tmp_path / "out.safetensors"), "--n", "100"]


def test_an_encoder_is_measured_without_test_images_and_with_one_training_image(own_data: Path, tmp_path: Path) -> None:
    recipe = Recipe(name="few", family="vae", dataset="celeba", steps=2, batch_size=2, config=vae.Config(width=4))
    pack = keep_pack(CELEBA, noise(2), 2)
    folder = trained(tmp_path / "run", recipe)
    card = checkpoints.read_card(folder.checkpoint)
    assert card.left_out["reconstruction_mse"] == "there are no real test images"
    assert {"mean_image_mse", "floor_diversity"} <= card.left_out.keys()
    model, alone = checkpoints.load(folder.checkpoint), pack.part("train", torch.tensor([0, 0]))
    real = metrics.reference(pack)
    assert measure_fully(model, alone, real, 100).mixture is model.mixture  # a file's own is measured, not another one
    found = measure_fully(replace(model, mixture=None), replace(alone, train=1), real, 100)
    assert found.mixture is None
    assert "mixture" in found.left_out


def test_codes_are_measured_without_test_images(own_data: Path, tmp_path: Path) -> None:
    spec = data.describe("digits").spec
    keep_pack(spec, noise(40, spec), 40)
    recipe = TINY.with_settings({"family": "infogan"}).model_copy(update={"steps": 2, "config": CODES})
    card = checkpoints.read_card(trained(tmp_path / "run", recipe).checkpoint)
    assert {"code_accuracy", "code_nmi", "c2's meaning"} <= card.left_out.keys()
    assert "code_accuracy" not in card.metrics


CODES = infogan.Config(width=4, latent_size=4, categories=3, continuous=1)


def test_images_that_are_all_alike_have_no_diversity(own_data: Path, tmp_path: Path) -> None:
    keep_pack(CELEBA, torch.full((30, *CELEBA.shape), 255, dtype=torch.uint8), 30)
    told: list[str] = []
    folder = runs.create(tmp_path / "run", FACES, device="cpu")
    list(execute(folder, tell=told.append))
    card = checkpoints.read_card(folder.checkpoint)
    assert "all training images are alike" in card.left_out["diversity"]
    assert card.metrics["samples"] == 10_000
    first = next(line for line in told if "alike" in line)
    assert told.index(first) < told.index("measuring the result")
    assert sum("alike" in line and "Diversity (" in line for line in told) <= 1


def test_a_metric_that_fails_is_left_out_and_another_snapshot_is_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leading metric, of which nothing is known beforehand, at the first snapshots or at all of them."""
    right = METRICS["frechet_pixels"]
    assert right.measure is not None
    for failing, ended in ((3, ""), (10**6, "was measured of no snapshot, so that none is the best: that of step 12")):
        calls = []

        def measure(samples: metrics.Samples, failing: int = failing, calls: list[int] = calls) -> float:
            calls.append(1)
            if len(calls) <= failing:
                raise ZeroDivisionError("division by zero")
            return right.measure(samples)

        monkeypatch.setitem(METRICS, "frechet_pixels", right._replace(measure=measure))
        folder = trained(tmp_path / f"run-{failing}", SMALL.with_settings({"steps": 12}))
        status = runs.read_status(folder)
        assert status.state == "done"
        assert ended in status.ended
        first = checkpoints.read_card(folder.snapshots / "00000000.safetensors")
        assert first.left_out == {"frechet_pixels": "ZeroDivisionError: division by zero"}
        assert (status.best_step is None) == bool(ended)
        assert checkpoints.read_card(folder.checkpoint).step == (12 if status.best_step is None else status.best_step)


@pytest.mark.parametrize("lost_at", [7, 12])
def test_a_run_that_loses_its_numbers_ends_with_the_best_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lost_at: int
) -> None:
    """Within the run, where a loss shows it, and at the last step, where only the weights do."""
    calls = []
    plain = PhaseOptimizer.step

    def step(self: PhaseOptimizer) -> None:
        plain(self)
        calls.append(1)
        if len(calls) == 2 * lost_at:  # the generator's turn is the second of a step
            for weight in self.weights:
                weight.data.fill_(torch.nan)

    monkeypatch.setattr(PhaseOptimizer, "step", step)
    out = tmp_path / "run"
    assert main(["train", "digits-quick", "--set", "width=4", "batch_size=16", "--steps", "12", "--out", str(out)]) == 1
    monkeypatch.undo()
    folder, said = RunFolder(out), capsys.readouterr().err
    status, card = runs.read_status(folder), checkpoints.read_card(folder.checkpoint)
    assert (status.state, status.findings[-1].kind) == ("collapsed", "nan")
    assert "is not a number any more" in status.error
    assert card.step == status.best_step
    assert 0 < card.step < 12
    assert f"the best snapshot, of step {card.step:,}, is kept: {folder.checkpoint}" in said
    assert checkpoints.load(folder.checkpoint).card.metrics["samples"] == 10_000
    assert max(runs.numbered(folder.snapshots, ".safetensors")) < max(lost_at + 1, 12)
    assert main(export_of(folder, tmp_path)) == 0


def test_snapshots_that_cannot_be_read_do_not_stand_in_the_way_of_an_export(
    run_folder: RunFolder, tmp_path: Path
) -> None:
    best = runs.read_status(run_folder).best_step
    paths = runs.numbered(run_folder.snapshots, ".safetensors")
    for step, path in paths.items():
        if step not in (best, 57):
            path.write_bytes(path.read_bytes()[:1000])
    assert main(export_of(run_folder, tmp_path)) == 0
    sheets = checkpoints.read_sheets(tmp_path / "out.safetensors")
    assert sheets is not None
    assert set(sheets.steps) <= {best, 57}
    paths[best or 0].write_bytes(b"")
    assert main(export_of(run_folder, tmp_path)) == 0
    assert checkpoints.read_card(tmp_path / "out.safetensors").step == 57


def test_a_state_that_is_not_finite_does_not_take_the_place_of_a_good_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = runs.create(tmp_path / "run", SMALL.with_settings({"steps": 12}), device="cpu")
    stop_at(folder, 5)
    saved = folder.resume.read_bytes()
    plain = PhaseOptimizer.step

    def step(self: PhaseOptimizer) -> None:
        plain(self)
        for weight in self.weights:
            weight.data.fill_(torch.nan)

    monkeypatch.setattr(PhaseOptimizer, "step", step)
    list(execute(folder, continue_run=True))
    assert runs.read_status(folder).state == "collapsed"
    assert folder.resume.read_bytes() == saved


def test_a_damaged_test_list_is_told_before_the_run_has_a_folder(
    own_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_pack(SCENES, noise(50, SCENES), 40)
    (own_data / "iclevr").mkdir()
    path = own_data / "iclevr" / "test.json"
    recipe = RECIPES["iclevr-cgan-64"]
    assert obstacle(recipe, "cpu") == ""
    path.write_text(json.dumps([["red cube", "blue cube", "gray sphere", "cyan cube"]]), encoding="utf-8")
    assert f"{path}: ['red cube'" in obstacle(recipe, "cpu")
    assert main(["train", recipe.name, "--out", str(tmp_path / "run")]) == 1
    assert str(path) in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_batch_larger_than_the_training_images_leaves_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "digits-quick", "--set", "batch_size=2000", "--out", str(tmp_path / "run")]) == 1
    assert "digits has 1,500 training images: set batch_size to that many or fewer" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_strangers_reasons_are_bounded(checkpoint_file: Path, tmp_path: Path) -> None:
    from safetensors import safe_open
    from safetensors.torch import save_file

    with safe_open(checkpoint_file, "pt") as file:
        tensors, header = {key: file.get_tensor(key) for key in file.keys()}, file.metadata()  # noqa: SIM118
    path = tmp_path / "strange.safetensors"
    save_file(tensors, path, header | {"left_out": json.dumps({"x" * 200: "y" * 1000})})
    assert checkpoints.read_card(path).left_out == {"x" * 200: "y" * 1000}
    for bad in ({str(i): "" for i in range(1001)}, {"x": "y" * 1001}, {"x": 1}, ["a"], 3):
        save_file(tensors, path, header | {"left_out": json.dumps(bad)})
        with pytest.raises(ValueError, match="left_out"):
            checkpoints.read_card(path)
    del header["left_out"]
    save_file(tensors, path, header)
    assert checkpoints.read_card(path).left_out == {}


@pytest.mark.parametrize(
    "argv",
    [
        ["sample", "{model}", "--out", "{long}.png"],
        ["interpolate", "{model}", "--out", "{long}.gif"],
        ["export", "{run}", "--out", "{long}.safetensors"],
        ["export", "{model}", "--onnx", "--out", "{long}.onnx"],
        ["train", "digits-quick", "--out", "{long}"],
        ["study", "sizes", "--out", "{long}.json"],
        ["classifier", "digits", "--out", "{long}.safetensors"],
    ],
    ids=lambda argv: argv[0],
)
def test_a_name_that_is_too_long_is_told_before_the_work(
    run_folder: RunFolder, tmp_path: Path, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    words = {"model": str(run_folder.checkpoint), "run": str(run_folder.path), "long": str(tmp_path / ("x" * 256))}
    assert main([word.format(**words) for word in argv]) == 1
    said = capsys.readouterr()
    assert "bytes; choose one of at most 255" in said.err
    assert said.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_names_as_long_as_the_disk_takes_are_taken(tmp_path: Path, checkpoint_file: Path) -> None:
    out = tmp_path / ("x" * 251 + ".png")
    assert main(["sample", str(checkpoint_file), "--n", "4", "--out", str(out)]) == 0
    assert out.is_file()
    assert (
        main(["train", "digits-quick", "--set", "width=4", "--steps", "1", "--out", str(tmp_path / ("r" * 255))]) == 0
    )


def test_a_classifier_learns_from_few_images_and_without_test_images(
    own_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_pack(CELEBA, noise(10), 10)
    out = tmp_path / "new.safetensors"
    assert main(["classifier", "celeba", "--epochs", "1", "--out", str(out)]) == 0
    assert "the accuracy is not measured (there are no test images)" in capsys.readouterr().out
    assert out.is_file()
    keep_pack(CELEBA, noise(1), 1)
    assert main(["classifier", "celeba", "--out", str(out)]) == 1
    assert "it needs 2 or more training images, and there are 1" in capsys.readouterr().err
