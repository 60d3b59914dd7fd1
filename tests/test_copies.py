"""Is it copying? Samples set against training images, as near as held-out images are or nearer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from ganlab import metrics
from ganlab.checkpoints import Checkpoint
from ganlab.data import Pack, resized
from ganlab.explore.copies import neighbours
from ganlab.families import vae
from ganlab.metrics.abilities import Abilities
from ganlab.metrics.copies import nearest, share_of_copies, spaces
from tests.own_pictures import shades, unlabelled
from tests.untrained import save_untrained


def vectors(count: int, seed: int, size: int = 6) -> torch.Tensor:
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed))


def test_the_nearest_are_those_that_another_library_finds() -> None:
    train, samples = vectors(700, 0), vectors(300, 1)
    found = nearest(samples, train, 5)
    distances, places = (
        NearestNeighbors(n_neighbors=5, algorithm="brute").fit(train.numpy()).kneighbors(samples.numpy())
    )
    assert np.array_equal(found.places.numpy(), places)
    np.testing.assert_allclose(found.distances.numpy(), distances, rtol=1e-4, atol=1e-4)
    assert nearest(samples, train[:3], 5).places.shape == (300, 3)


def test_copies_are_told_from_new_pictures_and_from_noise() -> None:
    train, held_out = vectors(3_000, 0), vectors(2_000, 1)
    assert share_of_copies(train + 1e-3, held_out, train) == 1
    assert share_of_copies(vectors(2_000, 2), held_out, train) == pytest.approx(0.01, abs=0.006)
    assert share_of_copies(vectors(2_000, 3) * 10, held_out, train) < 0.001
    half = torch.cat([train[:500], vectors(500, 4)])
    assert share_of_copies(half, held_out, train) == pytest.approx(0.505, abs=0.01)


def test_what_cannot_be_told_says_why() -> None:
    train = vectors(100, 0)
    with pytest.raises(ValueError, match="needs 20 or more held-out images, and there are 19"):
        share_of_copies(train, vectors(19, 1), train)
    with pytest.raises(ValueError, match="there are no held-out images"):
        share_of_copies(train, vectors(0, 1), train)
    with pytest.raises(ValueError, match="held-out images are themselves among the training images"):
        share_of_copies(train, train[:50], train)


def test_it_is_a_number_of_a_model_and_its_pictures(digits: Pack, tmp_path: Path) -> None:
    """Measured of the samples in hand: those that are training images count as copies, others hardly do."""
    model = model_of(digits, tmp_path)
    real = metrics.reference(digits)
    of_model = Abilities(model, digits)

    def share(images: torch.Tensor) -> float:
        return metrics.evaluate(images, real, abilities=of_model).values["copies"]

    assert share(digits.split("train")[0][:200]) == 1
    assert share(digits.split("test")[0]) < 0.05
    assert "copies" not in metrics.evaluate(digits.split("test")[0], real).values
    without = Abilities(model, replace(digits, train=len(digits.images)))
    left_out = metrics.evaluate(digits.images[:200], real, abilities=without).left_out
    assert left_out["copies"] == "there are no held-out images"


@pytest.mark.parametrize("size", [28, 32])
def test_a_training_picture_is_its_own_nearest_one(digits: Pack, size: int) -> None:
    """At the dataset's size, and at a model's own."""
    compared = spaces(digits, size)
    assert list(compared) == ["pixels"]  # no classifier of them is here
    shown = resized(digits.part("train", torch.tensor([7])), size).images[0].permute(1, 2, 0).numpy()
    found = neighbours(shown, digits, compared)["pixels"]
    assert found.places[0] == 7
    assert np.array_equal(found.images[0], shown)
    assert found.distances == sorted(found.distances)
    assert found.distances[0] < 0.02
    assert "it may be a copy" in found.words


def test_a_held_out_picture_is_as_near_as_its_rank_says(digits: Pack) -> None:
    compared = spaces(digits, 28)
    held_out = digits.split("test")[0]
    shares = [neighbours(image.permute(1, 2, 0).numpy(), digits, compared)["pixels"].share for image in held_out[:40]]
    ranks = [(compared["pixels"].held_out <= far).double().mean().item() for far in compared["pixels"].held_out[:40]]
    assert shares == pytest.approx(ranks, abs=0.01)


def test_without_held_out_pictures_it_says_so() -> None:
    pack = unlabelled(shades(count=60, train=60), "all-train")
    found = neighbours(pack.images[3].permute(1, 2, 0).numpy(), pack, spaces(pack, 28))["pixels"]
    assert found.places[0] == 3
    assert "no held-out pictures" in found.words


def model_of(digits: Pack, tmp_path: Path) -> Checkpoint:
    return save_untrained(tmp_path / "m.safetensors", "vae", vae.Config(width=4, latent_size=2), digits.spec)
