"""A generator whose first layer died draws one picture of all latents; whatever a page computes of it is finite."""

from pathlib import Path

import numpy as np
import pytest

from ganlab import data, metrics
from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import code_values
from ganlab.explore import axes, layouts, maps, reconstruct
from ganlab.explore.points import Point
from ganlab.families import cgan, gan, infogan, vae
from ganlab.metrics.abilities import Abilities
from tests.untrained import save_untrained

CONFIGS = {
    "gan": gan.Config(width=4, latent_size=6),
    "cgan": cgan.Config(width=4, latent_size=6),
    "infogan": infogan.Config(width=4, latent_size=6, categories=3, continuous=1),
    "vae": vae.Config(width=4, latent_size=6),
}


@pytest.fixture(params=CONFIGS)
def dead(request: pytest.FixtureRequest, tmp_path: Path) -> Checkpoint:
    spec = data.describe("digits").spec
    return save_untrained(tmp_path / "dead.safetensors", request.param, CONFIGS[request.param], spec, dead=True)


def test_its_axes_are_those_of_its_codes(dead: Checkpoint) -> None:
    """No direction of a factor that the generator does not hear moves it more than another."""
    known = axes.axes(dead)
    assert [axis.name for axis in known] == (["c2.1"] if "recognizer" in dead.nets else [])
    fixed = tuple((axis.name, "0.5") for axis in known)
    assert axes.place(dead.latent, Point(0, fixed=fixed), known).isfinite().all()


def test_its_map_has_places(dead: Checkpoint, digits: data.Pack) -> None:
    for real in (0, 5):
        pictures = maps.gather(dead, digits if real else None, real=real, generated=20, seed=0)
        for space in maps.spaces(dead):
            some = maps.mapped(pictures, space)
            vectors = maps.vectors(some, space, seed=0)
            cut = layouts.plane(vectors)
            places = layouts.flat(vectors, cut)
            assert np.isfinite(places).all()
            assert 0 <= cut.share <= 1 + 1e-6
            stage = layouts.tsne_stage(vectors, places, first=True, perplexity=5, seed=0)
            assert np.isfinite(stage).all()


def test_its_abilities_are_finite_or_left_out(dead: Checkpoint, digits: data.Pack) -> None:
    found = Abilities(dead, digits)
    images = found.draw(dead.latent.from_seeds(range(100)))
    measured = metrics.evaluate(images, metrics.reference(digits), abilities=found).values
    assert all(np.isfinite(value) for value in measured.values())
    for code in code_values(found.codes).values():
        assert all(np.isfinite(value) for value in code.values() if isinstance(value, float))


def test_its_reconstructions_are_finite(dead: Checkpoint, digits: data.Pack) -> None:
    if "encoder" in dead.nets:
        done = reconstruct.reconstruct(dead, reconstruct.images_at(dead, digits, [0, 1]))
        assert np.isfinite(done.errors).all()
        assert done.latents.isfinite().all()
