"""What the answer to a course report is made of: parts with what the report shows, and where ours is found."""

from dataclasses import dataclass, field

from ganlab.reports.answers.values import Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A number or word of the report, and where ours is found."""

    what: str
    reported: str  # as the report says it; empty where it says nothing
    here: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A figure or table of the report, or several of one model, and ours."""

    title: str
    source: str  # where the report has it
    differs: str  # what differs between the report's and ours, and why: whole sentences
    models: tuple[str, ...] = ()  # shipped checkpoints that the figures are of
    runs: tuple[str, ...] = ()  # of studies, by their ids, that figures are of besides
    shows: tuple[str, ...] = ()  # names of figures.SHOWN, in order
    compared: tuple[Compared, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The answer to one report."""

    title: str
    report: str  # what is answered, in a sentence
    parts: tuple[Part, ...]
    systems: tuple[str, ...] = field(default_factory=tuple)  # recipes of which there is one with the report's settings

    @property
    def models(self) -> tuple[str, ...]:
        """The shipped checkpoints that it needs, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.models))

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs of studies that it needs, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.runs))
