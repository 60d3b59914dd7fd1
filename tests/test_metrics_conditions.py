"""The rule by which conditions are judged, and what settings do, on cases whose answer is known."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from ganlab.data import Condition, DataSpec
from ganlab.data.avatars import SPEC as AVATARS
from ganlab.data.object_sets import OBJECTS, condition_sets
from ganlab.data.spec import column_of
from ganlab.latents import Attributes, Category, Latent, Normal
from ganlab.metrics.classifier import Reading
from ganlab.metrics.conditions import judge, shown, top_k
from ganlab.metrics.obedience import accuracy_over_sets, asked_of, interval, settings
from ganlab.metrics.readers import Reader

THREE = Attributes(name="things", labels=("a", "b", "c", "d"), at_least=1, at_most=3)
MARKS = Attributes(name="marks", labels=("smile", "beard"))
SKIN = Category(name="skin", labels=("dark", "tan", "pale"))


def spec(*conditions: Condition) -> DataSpec:
    return DataSpec(name="", channels=1, size=28, conditions=conditions)


def test_top_k_counts_as_many_outputs_as_there_are_labels() -> None:
    scores = torch.tensor([[0.9, 0.8, 0.1, 0.0], [0.1, 0.2, 0.3, 0.4], [0.2, 0.1, 0.01, 0.3]])
    wanted = torch.tensor([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 1]]).bool()
    assert top_k(scores, wanted).int().tolist() == [[1, 0, 0, 0], [0, 0, 1, 1], [1, 1, 0, 1]]
    verdict = judge(scores, wanted, spec(THREE))
    assert verdict.right.tolist() == [1, 0, 3]
    assert verdict.asked.tolist() == [1, 2, 3]
    assert verdict.accuracy == pytest.approx(4 / 6)


def test_chance_on_the_courses_list_is_ten_percent() -> None:
    """sum k^2 / (24 sum k) for random outputs."""
    sets = condition_sets("test").repeat(200, 1)
    scores = torch.rand(sets.shape, generator=torch.Generator().manual_seed(0))
    k = condition_sets("test").sum(1).double()
    expected = (k.square().sum() / (24 * k.sum())).item()
    assert expected == pytest.approx(0.104, abs=0.001)
    assert judge(scores, sets, spec(OBJECTS)).accuracy == pytest.approx(expected, abs=0.01)


def test_categories_count_once_and_free_attributes_each() -> None:
    said = torch.tensor([[0.9, 0.2, 0.1, 0.7, 0.2], [0.4, 0.6, 0.5, 0.3, 0.2]])
    asked = torch.tensor([[1, 1, 0, 1, 0], [1, 1, 1, 0, 0]])
    verdict = judge(said, asked, spec(MARKS, SKIN))
    assert verdict.right.tolist() == [2, 2]  # smile and skin; beard and skin
    assert verdict.asked.tolist() == [3, 3]


def test_what_a_hat_hides_does_not_count() -> None:
    at = column_of(AVATARS.conditions)
    asked = torch.zeros(3, AVATARS.condition_dim)
    for row, marks in enumerate(([], ["hat"], ["hat", "beard"])):
        for label in marks:
            asked[row, at["attributes", label]] = 1
        for pair in (("eyewear", "none"), ("hair", "red"), ("skin", "tan")):
            asked[row, at[pair]] = 1
    visible = shown(asked, AVATARS)
    assert visible[:, at["attributes", "long hair"]].tolist() == [True, False, False]
    assert visible[:, at["hair", "red"]].tolist() == [True, False, True]
    perfect = judge(asked, asked, AVATARS)
    assert perfect.asked.tolist() == [7, 5, 6]
    assert perfect.accuracy == 1
    assert judge(asked, asked, replace(AVATARS, name="")).asked.tolist() == [7, 7, 7]


def test_the_interval_covers_what_it_should() -> None:
    """200 experiments of 20 sets and 50 latents with independent labels: about 95 of 100 intervals hold the truth."""
    rng = torch.Generator().manual_seed(0)
    asked = torch.tensor([1.0, 2.0] * 10, dtype=torch.float64)
    held = 0
    for seed in range(100):
        chances = torch.full((20, 50), 0.7)
        right = sum(torch.bernoulli(chances, generator=rng) * (asked[:, None] > k) for k in range(2)).double()
        found = interval(right, asked, seed)
        assert found.value == pytest.approx((right.sum() / (30 * 50)).item())
        held += found.low <= 0.7 <= found.high
    assert held >= 90


def test_the_interval_is_wide_where_sets_differ() -> None:
    right = torch.zeros(20, 50, dtype=torch.float64)
    right[:10] = 1
    found = interval(right, torch.ones(20, dtype=torch.float64))
    assert found.value == 0.5
    assert 0.2 < found.low < 0.36  # half of 20 coins: 0.5 - 1.96 * 0.11 = 0.28
    assert 0.64 < found.high < 0.8


def painted() -> Reader:
    """A generator's mirror: reads from the pixels what `paint` wrote there."""

    def read(images: Tensor) -> Reading:
        return Reading(images[:, 0, 0, :5].float() / 255, images[:, 0, 0, :5].float())

    return Reader(spec(MARKS, SKIN), read)


LATENT = Latent(factors=(Normal(name="z", size=2), MARKS, SKIN))


def paint(u: Tensor) -> Tensor:
    """Pictures that show their conditions, but a beard only where z allows it, and a smile makes the skin pale."""
    z, marks, skin = LATENT.split(u).values()
    skin = torch.where(marks[:, :1] > 0, torch.tensor([0.0, 0.0, 1.0]), skin)
    beard = marks[:, 1:] * (z[:, :1] > 0)
    return (torch.cat([marks[:, :1], beard, skin], 1) * 255).byte()[:, None, None, :]


def test_settings_find_what_works_and_what_leaks() -> None:
    found = settings(paint, LATENT, painted(), n=2000)
    smile, beard, pale = (
        found["marks"].labels["smile"],
        found["marks"].labels["beard"],
        found["skin"].labels["pale"],
    )
    assert smile.success == 1
    assert smile.changes["skin"] == pytest.approx(2 / 3, abs=0.04)  # wherever it was not pale
    assert smile.changes["beard"] == 0
    assert beard.success == pytest.approx(0.75, abs=0.04)  # taken off always, put on half of the time
    assert beard.changes == {"smile": 0, "skin": 0}
    assert pale.success == 1
    assert found["skin"].labels["dark"].success == pytest.approx(0.5, abs=0.04)  # not in smiling faces
    assert found["skin"].kind == "condition"


def test_accuracy_over_sets_asks_for_each_set() -> None:
    sets = torch.tensor([[0, 0, 1, 0, 0], [1, 0, 1, 0, 0]])
    found = accuracy_over_sets(paint, LATENT, painted(), sets, n=50)
    assert found.value == pytest.approx(5 / 6)  # the smile's skin is wrong
    assert found.low < found.value < found.high


def test_only_latents_with_the_datasets_conditions_are_conditional() -> None:
    u = LATENT.sample(4, torch.Generator().manual_seed(0))
    columns = asked_of(LATENT, spec(MARKS, SKIN), u)
    assert columns is not None
    assert torch.equal(columns, u[:, 2:])
    assert asked_of(LATENT, spec(OBJECTS), u) is None
    assert asked_of(LATENT, spec(), u) is None
    code = Latent(factors=(Normal(name="z", size=2), Category(name="c1", labels=("0", "1"))))
    assert asked_of(code, spec(MARKS), code.sample(1, torch.Generator())) is None
