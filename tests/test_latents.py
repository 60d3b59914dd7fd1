"""Named factors: seeds, fixed values, truncation, and the JSON that checkpoints carry."""

import math
from statistics import NormalDist
from typing import Any

import pytest
import torch

from ganlab.data.spec import parse_spec
from ganlab.latents import Attributes, Category, Latent, Normal, Uniform, side_by_side

ALL = Latent(
    factors=(
        Normal(name="z", size=5),
        Category(name="digit", labels=tuple("0123456789")),
        Uniform(name="tilt", size=2, low=-2, high=1),
        Attributes(name="face", labels=("smile", "hat", "glasses")),
    )
)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_draw_has_the_factors_in_order() -> None:
    u = ALL.sample(4000, rng())
    assert u.shape == (4000, ALL.dim)
    assert u.dtype == torch.float32
    parts = ALL.split(u)
    assert list(parts) == ["z", "digit", "tilt", "face"]
    assert torch.equal(torch.cat(list(parts.values()), 1), u)


def test_columns_are_those_that_split_gives() -> None:
    u = ALL.sample(5, rng())
    found = {factor.name: u[:, columns] for factor, columns in side_by_side(ALL.factors)}
    for name, part in ALL.split(u).items():
        assert torch.equal(found[name], part)
        assert torch.equal(u[:, ALL.columns(name)], part)
    label = next(factor.labels[0] for factor in ALL.factors if factor.name == "face")
    with pytest.raises(ValueError, match=f"{label!r} is a label of 'face': write face={label}"):
        ALL.columns(label)
    with pytest.raises(ValueError, match="no factor 'tint'; it has z, digit, tilt, face"):
        ALL.columns("tint")


def test_draws_follow_the_prior() -> None:
    parts = ALL.split(ALL.sample(20_000, rng()))
    torch.testing.assert_close(parts["z"].mean(0), torch.zeros(5), atol=0.03, rtol=0)
    torch.testing.assert_close(parts["z"].std(0), torch.ones(5), atol=0.03, rtol=0)
    assert torch.equal(parts["digit"].sum(1), torch.ones(20_000))
    torch.testing.assert_close(parts["digit"].mean(0), torch.full((10,), 0.1), atol=0.01, rtol=0)
    assert -2 <= parts["tilt"].min() < -1.99
    assert 0.99 < parts["tilt"].max() <= 1
    assert set(parts["face"].unique().tolist()) == {0.0, 1.0}
    torch.testing.assert_close(parts["face"].mean(0), torch.full((3,), 0.5), atol=0.02, rtol=0)


def test_attributes_with_rates_are_on_that_often() -> None:
    rates = (0.0, 0.05, 0.8, 1.0)
    looks = Attributes(name="looks", labels=("never", "hat", "young", "always"), rates=rates)
    drawn = looks.sample(20_000, rng())
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    torch.testing.assert_close(drawn.mean(0), torch.tensor(rates), atol=0.01, rtol=0)


def test_a_category_with_rates_has_its_labels_that_often() -> None:
    rates = (0.0, 0.05, 0.7, 0.25)
    category = Category(name="kind", labels=("never", "seldom", "mostly", "else"), rates=rates)
    drawn = category.sample(20_000, rng())
    assert torch.equal(drawn.sum(1), torch.ones(20_000))
    torch.testing.assert_close(drawn.mean(0), torch.tensor(rates), atol=0.01, rtol=0)


def test_a_latent_takes_rates_and_gives_them_up() -> None:
    plain = Latent(factors=(Normal(name="z", size=2), Category(name="kind", labels=("a", "b"))))
    uneven = plain.with_rates("kind", (1.0, 0.0))
    assert torch.equal(uneven.split(uneven.sample(50, rng()))["kind"], torch.tensor([[1.0, 0.0]]).repeat(50, 1))
    assert uneven.with_rates("kind", ()) == uneven.structure == plain != uneven
    assert Latent.model_validate_json(uneven.model_dump_json()) == uneven


