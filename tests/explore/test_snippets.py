import math

import numpy as np
import pytest

import ganlab
from ganlab import checkpoints
from ganlab.explore import paths, points, snippets


@pytest.fixture(autouse=True)
def _beside_the_file(monkeypatch, checkpoint_file):
    """Where a file that belongs to no model is found by its name alone."""
    monkeypatch.chdir(checkpoint_file.parent)


def run(code):
    assert all(line.split()[1] == "ganlab" for line in code.splitlines() if line.startswith(("import", "from")))
    names = {}
    exec(code, names)
    return names["images"]


@pytest.mark.parametrize("limit", [math.inf, 0.8])
def test_the_sample_snippet_gives_the_same_images_bit_for_bit(checkpoint_file, limit):
    drawn = points.row(40, 16, limit=limit)
    model = checkpoints.load(checkpoint_file)
    latents = points.latents(model.latent, drawn)
    images = run(snippets.sample(checkpoint_file, drawn))
    assert np.array_equal(images.latents, latents)
    assert np.array_equal(images, model.images(latents))


@pytest.mark.parametrize("closed", [True, False])
def test_the_interpolation_snippet_gives_the_same_images_bit_for_bit(checkpoint_file, closed):
    keys = points.parse("3, 17@0.8, 5")
    model = checkpoints.load(checkpoint_file)
    latents = paths.walk(model.latent, points.latents(model.latent, keys), steps=6, method="slerp", closed=closed)
    images = run(snippets.interpolate(checkpoint_file, keys, steps=6, method="slerp", closed=closed))
    assert np.array_equal(images.latents, latents)
    assert np.array_equal(images, model.images(latents))


def test_a_grid_of_more_points_than_an_address_takes_is_drawn(checkpoint_file):
    drawn = [points.Point(seed) for seed in range(points.MAX_POINTS + 44)]
    assert len(run(snippets.grid(checkpoint_file, drawn))) == len(drawn)


def test_a_model_of_the_gallery_is_called_by_its_name(checkpoints_folder, checkpoint_file):
    assert 'ganlab.load("tiny")' in snippets.plane(checkpoints_folder / "tiny.safetensors", 3).replace("'", '"')


def test_a_file_elsewhere_is_called_by_its_name_alone(checkpoint_file):
    assert f"ganlab.load({checkpoint_file.name!r})" in snippets.plane(checkpoint_file, 3)


def test_snapshots_are_called_by_run_and_step(run_folder):
    files = sorted(run_folder.snapshots.glob("*.safetensors"))
    code = snippets.along(files, [points.Point(0)])
    assert str(run_folder.path.parent) not in code
    assert repr([f"tiny-001@{int(path.stem)}" for path in files]) in code
    with pytest.raises(ValueError, match=r"no snapshot 'tiny-001@999'.*tiny-001@"):
        ganlab.load("tiny-001@999")
    with pytest.raises(ValueError, match="no model 'tiny-002@1'"):
        ganlab.load("tiny-002@1")


def test_fixed_factors_are_in_the_snippet(checkpoint_file):
    code = snippets.sample(checkpoint_file, points.row(0, 2, fixed=[("digit", "it's"), ("c-1", "3"), ("seed", "4")]))
    assert """model.sample(2, seed=0, fix={'c-1': '3', 'seed': '4'}, digit="it's")""" in code
    compile(code, "snippet", "exec")


def test_the_snippet_of_a_film_gives_the_pictures_of_every_snapshot(run_folder):
    files = sorted(run_folder.snapshots.glob("*.safetensors"))[:2]
    drawn = points.row(5, 3)
    images = run(snippets.along(files, drawn))
    for path, shown in zip(files, images, strict=True):
        model = checkpoints.load(path)
        assert np.array_equal(shown, model.images(points.latents(model.latent, drawn)))
