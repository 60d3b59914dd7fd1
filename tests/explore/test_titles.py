"""A column and a tag may have one name; each is chosen by one of its own."""

import torch

from ganlab.data import DataSpec
from ganlab.explore import encodings
from ganlab.explore.titles import titles
from ganlab.latents import Attributes, Category

HAT = Category(name="hat", labels=("none", "straw"))
WORN = Attributes(name="worn", labels=("hat", "scarf"))
SEEN = Attributes(name="seen", labels=("scarf",))


def test_what_has_one_name_gets_that_of_its_set_beside_it() -> None:
    named = titles((HAT, WORN, SEEN))
    assert list(named) == ["hat", "hat (worn)", "scarf (worn)", "scarf (seen)"]
    assert [one.factor.name for one in named.values()] == ["hat", "worn", "worn", "seen"]
    assert list(titles((HAT, SEEN))) == ["hat", "scarf"]


def test_a_vector_of_either_is_its_own() -> None:
    data = DataSpec(name="x", channels=1, size=28, conditions=(HAT, WORN))
    conditions = torch.tensor([[1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]]).bool()
    found = encodings.Encodings(latents=torch.tensor([[0.0], [1.0], [4.0], [9.0]]), conditions=conditions)
    assert encodings.vector(found, data, "hat", start="none", end="straw") == 6.5 - 0.5
    assert encodings.vector(found, data, "hat (worn)") == 2.0 - 5.0
