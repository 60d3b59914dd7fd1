"""Which latents are the same, and the words for those that are not."""

from ganlab.explore import same_latent
from ganlab.latents import Attributes, Category, Latent, Normal, Uniform

Z = Normal(name="z", size=64)
PLAIN = Latent(factors=(Z,))
CODES = Latent(factors=(Normal(name="z", size=62), Category(name="c1", labels=("0", "1")), Uniform(name="c2", size=1)))


def test_groups_keep_the_order_of_first_appearance():
    assert same_latent.groups([CODES, PLAIN, Latent(factors=(Z,)), CODES]) == [[0, 3], [1, 2]]
    assert same_latent.groups([]) == []


def test_the_largest_group_is_the_first_of_several():
    assert same_latent.largest([CODES, PLAIN, PLAIN]) == [1, 2]
    assert same_latent.largest([CODES, PLAIN]) == [0]
    assert same_latent.largest([]) == []
    assert same_latent.largest([(PLAIN, "avatars"), (PLAIN, "mnist"), (PLAIN, "mnist")]) == [1, 2]


def test_a_latent_is_told_factor_by_factor():
    assert same_latent.describe(PLAIN) == "z (64 normal numbers)"
    told = "z (62 normal numbers), c1 (one of 2 labels) and c2 (1 uniform number)"
    assert same_latent.describe(CODES) == told
    assert same_latent.difference(CODES, PLAIN) == f"it reads {told}, not z (64 normal numbers)"


def test_equal_sizes_can_still_differ():
    hats = Latent(factors=(Z, Attributes(name="a", labels=("hat", "beard"))))
    eyes = Latent(factors=(Z, Attributes(name="a", labels=("eyes", "beard"))))
    assert same_latent.groups([hats, eyes]) == [[0], [1]]
    assert same_latent.difference(hats, eyes) == "it reads other labels or bounds in a"
