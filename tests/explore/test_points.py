import math

import pytest
import torch

from ganlab.explore import points
from ganlab.explore.points import Point
from ganlab.latents import Attributes, Category, Latent, Normal
from ganlab.mixture import Mixture

LATENT = Latent(factors=(Normal(name="z", size=8), Category(name="digit", labels=("0", "1", "2"))))


@pytest.mark.parametrize(
    "point",
    [
        Point(0),
        Point(17, 0.8),
        Point(17, 0.8123456789),
        Point(17, 1000.0),
        Point(17, 0.001),
        Point(5, fixed=(("digit", "2"),)),
        Point(7, 0.8, (("z", "1"),), plain=True),
        Point(5, 1.5, (("hair colour", "dark, curly; a=b"), ("z", "0.5,-1"))),
    ],
    ids=str,
)
def test_a_written_point_reads_back_as_itself(point):
    assert points.parse(points.write([point, Point(3)])) == [point, Point(3)]


@pytest.mark.parametrize("text", ["1,2,3", "1 2 3", " 1,  2 ,3, "])
def test_commas_and_spaces_separate_points(text):
    assert points.parse(text) == [Point(1), Point(2), Point(3)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1, two", "'two' is not a seed"),
        ("-1", "'-1' is not a seed"),
        ("3@0", "choose from 0.001 to 1000"),
        ("3@1000000", "choose from 0.001 to 1000"),
        (str(2**31), "out of range"),
        ("1 " * 257, "at most 256"),
    ],
)
def test_what_is_wrong_is_named(text, reason):
    with pytest.raises(ValueError, match=reason):
        points.parse(text)


def test_each_point_is_its_own_seed_limit_and_factors():
    mixed = [Point(4), Point(9, 0.5), Point(4, fixed=(("digit", "1"),))]
    u = points.latents(LATENT, mixed)
    assert torch.equal(u[0], LATENT.from_seeds([4])[0])
    assert torch.equal(u[1], LATENT.truncate(LATENT.from_seeds([9]), 0.5)[0])
    assert torch.equal(u[2], LATENT.fix(LATENT.from_seeds([4]), {"digit": "1"})[0])


def test_points_of_the_plain_prior_and_of_the_mixture_stand_together():
    bare = Latent(factors=(Normal(name="z", size=2),))
    centre = Mixture(weights=torch.ones(1), means=torch.tensor([[5.0, 6.0]]), factors=torch.zeros(1, 2, 2))
    u = points.latents(bare.drawn_from(centre), points.parse("4 4~plain 4~plain@0.5"))
    assert u[0].tolist() == [5.0, 6.0]
    assert torch.equal(u[1:], torch.cat([bare.from_seeds([4]), bare.from_seeds([4], 0.5)]))
    assert points.in_words(bare, Point(4, plain=True), {}) == "Seed 4 of the plain prior"


def test_a_factor_that_the_model_lacks_is_refused_with_those_it_has():
    with pytest.raises(ValueError, match="no factor 'smile'; it has z, digit"):
        points.latents(LATENT, [Point(0, fixed=(("smile", "on"),))])


def test_a_row_counts_seeds_up_and_is_bounded():
    assert points.row(7, 3, limit=0.5) == [Point(7, 0.5), Point(8, 0.5), Point(9, 0.5)]
    assert math.isinf(points.row(7, 1)[0].limit)
    with pytest.raises(ValueError, match="choose from 1 to 256"):
        points.row(0, 10**9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0", "Seed 0"),
        ("7@0.8", "Seed 7 at truncation 0.8"),
        ("0;z~6=2.590;c2.1=-0.600;digit=2", "Seed 0, moved: direction 6, c2 (slant); digit is 2 (mostly draws 5)"),
        ("3;digit=0*0.250+2*0.750", "Seed 3, digit is 25% 0, 75% 2"),
        ("3;looks=hat+beard", "Seed 3, looks: hat, beard"),
        ("3;looks=%2B;z=1", "Seed 3, moved: z; looks: none"),
    ],
)
def test_a_point_is_told_in_words(text, told):
    latent = Latent(factors=(*LATENT.factors, Attributes(name="looks", labels=("hat", "beard"))))
    titles = {"z~6": "Direction 6", "c2.1": "c2: slant"}
    (point,) = points.parse(text)
    assert points.in_words(latent, point, titles, {"digit": {"0": "0", "1": "1", "2": "5"}}) == told
