"""Colours of drawn faces, read off the pixels and compared with what they were drawn in."""

import numpy as np
import pytest
import torch
from torch import Tensor

from ganlab.data import DataSpec, Pack, avatars, resized
from ganlab.data.avatar_reading import BACKGROUND, CLOTHES
from ganlab.data.evaluation import Area
from ganlab.metrics.colours import read_colours
from ganlab.metrics.readers import beholder, reader


@pytest.fixture(scope="module")
def drawn() -> tuple[Tensor, list[dict]]:
    rng = np.random.default_rng(5)
    options = [avatars._options(avatars.random_face(rng), rng) for _ in range(150)]
    return torch.from_numpy(np.stack(list(avatars.render_here(options)))).permute(0, 3, 1, 2), options


def at(size: int, images: Tensor) -> Tensor:
    """The images as a training at that size sees them."""
    spec = DataSpec(name="avatars", channels=3, size=64)
    pack = Pack(spec=spec, images=images, conditions=images.new_zeros(len(images), 0), train=0, licence="")
    return resized(pack, size).images


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize(("area", "option"), [(CLOTHES, "clothesColor"), (BACKGROUND, "backgroundColor")])
def test_the_colour_that_was_drawn_is_read(
    drawn: tuple[Tensor, list[dict]], area: Area, option: str, size: int
) -> None:
    images, options = at(size, drawn[0]), drawn[1]
    labels = dict(area.palette)
    known = [labels[chosen[option].removeprefix("#")] for chosen in options]
    read = [area.factor.labels[i] for i in read_colours(area, images).argmax(1).tolist()]
    assert np.mean([a == b for a, b in zip(known, read, strict=True)]) > 0.9


@pytest.mark.parametrize("area", [CLOTHES, BACKGROUND])
def test_every_label_of_an_area_has_a_colour(area: Area) -> None:
    assert {label for _, label in area.palette} == set(area.factor.labels)


@pytest.mark.parametrize("size", [28, 32, 64])
def test_a_beholder_sees_labels_and_colours(drawn: tuple[Tensor, list[dict]], size: int) -> None:
    known, both = reader("avatars"), beholder("avatars")
    assert known is not None
    assert both is not None
    images = at(size, drawn[0][:10])
    probabilities = both.read(images).probabilities
    assert torch.equal(probabilities[:, : known.data.condition_dim], known.read(images).probabilities)
    assert probabilities.shape == (10, known.data.condition_dim + 10)
    assert both.data.conditions[-2:] == (CLOTHES.factor, BACKGROUND.factor)
