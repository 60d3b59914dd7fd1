"""The pictures on the cards of the gallery: none is shown smaller than it is, nor with jagged edges."""

import io
from pathlib import Path

import pytest
from PIL import Image

from ganlab.explore.library import Model
from ganlab.nets import SIZES
from ganlab.ui import cache

FOLDER = Path(__file__).parents[2] / "checkpoints"
LEAST_CARD_WIDTH = 275  # pixels, three cards side by side on a window of 1,366


@pytest.mark.parametrize("name", ["mnist-dcgan-28", "mnist-dcgan-32", "faces-gan-64"])
def test_a_card_shows_no_picture_smaller_than_it_is(name: str) -> None:
    model = Model(id=name, path=FOLDER / f"{name}.safetensors", origin="shipped", name=name)
    cover, card = cache.cover(model), cache.card(model)
    assert isinstance(cover, bytes)
    assert not isinstance(card, str)
    width, height = Image.open(io.BytesIO(cover)).size
    side = card.data.size
    columns = round(width / (side + 1) / cache.COVER_SCALE)
    assert LEAST_CARD_WIDTH / columns >= side
    assert width >= 2 * LEAST_CARD_WIDTH  # on a screen of two dots a pixel, too
    assert height * 2 == pytest.approx(width, rel=0.05)  # cards of all models stand in line


def test_every_size_has_its_rows() -> None:
    assert cache.COVERS.keys() == {1, *SIZES}  # points are drawn, too
