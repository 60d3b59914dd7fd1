"""What is proposed for pictures of a user's own can be trained on them."""

from typing import get_args

import pytest

from ganlab.data import DataSpec
from ganlab.data.adding import Size
from ganlab.families import FAMILIES
from ganlab.latents import Attributes, Category
from ganlab.recipes.proposing import proposals
from ganlab.ui.cache import COVERS

CLASSES = Category(name="class", labels=("rose", "tulip", "aster"))
MARKS = Attributes(name="marks", labels=("round", "red"), rates=(0.5, 0.2))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("conditions", [(), (CLASSES,), (MARKS,), (CLASSES, MARKS)])
@pytest.mark.parametrize("size", get_args(Size))
def test_every_proposal_can_build_its_nets(size, conditions, channels):
    spec = DataSpec(name="n" * 63, channels=channels, size=size, conditions=conditions)
    found = proposals(spec, train=20)
    assert [one.recipe.family for one in found] == (["acgan", "cgan"] if conditions else ["gan", "infogan", "vae"])
    for proposal in found:
        recipe = proposal.recipe
        assert recipe.batch_size == 10
        assert (recipe.dataset, recipe.image_size) == (spec.name, size)
        assert FAMILIES[recipe.family].build(recipe.config, spec)


@pytest.mark.parametrize("size", get_args(Size))
def test_models_of_every_size_have_a_cover(size):
    columns, rows = COVERS[size]
    assert columns * size <= 300
    assert columns == 2 * rows
