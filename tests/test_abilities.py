"""What a checkpoint's header says of its codes and reconstructions, on untrained nets whose numbers are known."""

from pathlib import Path

import pytest
import torch

from ganlab import checkpoints
from ganlab.data import Pack
from ganlab.families import infogan, vae
from ganlab.metrics import METRICS
from ganlab.metrics.abilities import measure_abilities
from ganlab.metrics.reconstruction import encode
from tests.untrained import save_untrained


def test_an_untrained_infogan_has_codes_that_mean_nothing(digits: Pack, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "infogan", infogan.Config(width=4, latent_size=4), digits.spec)
    found = measure_abilities(model, digits)
    assert found.codes.keys() == {"c1", "c2", "c3"}
    assert 0.1 < found.metrics["code_accuracy"] < 0.6
    assert found.metrics["code_accuracy"] == found.codes["c1"].accuracy
    table = found.codes["c1"].table
    assert table.keys() <= set(map(str, range(10)))
    assert len(set(table.values())) == len(table)
    assert not found.codes["c2"].clear
    assert found.metrics.keys() <= METRICS.keys()


def test_an_untrained_vae_reconstructs_worse_than_the_mean_image(digits: Pack, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "vae", vae.Config(width=4, latent_size=4), digits.spec)
    found = measure_abilities(model, digits)
    assert found.metrics["reconstruction_mse"] > found.metrics["mean_image_mse"]
    assert found.mixture is not None
    encoded = encode(model, digits.part("train").images)
    drawn = found.mixture.sample(4000, seed=0)
    torch.testing.assert_close(drawn.mean(0), encoded.mean(0), atol=0.1 * float(encoded.std()), rtol=0)
    assert found.metrics["mean_image_mse"] == pytest.approx(0.08, abs=0.04)
    assert found.codes == {}


def test_a_plain_gan_has_none(checkpoint_file: Path, digits: Pack) -> None:
    assert measure_abilities(checkpoints.load(checkpoint_file), digits) == ({}, {}, None, {})