@pytest.mark.parametrize("rates", [(0.5,), (0.5, 0.6), (1.5, -0.5), (math.nan, 0.5)])
def test_rates_of_a_category_are_shares_of_its_labels(rates: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rates"):
        Category(name="kind", labels=("a", "b"), rates=rates)


@pytest.mark.parametrize(
    "wrong", [{"rates": (0.5,)}, {"rates": (0.5, 1.5)}, {"rates": (0.5, math.nan)}, {"rates": (0.5, 0.5), "at_most": 1}]
)
def test_rates_fit_the_labels(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rates"):
        Attributes(name="looks", labels=("smile", "hat"), **wrong)


def test_a_seed_gives_the_same_row_in_any_batch() -> None:
    many = ALL.from_seeds(range(20))
    assert torch.equal(ALL.from_seeds([7]), many[7:8])
    assert torch.equal(ALL.from_seeds([13, 2]), many[[13, 2]])
    assert torch.equal(many[5:6], ALL.sample(1, rng(5)))
    assert len(many.unique(dim=0)) == 20


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seeds_of_more_than_64_bits_are_refused_with_the_range(seed: int) -> None:
    assert ALL.from_seeds([2**64 - 1, -(2**63)]).shape == (2, ALL.dim)
    with pytest.raises(ValueError, match=f"{seed} is no seed; choose whole numbers from -{2**63} to {2**64 - 1}"):
        ALL.from_seeds([0, seed])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("digit", "3", [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        ("tilt", "0.5", [0.5, 0.5]),
        ("tilt", "-1,0.25", [-1, 0.25]),
        ("face", "hat+glasses", [0, 1, 1]),
        ("face", "", [0, 0, 0]),
        ("z", "1,2,3,4,5", [1, 2, 3, 4, 5]),
        ("digit", "7*0.25+1*0.75", [0, 0.75, 0, 0, 0, 0, 0, 0.25, 0, 0]),
    ],
)
def test_fix_sets_one_factor_in_every_row_and_nothing_else(name: str, text: str, expected: list[float]) -> None:
    u = ALL.sample(3, rng())
    before = u.clone()
    fixed = ALL.fix(u, {name: text})
    assert torch.equal(u, before)
    for factor, part in ALL.split(fixed).items():
        wanted = torch.tensor(expected).float().expand(3, -1) if factor == name else ALL.split(u)[factor]
        assert torch.equal(part, wanted), factor


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("shape", "1", "no factor 'shape'; it has z, digit, tilt, face"),
        ("digit", "11", "no label '11', did you mean '1'\\? choose from 0, 1"),
        ("digit", "1*0.5+11*0.5", "no label '11', did you mean '1'\\? choose from 0, 1"),
        ("digit", "1+2", "no label '1'|no label '1\\+2'"),
        ("digit", "1*half+2*half", "mixes labels with numbers"),
        ("digit", "1*0.5+2*0.9", "weights that add up to 1"),
        ("digit", "1*-1+2*2", "weights that add up to 1"),
        ("digit", "1*nan+2*0.5", "weights that add up to 1"),
        ("face", "smile+wig", "no label 'wig'; choose from smile, hat, glasses"),
        ("tilt", "left", "numbers joined by commas, not 'left'"),
        ("tilt", "1,2,3", "takes 1 or 2 numbers, not 3"),
        ("tilt", "nan", "takes finite numbers, not 'nan'"),
        ("z", "1,2,-inf,4,5", "takes finite numbers, not '1,2,-inf,4,5'"),
        ("z", "1e39", "takes finite numbers, not '1e39'"),  # finite as Python counts, not in float32
    ],
)
def test_fix_says_what_can_be_chosen(name: str, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ALL.fix(ALL.sample(1, rng()), {name: text})


def test_truncation_is_the_quantile_of_the_truncated_normal() -> None:
    """Against the standard library's normal distribution, value by value."""
    u, limit, normal = ALL.sample(50, rng()), 0.7, NormalDist()
    inside = normal.cdf(limit) - normal.cdf(-limit)
    for value, squeezed in zip(u[:, :5].flatten(), ALL.truncate(u, limit)[:, :5].flatten(), strict=True):
        expected = normal.inv_cdf(normal.cdf(-limit) + normal.cdf(value.item()) * inside)
        assert squeezed.item() == pytest.approx(expected, abs=1e-5)


def test_truncation_keeps_bounds_ranks_and_other_factors() -> None:
    u = ALL.sample(1000, rng())
    last = torch.zeros(1000, 5)
    for limit in (0.2, 0.5, 1.0, 2.0, 4.0):
        squeezed = ALL.truncate(u, limit)
        z = squeezed[:, :5]
        assert z.abs().max() <= limit
        assert torch.equal(z.argsort(0), u[:, :5].argsort(0))
        assert (z.abs() >= last).all()  # a wider limit moves every value outwards
        assert torch.equal(squeezed[:, 5:], u[:, 5:])
        last = z.abs()
    torch.testing.assert_close(ALL.truncate(u, 6.0), u, atol=1e-3, rtol=0)
    assert torch.equal(ALL.truncate(u, math.inf), u)


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan])
def test_truncation_refuses_a_limit_that_is_not_positive(limit: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        ALL.truncate(ALL.sample(1, rng()), limit)


def test_json_round_trip() -> None:
    assert Latent.model_validate_json(ALL.model_dump_json()) == ALL


@pytest.mark.parametrize("size", [0, -1, 10_000_000])
def test_sizes_from_a_file_are_bounded(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        Latent.model_validate({"factors": [{"kind": "normal", "name": "z", "size": size}]})


def test_no_seeds_are_no_latents() -> None:
    assert Latent(factors=(Normal(name="z", size=3),)).from_seeds([]).shape == (0, 3)


@pytest.mark.parametrize(
    "factor",
    [
        {"kind": "normal", "name": "z", "size": True},
        {"kind": "uniform", "name": "z", "size": True},
        {"kind": "attributes", "name": "a", "labels": ["x", "y"], "at_least": True},
    ],
)
def test_true_is_no_number_of_a_factor(factor: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="valid integer"):
        Latent(factors=(factor,))  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"size": True, "channels": 2}, {"size": 10**9}, {"size": -28}, {"channels": 0}])
def test_images_of_no_size_are_no_images(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"size|channels"):
        parse_spec({"name": "x", "channels": 1, "size": 28} | wrong)
