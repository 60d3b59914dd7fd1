"""What cannot be trained is told before it is queued, in the words that the trainer would end with."""

from pathlib import Path
from typing import Any

import pytest
import torch

from ganlab import jobs, runs
from ganlab.data import DataSpec, Pack, describe
from ganlab.data.avatars import SPEC as AVATARS
from ganlab.data.celeba import SPEC as CELEBA
from ganlab.data.packs import pack_path, save_pack
from ganlab.latents import Latent
from ganlab.obstacles import obstacle
from ganlab.recipes import RECIPES, Recipe


def pack(spec: DataSpec, count: int, train: int) -> None:
    save_pack(
        Pack(
            spec=spec,
            images=torch.zeros(count, *spec.shape, dtype=torch.uint8),
            conditions=Latent(factors=spec.conditions).sample(count, torch.Generator().manual_seed(0)).byte(),
            train=train,
            licence="none",
        ),
        pack_path(spec.name),
    )


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize("name", [name for name, made in RECIPES.items() if made.dataset != "iclevr"])
def test_nothing_is_in_the_way_of_what_ships(name: str) -> None:
    assert obstacle(RECIPES[name], "cpu") == ""


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"architecture": "two-branch"}, "two-branch makes images of 64 px, not 28"),
        ({"architecture": "dcgan", "smallest_map": 5}, "smallest_map 5 does not double to 28 px; choose from 14, 7"),
        ({"architecture": "dcgan", "smallest_map": 32}, "smallest_map 32 does not double to 28 px; choose from 14, 7"),
    ],
)
def test_nets_that_cannot_be_built(recipe: Recipe, settings: dict[str, Any], told: str) -> None:
    assert obstacle(recipe, "cpu") == ""
    assert obstacle(recipe.with_settings(settings), "cpu") == told


@pytest.mark.parametrize("settings", [{"architecture": "dcgan", "smallest_map": 5}, {"batch_size": 4096}])
def test_nothing_is_queued_when_one_of_several_cannot_be_trained(recipe: Recipe, settings: dict[str, Any]) -> None:
    """Whoever asks: a page of yesterday, a script."""
    with pytest.raises(ValueError, match=r"^bad cannot be trained here: .*(smallest_map 5|set batch_size)"):
        jobs.submit_all([recipe, recipe.with_settings(settings | {"name": "bad"})])
    assert runs.list_runs() == []


def test_a_run_whose_data_has_shrunk_is_not_resumed(recipe: Recipe, own_data: None) -> None:
    run = runs.create(runs.runs_folder() / "shrunk", recipe.with_settings({"batch_size": 64}))
    runs.write_status(run, runs.read_status(run).model_copy(update={"state": "interrupted"}))
    digits = describe("digits").spec
    pack(digits, 40, 30)
    with pytest.raises(ValueError, match="digits has 30 training images: set batch_size to that many or fewer"):
        jobs.resume(run)
    assert runs.read_status(run).state == "interrupted"


def test_a_condition_that_the_dataset_does_not_have(own_data: None) -> None:
    pack(AVATARS, 200, 100)
    conditional = RECIPES["faces-acgan-64"]
    assert obstacle(conditional, "cpu") == ""
    told = obstacle(conditional.with_settings({"condition_on": "smiel"}), "cpu")
    assert told.startswith("avatars has no condition 'smiel', did you mean 'smile'? choose from ")
    assert "smile" in told


def test_a_subset_of_the_users_own_counts_as_it_is(recipe: Recipe, own_data: None) -> None:
    faces = recipe.with_settings({"dataset": "celeba", "image_size": 64, "batch_size": 13})
    assert "CelebA is not here" in obstacle(faces, "cpu")
    pack(CELEBA, 20, 12)
    assert obstacle(faces, "cpu") == "celeba has 12 training images: set batch_size to that many or fewer"
    assert obstacle(faces.with_settings({"batch_size": 12}), "cpu") == ""


def test_a_damaged_pack_is_named(recipe: Recipe, own_data: None) -> None:
    pack(CELEBA, 20, 12)
    path = pack_path("celeba")
    path.write_bytes(path.read_bytes()[:-100])
    told = obstacle(recipe.with_settings({"dataset": "celeba", "image_size": 64}), "cpu")
    assert f"{path} cannot be read" in told
    assert "pack it again with python -m ganlab data pack celeba" in told
