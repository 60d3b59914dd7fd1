"""What a checkpoint's header says of its codes and reconstructions, on untrained nets whose numbers are known."""

from pathlib import Path

import pytest
import torch

from ganlab import checkpoints
from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack
from ganlab.families import FAMILIES, infogan, vae
from ganlab.metrics import METRICS
from ganlab.metrics.abilities import measure_abilities
from ganlab.recipes import Recipe
from tests.tiny import TINY


def untrained(family: str, config: object, digits: Pack, path: Path) -> Checkpoint:
    recipe = TINY.model_copy(update={"family": family, "config": config})
    assert isinstance(recipe, Recipe)
    torch.manual_seed(0)
    nets = FAMILIES[family].build(config, digits.spec)
    latent = FAMILIES[family].latent(config, digits.spec)
    kept = {name: nets[name].eval() for name in FAMILIES[family].KEPT}
    checkpoints.save(path, recipe=recipe, data=digits.spec, latent=latent, nets=kept, step=0, metrics={})
    return checkpoints.load(path)


def test_an_untrained_infogan_has_codes_that_mean_nothing(digits: Pack, tmp_path: Path) -> None:
    model = untrained("infogan", infogan.Config(width=4, latent_size=4), digits, tmp_path / "m.safetensors")
    found = measure_abilities(model, digits)
    assert found.codes.keys() == {"c1", "c2", "c3"}
    assert 0.1 < found.metrics["code_accuracy"] < 0.6
    assert found.metrics["code_accuracy"] == found.codes["c1"]["accuracy"]
    table = found.codes["c1"]["table"]
    assert table.keys() <= set(map(str, range(10)))
    assert len(set(table.values())) == len(table)
    assert not found.codes["c2"]["clear"]
    assert found.metrics.keys() <= METRICS.keys()


def test_an_untrained_vae_reconstructs_worse_than_the_mean_image(digits: Pack, tmp_path: Path) -> None:
    model = untrained("vae", vae.Config(width=4, latent_size=4), digits, tmp_path / "m.safetensors")
    found = measure_abilities(model, digits)
    assert found.metrics["reconstruction_mse"] > found.metrics["mean_image_mse"]
    assert found.metrics["mean_image_mse"] == pytest.approx(0.08, abs=0.04)
    assert found.codes == {}


def test_a_plain_gan_has_none(checkpoint_file: Path, digits: Pack) -> None:
    assert measure_abilities(checkpoints.load(checkpoint_file), digits) == ({}, {})
