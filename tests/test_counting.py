"""Numbers with their nouns."""

import pytest

from ganlab.counting import Noun, counted


@pytest.mark.parametrize(("number", "told"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1_200, "1,200 files")])
def test_one_stands_in_the_singular(number: int, told: str) -> None:
    assert counted(number, "file") == told


def test_nouns_may_have_verbs_and_plurals_of_their_own() -> None:
    lost = Noun("link that leads nowhere", "links that lead nowhere")
    assert [lost.counted(number) for number in (1, 3)] == ["1 link that leads nowhere", "3 links that lead nowhere"]
