"""What is known of a dataset stands in its own record: nothing else in the program asks for a dataset's name."""

import ast
from pathlib import Path

import pytest

from ganlab.data import BUILT_IN

ROOT = Path(__file__).parents[1]
OWN_PLACES = ("ganlab/data/", "ganlab/recipes/")  # the records, and what is trained on them
OTHER_WORDS = {
    ("ganlab/studies/digits.py", "digits"),
    ("ganlab/reports/answers/tried.py", "digits"),
    ("ganlab/explore/study_tables.py", "digits"),
    ("ganlab/commands/studying.py", "digits"),
    ("ganlab/extras.py", "avatars"),
    ("ganlab/extras.py", "mnist"),
    ("ganlab/reports/interactive.py", "shapes"),
    ("ganlab/reports/titles.py", "iclevr"),
    ("ganlab/reports/answers/__init__.py", "iclevr"),
    ("ganlab/reports/answers/iclevr.py", "iclevr"),
    ("ganlab/ui/chart_lines.py", "line"),
    ("ganlab/reports/interactive.py", "line"),
    ("ganlab/lessons/__init__.py", "grid-25"),
}
"""`digits` as a word of a report: whether digits appear; extras of the package; lines of a chart; names of answers; the
game that a lesson plays."""


def named(source: str) -> list[str]:
    """The datasets whose names the code holds as texts of their own, or as the beginning of a file's name."""
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text in BUILT_IN]


@pytest.mark.parametrize(
    "path",
    [
        path.relative_to(ROOT).as_posix()
        for folder in ("ganlab", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(OWN_PLACES)
    ],
)
def test_no_dataset_is_asked_for_by_its_name(path: str) -> None:
    found = set(named((ROOT / path).read_text(encoding="utf-8")))
    assert {name for name in found if (path, name) not in OTHER_WORDS} == set()


def test_a_name_would_be_found() -> None:
    assert named("if name == 'mnist' or x in {'avatars': 1}: pass") == ["mnist", "avatars"]
    assert named("'mnist-dcgan-28'; '''mnist in a text'''") == []
