"""Models of points on the pages that show others' pictures: a chart of the plane."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab.checkpoints import Checkpoint
from ganlab.data import BUILT_IN
from ganlab.explore import paths, plane
from ganlab.recipes import RECIPES
from tests.untrained import save_untrained

MODELS = {"gan": "ring-8-gan", "infogan": "spiral-infogan", "cgan": "ring-8-cgan", "vae": "moons-vae"}
PAGES = {
    "sample": ("gan", "Latent plane"),
    "interpolate": ("gan", "Way between the seeds"),
    "codes": ("infogan", "c1 2"),
    "attributes": ("cgan", "cluster 8"),
    "reconstruct": ("vae", "Reconstructions"),
    "map": ("gan", "Real"),
}


def saved(family: str) -> Checkpoint:
    recipe = RECIPES[MODELS[family]]
    path = Path(os.environ["GANLAB_CHECKPOINTS"]) / f"{family}.safetensors"
    return save_untrained(path, family, recipe.config, BUILT_IN[recipe.dataset].spec)


@pytest.mark.parametrize("page", PAGES)
def test_points_are_scattered_where_others_show_pictures(page, open_page) -> None:
    family, trace = PAGES[page]
    saved(family)
    app = open_page(page, model=family, layout="PCA")
    assert not app.exception
    (chart,) = app.get("plotly_chart")
    names = [one.get("name") for one in json.loads(chart.proto.spec)["data"]]
    assert "Real" in names
    assert trace in names


def test_each_place_is_that_of_its_latent() -> None:
    model = saved("vae")
    drawn = plane.samples(model, 5, 7)
    assert np.array_equal(drawn.places, model.samples(model.latent.from_seeds(range(5, 12))).flatten(1).numpy())
    ends = model.samples(model.latent.from_seeds([3, 9])).flatten(1).numpy()
    way = plane.way(model, (3, 9))
    assert np.allclose(way[[0, -1]], ends, atol=1e-6)
    middle = paths.slerp(*model.latent.from_seeds([3, 9]), torch.tensor([0.5]))
    assert np.allclose(way[plane.WAY_STEPS // 2], model.samples(middle).flatten(1).numpy()[0], atol=1e-5)
    lines = plane.lattice(model)
    assert lines is not None
    corner = torch.tensor([[-plane.REACH, plane.REACH]])
    assert np.allclose(lines[0, -1], model.samples(corner).flatten(1).numpy()[0], atol=1e-5)
    assert np.array_equal(lines[0, -1], lines[plane.LINES + plane.LINES - 1, 0])
    real = plane.real_points(model, 4)
    assert real is not None
    assert np.array_equal(plane.reconstructed(model, real).before, real)
    assert plane.lattice(saved("cgan")) is None
    assert set(plane.samples(saved("cgan"), 0, 400).labels) == {str(number) for number in range(1, 9)}
