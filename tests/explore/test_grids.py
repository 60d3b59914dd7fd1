"""Which latents stand in the rows of a grid."""

import pytest

from ganlab.explore import grids, points
from ganlab.explore.points import Point
from ganlab.latents import Latent, Normal

LATENT = Latent(factors=(Normal(name="z", size=4),))


@pytest.mark.parametrize("base", [0, 5, points.MAX_SEED])
@pytest.mark.parametrize("there", [0, 6, 40])
def test_a_latent_on_the_stage_that_no_row_has_is_there_once(base: int, there: int) -> None:
    stage = Point((base + there) % (points.MAX_SEED + 1))
    rows, words = grids.rows_from(LATENT, Point(base), 6, stage)
    assert rows[0] == stage
    assert words[0] == grids.ON_STAGE
    assert len({row.seed for row in rows}) == len(set(words)) == 6
    assert words[1:] == [f"seed {row.seed}" for row in rows[1:]]


def test_rows_stay_where_they_are_when_one_of_them_is_taken_to_the_stage() -> None:
    before, _ = grids.rows_from(LATENT, Point(5), 6, Point(5))
    after, _ = grids.rows_from(LATENT, Point(5), 6, before[3])
    assert after[1:] == before[1:]


def test_without_a_stage_the_rows_begin_at_the_base() -> None:
    rows, words = grids.rows_from(LATENT, Point(5, fixed=(("z", "1,2,3,4"),)), 3)
    assert rows == [Point(5), Point(6), Point(7)]
    assert words == ["seed 5", "seed 6", "seed 7"]
