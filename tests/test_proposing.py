"""What is proposed for pictures of a user's own can be trained on them."""

from dataclasses import replace
from typing import get_args

import pytest

from ganlab.data import DataSpec, catalogue
from ganlab.data.adding import Size
from ganlab.data.dataset import Dataset
from ganlab.data.making import part_by_part
from ganlab.families import FAMILIES
from ganlab.latents import Attributes, Category
from ganlab.obstacles import obstacle
from ganlab.recipes import RECIPES
from ganlab.recipes.proposing import LEAST_STEPS, MOST_PASSES, proposals
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


@pytest.mark.parametrize("train", [2, 15, 60, 300, 5_000])
@pytest.mark.parametrize("conditions", [(), (CLASSES,)])
@pytest.mark.parametrize("size", get_args(Size))
def test_nothing_is_in_the_way_of_a_proposal_however_few_pictures_there_are(size, conditions, train, monkeypatch):
    """Clusters, for instance, take ten pictures each."""
    spec = DataSpec(name="few", channels=3, size=size, conditions=conditions)
    known = Dataset(title="", spec=spec, train=train, licence="", source="included", build=part_by_part(lambda p: None))
    monkeypatch.setitem(catalogue.BUILT_IN, "few", known)
    for proposal in proposals(spec, train):
        assert obstacle(proposal.recipe, "cpu") == "", proposal.base
    [hundred] = [p for p in proposals(replace(spec, conditions=()), 5_000) if p.recipe.family == "gan"]
    assert getattr(hundred.recipe.config, "clusters", 0) == getattr(RECIPES[hundred.base].config, "clusters", 0)


@pytest.mark.parametrize("train", [2, 55, 300, 1_500, 20_000, 200_000])
@pytest.mark.parametrize("conditions", [(), (CLASSES,)])
@pytest.mark.parametrize("size", [28, 64, 128])
def test_the_steps_of_a_proposal_follow_the_number_of_pictures(size, conditions, train):
    """At least what fresh nets take, at most what ships; between the two each picture is seen equally often."""
    for base, recipe, passes in proposals(DataSpec(name="own", channels=3, size=size, conditions=conditions), train):
        most = RECIPES[base].steps
        assert min(LEAST_STEPS, most) <= recipe.steps <= most
        assert passes == recipe.images_seen / train
        if LEAST_STEPS < recipe.steps < most:
            assert MOST_PASSES <= passes < MOST_PASSES * 1.06  # whole hundreds, which are a twentieth at most
        if train == 55:
            assert recipe.steps == LEAST_STEPS
        if train == 200_000:
            assert recipe.steps == most


def test_few_points_are_learnt_as_long_as_many():
    for base, recipe, _ in proposals(DataSpec(name="drawn", channels=2, size=1), 300):
        assert recipe.steps == RECIPES[base].steps


@pytest.mark.parametrize("size", get_args(Size))
def test_models_of_every_size_have_a_cover(size):
    columns, rows = COVERS[size]
    assert columns * size <= 300
    assert columns == 2 * rows
