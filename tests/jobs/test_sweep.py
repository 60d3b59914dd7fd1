import pytest

from ganlab.jobs import sweep
from ganlab.recipes import RECIPES, Recipe


def test_every_combination_in_order(recipe: Recipe) -> None:
    made = sweep(recipe, {"width": [8, 16, 128], "generator_lr": [1e-3, 2e-4]})
    settings = [(r.model_dump()["config"]["width"], r.model_dump()["config"]["generator_lr"]) for r in made]
    assert settings == [(8, 1e-3), (8, 2e-4), (16, 1e-3), (16, 2e-4), (128, 1e-3), (128, 2e-4)]
    names = [r.name for r in made]
    assert names[0] == "tiny-01-width-8-generator-lr-0.001"
    assert names == sorted(names)
    assert len(set(names)) == 6


def test_long_field_names_leave_room_for_the_values(recipe: Recipe) -> None:
    grid = {"discriminator_width": [10, 20], "discriminator_norm": ["spectral", "none"]}
    assert [made.name for made in sweep(recipe, grid)][1:3] == ["tiny-02-10-none", "tiny-03-20-spectral"]


def test_nothing_else_changes(recipe: Recipe) -> None:
    [made] = sweep(recipe, {"seed": [7, 7]})
    assert made == recipe.with_settings({"seed": 7, "name": "tiny-01-seed-7"})


def test_values_that_mean_the_same_are_one_run(recipe: Recipe) -> None:
    made = sweep(recipe, {"width": ["8", "08", "8.0", "16"], "generator_lr": ["1e-3", "0.001"]})
    assert [one.name for one in made] == ["tiny-01-width-8-generator-lr-1e-3", "tiny-02-width-16-generator-lr-1e-3"]


@pytest.mark.parametrize("name", RECIPES)
def test_names_of_all_recipes_are_allowed_and_differ(name: str) -> None:
    grid = {"ema_halflife": list(range(10_000, 16_000, 1_000)), "precision": ["float32", "bfloat16"]}
    names = [made.name for made in sweep(RECIPES[name], grid)]
    assert len(set(names)) == 12
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "one or two fields, not 0"),
        ({"width": [8], "seed": [1], "steps": [9]}, "one or two fields, not 3"),
        ({"width": []}, "at least one value for width"),
        ({"width": list(range(4, 17)), "seed": list(range(8))}, "104 runs; a sweep has at most 100"),
        ({"steps": list(range(1, 10**6)), "seed": list(range(10**6))}, "999,999,000,000 runs; a sweep has at most 100"),
        ({"width": [8, 2]}, "width: Input should be greater than or equal to 4"),
        ({"colour": [1]}, "has no setting 'colour'"),
    ],
)
def test_bad_grids_are_refused(recipe: Recipe, grid: dict[str, list[object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sweep(recipe, grid)
