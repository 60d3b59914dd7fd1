"""What a lesson is, and what somebody has done in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Way(NamedTuple):
    """A page where one goes on."""

    page: str
    query: Mapping[str, str]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with one right answer."""

    text: str
    answers: Mapping[str, str]  # what one can answer, and what is said then
    right: str  # one of them


class GameDeed(NamedTuple):
    """How far a game has come while somebody watched."""

    step: int
    won: bool  # all clusters were found, with at least a quarter of the points good, at some step
    collapsed: bool  # the monitor named a collapse at some step


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody has done with the live thing of a lesson; each fills in what it has."""

    distance: float = 0.0  # of the latent from where its seed put it
    seed_changed: bool = False
    held: Mapping[str, str] = field(default_factory=dict)  # factors and axes that were set: name => value as text
    games: tuple[GameDeed, ...] = ()
    seen: frozenset[int] = frozenset()  # steps of a training whose pictures were looked at
    steps: tuple[int, ...] = ()  # all of these
    pictures: int = 0  # that were measured at most


class Verdict(NamedTuple):
    """Whether the task is done, and a sentence about it."""

    done: bool
    said: str


Check = Callable[[Deed], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson. Its text is `texts/NAME.md`."""

    title: str
    minutes: int
    live: str  # what stands beside the text: a name of `LIVE` in `ganlab.ui.lessons.live`
    task: str
    check: Check
    question: Question | None = None
    ways: tuple[Way, ...] = ()
