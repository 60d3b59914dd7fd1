import math

import pytest
import torch

from ganlab import checkpoints
from ganlab.explore import paths, points, snippets


def run(code):
    names = {}
    exec(code, names)
    return names["images"], names["latents"]


@pytest.mark.parametrize("limit", [math.inf, 0.8])
def test_the_sample_snippet_gives_the_same_images_bit_for_bit(checkpoint_file, limit):
    drawn = points.row(40, 16, limit=limit)
    model = checkpoints.load(checkpoint_file)
    latents = points.latents(model.latent, drawn)
    images, written = run(snippets.sample(checkpoint_file, drawn))
    assert torch.equal(written, latents)
    assert torch.equal(images, model.images(latents))


@pytest.mark.parametrize("closed", [True, False])
def test_the_interpolation_snippet_gives_the_same_images_bit_for_bit(checkpoint_file, closed):
    keys = points.parse("3, 17@0.8, 5")
    model = checkpoints.load(checkpoint_file)
    latents = paths.walk(model.latent, points.latents(model.latent, keys), steps=6, method="slerp", closed=closed)
    images, written = run(snippets.interpolate(checkpoint_file, keys, steps=6, method="slerp", closed=closed))
    assert torch.equal(written, latents)
    assert torch.equal(images, model.images(latents))


def test_fixed_factors_are_in_the_snippet(checkpoint_file):
    drawn = points.row(0, 2, fixed=[("digit", "it's")])
    code = snippets.sample(checkpoint_file, drawn)
    assert """model.latent.fix(latents, {'digit': "it's"})""" in code
    compile(code, "snippet", "exec")
