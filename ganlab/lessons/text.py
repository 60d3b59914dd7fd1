"""The texts of the lessons: Markdown files, in which `[@gan]` cites a paper and `[=MODEL METRIC]` a measured figure."""

import functools
import re
from pathlib import Path
from typing import NamedTuple

from ganlab.lessons.sources import PAPERS, Paper

FOLDER = Path(__file__).parent / "texts"
_CITED = re.compile(r"\[@([a-z0-9]+)\]")
_MEASURED = re.compile(r"\[=([\w-]+) ([a-z_]+)\]")


class Figure(NamedTuple):
    """A number in a text that was measured on a model."""

    model: str
    metric: str  # as in the model's card
    written: str  # the number as the text has it, such as `97.7 %`

    @property
    def command(self) -> str:
        """What measures it again."""
        return f"python -m ganlab evaluate {self.model}"


@functools.cache
def raw(name: str) -> str:
    """The file of a lesson."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def markdown(name: str) -> str:
    """The text for a page: citations are links, figures say that they were measured here."""
    text = _CITED.sub(lambda found: f"([{PAPERS[found[1]].short}]({PAPERS[found[1]].link}))", raw(name))
    return _MEASURED.sub(":gray[(measured here)]", text)


def papers(name: str) -> list[Paper]:
    """The papers that a lesson cites, in the order of their years."""
    cited = dict.fromkeys(_CITED.findall(raw(name)))
    return sorted((PAPERS[key] for key in cited), key=lambda paper: (paper.year, paper.authors))


def figures(name: str) -> list[Figure]:
    """The measured numbers in a lesson, in order. The number stands right before its mark."""
    found = re.finditer(r"([\d.]+(?: %)?) \[=([\w-]+) ([a-z_]+)\]", raw(name))
    return [Figure(match[2], match[3], match[1]) for match in found]


def marks(name: str) -> int:
    """How many figures the text marks as measured."""
    return len(_MEASURED.findall(raw(name)))
