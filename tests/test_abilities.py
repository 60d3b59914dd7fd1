"""What a checkpoint's header says of its codes and reconstructions, on untrained nets whose numbers are known."""

from pathlib import Path

import pytest
import torch

from ganlab import checkpoints, metrics
from ganlab.data import Pack
from ganlab.families import infogan, vae
from ganlab.metrics import METRICS
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.reconstruction import encode
from tests.untrained import save_untrained


def metrics_of(found: Abilities) -> dict[str, float]:
    """The numbers that are not measured of samples alone."""
    real, images = metrics.reference(found.pack), found.draw(found.model.latent.from_seeds(range(120)))
    with_model = metrics.evaluate(images, real, abilities=found).values
    return {name: with_model[name] for name in with_model.keys() - metrics.evaluate(images, real).values.keys()}


def test_an_untrained_infogan_has_codes_that_mean_nothing(digits: Pack, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "infogan", infogan.Config(width=4, latent_size=4), digits.spec)
    found = Abilities(model, digits)
    measured = metrics_of(found)
    assert found.codes.keys() == {"c1", "c2", "c3"}
    assert 0.1 < measured["code_accuracy"] < 0.6
    assert measured["code_accuracy"] == found.codes["c1"].accuracy
    table = found.codes["c1"].table
    assert table.keys() <= set(map(str, range(10)))
    assert len(set(table.values())) == len(table)
    assert not found.codes["c2"].clear
    assert measured.keys() <= METRICS.keys()


def test_an_untrained_vae_reconstructs_worse_than_the_mean_image(digits: Pack, tmp_path: Path) -> None:
    model = save_untrained(tmp_path / "m.safetensors", "vae", vae.Config(width=4, latent_size=4), digits.spec)
    found = Abilities(model, digits)
    measured = metrics_of(found)
    assert measured["reconstruction_mse"] > measured["mean_image_mse"]
    assert found.mixture is not None
    encoded = encode(model, digits.part("train").images)
    drawn = found.mixture.sample(4000, seed=0)
    torch.testing.assert_close(drawn.mean(0), encoded.mean(0), atol=0.1 * float(encoded.std()), rtol=0)
    assert measured["mean_image_mse"] == pytest.approx(0.08, abs=0.04)
    assert found.codes == {}


def test_a_plain_gan_has_none(checkpoint_file: Path, digits: Pack) -> None:
    found = Abilities(checkpoints.load(checkpoint_file), digits)
    assert metrics_of(found).keys() == {"copies"}
    assert (found.codes, found.mixture, found.obeyed, found.left_out) == ({}, None, None, {})
