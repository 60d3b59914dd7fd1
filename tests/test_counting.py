"""Numbers with their nouns."""

import re
from pathlib import Path

import pytest

from ganlab.counting import Noun, counted, named, number, times_in_words

ROOT = Path(__file__).parents[1]
NOUNS = (
    "copies|clusters|conditions|datasets|entries|files|findings|folders|images|labels|latents|lines|models|people|pictures|"
    "points|problems|reports|rows|runs|samples|snapshots|steps|studies|titles|trainings|values"
)
UNCOUNTED = re.compile(rf"\{{(len\([^}}]*\)|[^{{}}]*:,)\}} (more |training |test |damaged |different )?({NOUNS})\b")
NEVER_ONE = re.compile(r"[A-Z]{3,}|different")  # a limit of our own; values that differ


@pytest.mark.parametrize(("number", "told"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1_200, "1,200 files")])
def test_one_stands_in_the_singular(number: int, told: str) -> None:
    assert counted(number, "file") == told


@pytest.mark.parametrize(
    ("names", "told"), [(["a"], "a"), (["a", "b", "c"], "a, b, c"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_of_many_names_the_first_ones_stand_in_a_row(names: list[str], told: str) -> None:
    assert named(names, 2) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (3910.6, "3,911"),
        (999.7, "1,000"),
        (-1500.0, "-1,500"),
        (45.67, "45.7"),
        (0.00012, "0.00012"),
        (3e-9, "<0.00001"),
        (-3e-9, ">-0.00001"),
        (0.0, "0"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_no_exponent(value: float, told: str) -> None:
    assert number(value) == told


@pytest.mark.parametrize(
    ("ratio", "told"),
    [(200.0, "200 times"), (1500.0, "1,500 times"), (0.4, "40% of"), (1 / 23.4, "a 23rd of"), (1 / 112, "a 110th of")],
)
def test_ratios_are_in_words(ratio: float, told: str) -> None:
    assert times_in_words(ratio) == told


def test_nouns_may_have_verbs_and_plurals_of_their_own() -> None:
    lost = Noun("link that leads nowhere", "links that lead nowhere")
    assert [lost.counted(number) for number in (1, 3)] == ["1 link that leads nowhere", "3 links that lead nowhere"]


def test_no_text_has_a_number_before_a_plural() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("ganlab", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (place := UNCOUNTED.search(line)) and not NEVER_ONE.search(place[0])
    ]
    assert found == [], "use ganlab.counting.counted"
