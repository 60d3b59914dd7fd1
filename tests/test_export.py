"""Exported nets against torch's own answers, read by another runtime."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from ganlab import checkpoints, export
from ganlab.checkpoints import Checkpoint
from ganlab.cli import main
from ganlab.data import DataSpec
from ganlab.families import FAMILIES
from ganlab.latents import Attributes, Category
from ganlab.nets import ARCHITECTURES
from ganlab.nets.folding import folded
from ganlab.recipes import Recipe
from tests.untrained import save_untrained

SHIPPED = sorted((Path(__file__).parents[1] / "checkpoints").glob("*.safetensors"))
FACES = DataSpec(
    name="faces",
    channels=3,
    size=32,
    conditions=(
        Attributes(name="look", labels=("hat", "beard", "smile")),
        Category(name="hair", labels=("fair", "dark")),
    ),
)
SMALL = {"width": 8, "latent_size": 6}


def run(content: bytes, values: Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(content)
    return session.run(None, {session.get_inputs()[0].name: values.numpy()})[0]


def untrained(family: str, folder: Path) -> Checkpoint:
    """A checkpoint of the family whose batch norms have seen something, so that folding them matters."""
    recipe = Recipe.model_validate({"family": family, "dataset": "avatars", "image_size": 32, "config": SMALL})
    module = FAMILIES[family]
    torch.manual_seed(1)
    nets = module.build(recipe.config, FACES)
    for layer in nets.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2)
    path = folder / f"{family}.safetensors"
    latent = module.latent(recipe.config, FACES)
    kept = {name: net.eval() for name, net in nets.items() if name in ("generator", "encoder")}
    checkpoints.save(path, recipe=recipe, data=FACES, latent=latent, nets=kept, step=1, metrics={})
    return checkpoints.load(path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_generators_draw_the_same_pictures(path: Path) -> None:
    model = checkpoints.load(path)
    latents = model.latent.from_seeds(range(1000, 1064))
    with torch.inference_mode():
        pictures = model.nets["generator"](latents).numpy()
    exact = export.to_onnx(model, float16=False)
    sent = export.to_onnx(model)
    assert np.abs(run(exact, latents) - pictures).max() <= 1e-3
    assert np.abs(run(sent, latents) - pictures).max() <= 1.5 * 2 / 255  # measured on other latents, so with slack
    assert len(sent) < 0.6 * len(exact)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_exports_its_nets_with_conditions_as_part_of_the_vector(family: str, tmp_path: Path) -> None:
    model = untrained(family, tmp_path)
    latents = model.latent.from_seeds(range(64))
    with torch.inference_mode():
        images = model.nets["generator"](latents).clone()
        assert images.std() > 0.01
        assert np.abs(run(export.to_onnx(model, float16=False), latents) - images.numpy()).max() <= 1e-3
        if "encoder" in model.nets:
            codes = model.nets["encoder"](images).numpy()
            assert np.abs(run(export.to_onnx(model, "encoder", float16=False), images) - codes).max() <= 1e-3


@pytest.mark.parametrize("architecture", [name for name, one in ARCHITECTURES.items() if 128 in one.sizes])
def test_nets_of_128_px_export_too(architecture: str, tmp_path: Path) -> None:
    """A GAN's generator and a VAE's encoder, within a step of 255 in the form that is sent to browsers."""
    spec = replace(FACES, size=128)
    for family in ("gan", "vae"):
        config = FAMILIES[family].Config(architecture=architecture, width=4, latent_size=6)
        model = save_untrained(tmp_path / f"{family}.safetensors", family, config, spec)
        latents = model.latent.from_seeds(range(8))
        with torch.inference_mode():
            images = model.nets["generator"](latents).clone()
        assert images.shape == (8, 3, 128, 128)
        assert np.abs(run(export.to_onnx(model), latents) - images.numpy()).max() <= 1.5 * export.TOLERANCE
    with torch.inference_mode():
        codes = model.nets["encoder"](images).numpy()
    assert np.abs(run(export.to_onnx(model, "encoder", float16=False), images) - codes).max() <= 1e-3


@pytest.mark.parametrize("family", FAMILIES)
def test_batch_norm_is_folded_and_the_batch_is_free(family: str, tmp_path: Path) -> None:
    model = untrained(family, tmp_path)
    content = export.to_onnx(model)
    onnx.checker.check_model(onnx.load_from_string(content))
    assert "BatchNormalization" not in {node.op_type for node in onnx.load_from_string(content).graph.node}
    latents = model.latent.from_seeds(range(7))
    assert np.allclose(run(content, latents)[3:4], run(content, latents[3:4]), atol=1e-5)


def test_folding_leaves_the_net_alone() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 12, bias=False), nn.Unflatten(1, (3, 2, 2)), nn.BatchNorm2d(3), nn.Tanh()).eval()
    net[2].running_mean.normal_()
    net[2].running_var.uniform_(0.5, 2)
    before = copy.deepcopy(net.state_dict())
    values = torch.randn(5, 4)
    assert torch.allclose(folded(net)(values), net(values), atol=1e-6)
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in folded(net))
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())


def test_batch_norm_behind_an_activation_stays() -> None:
    net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.BatchNorm1d(3)).eval()
    net[2].running_mean.fill_(0.3)
    assert torch.allclose(folded(net)(torch.ones(2, 4)), net(torch.ones(2, 4)))
    assert isinstance(folded(net)[2], nn.BatchNorm1d)


def test_weights_that_float16_would_spoil_stay_float32(checkpoint_file: Path) -> None:
    model = checkpoints.load(checkpoint_file)
    with torch.no_grad():
        model.nets["generator"][0].weight *= 1e5  # beyond what float16 can hold
    types = {weight.data_type for weight in onnx.load_from_string(export.to_onnx(model)).graph.initializer}
    assert onnx.TensorProto.FLOAT16 not in types


def test_an_export_is_made_once_for_each_content(
    checkpoints_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    path = checkpoints_folder / "tiny.safetensors"
    kept = export.keep(path)
    assert kept == export.kept_path(export.digest(path))
    first = kept.read_bytes()
    kept.write_bytes(b"marked")
    assert export.keep(path).read_bytes() == b"marked"  # not made again
    path.write_bytes(path.read_bytes() + b"")
    model = checkpoints.load(path)
    recipe, latent = model.card.recipe, model.latent
    checkpoints.save(
        path, recipe=recipe, data=model.card.data, latent=latent, nets=model.nets, step=2, metrics={"other": 1.0}
    )
    assert export.keep(path) != kept
    assert onnx.load_from_string(first).graph.input[0].name == "latent"


@pytest.mark.parametrize("left", [b"", bytes(500)])
def test_an_export_that_a_power_cut_has_emptied_is_made_again(
    checkpoints_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes
) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    path = checkpoints_folder / "tiny.safetensors"
    kept = export.kept_path(export.digest(path))
    kept.parent.mkdir(parents=True)
    kept.write_bytes(left)
    assert onnx.load_from_string(export.keep(path).read_bytes()).graph.input[0].name == "latent"


def test_the_oldest_exports_go(checkpoints_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(export, "MOST_KEPT", 3)
    export.exports_folder().mkdir(parents=True)
    for i in range(5):
        export.kept_path(f"{i:064x}").touch()
    kept = export.keep(checkpoints_folder / "tiny.safetensors")
    left = sorted(export.exports_folder().iterdir())
    assert len(left) == 3
    assert kept in left


def test_a_net_that_is_not_there_is_said(checkpoint_file: Path) -> None:
    with pytest.raises(ValueError, match="no net 'encoder' to export; choose from generator"):
        export.to_onnx(checkpoints.load(checkpoint_file), "encoder")


def test_the_command_writes_a_file(checkpoints_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "deep" / "tiny.onnx"
    assert main(["export", "tiny", "--onnx", "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    onnx.checker.check_model(onnx.load_from_string(out.read_bytes()))
    assert main(["export", "tiny", "--onnx", "--out", "tiny.pt"]) == 1
    assert "choose from .onnx" in capsys.readouterr().err
