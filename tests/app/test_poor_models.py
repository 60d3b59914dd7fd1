"""Models and datasets that leave pages little to show: a generator that died, a pack without test images."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ganlab.data import Pack, catalogue
from ganlab.data.packs import pack_path, save_pack
from ganlab.families import cgan, infogan, vae
from tests.untrained import save_untrained

CONFIGS = {
    "infogan": infogan.Config(width=4, latent_size=6, categories=3, continuous=1),
    "cgan": cgan.Config(width=4, latent_size=6),
    "vae": vae.Config(width=4, latent_size=6),
}
PAGES = {
    "infogan": ("sample", "interpolate", "codes", "map", "compare"),
    "cgan": ("sample", "attributes", "compare"),
    "vae": ("sample", "reconstruct", "map"),
}


def save(family: str, digits: Pack, *, dead: bool) -> None:
    folder = Path(os.environ["GANLAB_CHECKPOINTS"])
    save_untrained(folder / "poor.safetensors", family, CONFIGS[family], digits.spec, dead=dead)


@pytest.mark.parametrize(("family", "page"), [(family, page) for family, pages in PAGES.items() for page in pages])
def test_every_page_shows_a_generator_that_died(open_page, digits, family, page):
    save(family, digits, dead=True)
    app = open_page(page, model="poor", models="poor", layout="PCA")
    assert not app.exception
    assert not app.error


@pytest.fixture(params=[0, 1, 3])
def few(request, tmp_path, monkeypatch, digits) -> int:
    """`digits` with so many test images."""
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    images, conditions = digits.images[: 40 + request.param], digits.conditions[: 40 + request.param]
    save_pack(replace(digits, images=images, conditions=conditions, train=40), pack_path("digits"))
    assert catalogue.is_packed("digits")
    return request.param


@pytest.mark.parametrize("view", ["test images", "your own", "between two", "attributes", "samples"])
def test_reconstruct_with_few_test_images(open_page, digits, few, view):
    save("vae", digits, dead=False)
    app = open_page("reconstruct", model="poor", view=view, begin="test image")
    assert not app.exception
    if few == 0 and view not in ("samples",):
        assert "needs test images, and the pack of `digits` has none" in " ".join(one.value for one in app.info)
    if few and view == "test images":
        assert not app.error
        app.button(key="draw_images").click().run()
        assert not app.exception


@pytest.mark.parametrize("page", ["map", "codes"])
def test_map_and_codes_with_few_test_images(open_page, digits, few, page):
    save("infogan", digits, dead=False)
    app = open_page(page, model="poor", generated="100")
    assert not app.exception
