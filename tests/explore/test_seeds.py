"""Runs of several seeds as one: against means by hand."""

import numpy as np
import pytest

from ganlab.explore import seeds
from ganlab.explore.comparison import Entry, Source
from ganlab.explore.curves import Curves
from tests.tiny import TINY


def entry(name: str, seed: int, curves: Curves | None = None, **metrics: float) -> Entry:
    recipe = TINY.with_settings({"seed": seed, "name": name})
    return Entry(source=Source(id=name, name=name), curves=curves or Curves(), recipe=recipe, metrics=metrics)


def logged(values: list[float], *, quality: list[float] | None = None, spacing: float = 10) -> Curves:
    step = spacing * np.arange(1.0, len(values) + 1)
    columns = {"step": step, "images": 32 * step, "generator/loss": np.array(values)}
    return Curves(columns=columns | ({"quality/confident": np.array(quality)} if quality else {}))


def test_groups_have_one_recipe_and_different_seeds() -> None:
    other = entry("b-1", 2)
    other = Entry(source=other.source, curves=Curves(), recipe=TINY.with_settings({"seed": 2, "batch_size": 8}))
    unknown = Entry(source=Source(id="c", name="c"), curves=Curves())
    entries = [entry("net-seed0", 0), other, entry("net-seed1", 1), unknown, entry("copy", 1)]
    found = seeds.groups(entries, [one.source.name for one in entries])
    assert [(group.name, group.places) for group in found] == [
        ("net, 2 seeds", (0, 2)),
        ("b-1", (1,)),
        ("c", (3,)),
        ("copy", (4,)),
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["tiny-001", "tiny-002"], "tiny, 2 seeds"),
        (["mnist-28-s1", "mnist-28-s2", "mnist-28-s3"], "mnist-28, 3 seeds"),
        (["mnist-infogan-64", "mnist-infogan-64-seed1"], "mnist-infogan-64, 2 seeds"),
        (["one", "two"], "one, 2 seeds"),
        (["seed 0", "seed 1"], "2 seeds"),
        (["width 16, seed 10", "width 16, seed 11"], "width 16, 2 seeds"),
    ],
)
def test_groups_are_named_by_what_their_names_share(names: list[str], expected: str) -> None:
    (group,) = seeds.groups([entry("tiny", place) for place in range(len(names))], names)
    assert group.name == expected


def test_the_mean_and_one_deviation() -> None:
    found = seeds.mean_curves([logged([1, 2, 3]), logged([3, 4, 5]), logged([5, 6, 10])])
    assert found.low is not None
    assert found.high is not None
    np.testing.assert_allclose(found.columns["generator/loss"], [3, 4, 6])
    deviations = np.std([[1, 2, 3], [3, 4, 5], [5, 6, 10]], axis=0, ddof=1)
    np.testing.assert_allclose(found.high.columns["generator/loss"] - [3, 4, 6], deviations)
    np.testing.assert_allclose([3, 4, 6] - found.low.columns["generator/loss"], deviations)


def test_a_mean_ends_with_the_shortest_run_and_other_steps_are_read_between() -> None:
    found = seeds.mean_curves([logged([1, 2, 3, 4]), logged([10, 20], spacing=15)])
    assert found.columns["step"].tolist() == [10, 20, 30]
    np.testing.assert_allclose(found.columns["generator/loss"][1:], [(2 + 40 / 3) / 2, (3 + 20) / 2])


def test_what_not_all_seeds_measured_is_a_gap() -> None:
    nan = np.nan
    found = seeds.mean_curves([logged([1, 2, 3], quality=[0.2, nan, 0.6]), logged([1, 2, 3], quality=[0.4, 0.5, nan])])
    np.testing.assert_allclose(found.columns["quality/confident"], [0.3, nan, nan])


def test_runs_without_curves_do_not_count() -> None:
    one = logged([1, 2])
    assert seeds.mean_curves([Curves(), one]) is one
    assert not seeds.mean_curves([Curves(), Curves()])
    nothing = seeds.mean_curves([logged([np.nan, np.nan]), logged([1, 2])])
    assert np.isnan(nothing.columns["generator/loss"]).all()


def test_final_values_are_those_that_all_have() -> None:
    found = seeds.final_values([entry("a", 0, confident=0.5, diversity=1.0), entry("b", 1, confident=0.7)])
    assert found.keys() == {"confident"}
    assert found["confident"] == pytest.approx((0.6, np.std([0.5, 0.7], ddof=1), 2))
    assert seeds.told(found["confident"]) == "0.6 ± 0.141 (n = 2)"
    assert seeds.told(None) == ""
