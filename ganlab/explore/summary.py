"""What a model's card says, in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from ganlab.checkpoints import Card
from ganlab.counting import counted, number
from ganlab.data import catalogue
from ganlab.data.spec import size_in_words
from ganlab.families import FAMILIES
from ganlab.metrics import FLOOR, METRICS, MIXTURE, title
from ganlab.metrics.outcome import by_reason


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of the card: what was measured, on the model and on real images."""

    title: str
    value: str
    floor: str  # empty when it was not measured
    text: str
    arrow: str  # towards the better end; empty where neither end is


class Meaning(NamedTuple):
    """How to read a metric."""

    title: str
    arrow: str  # as in `Measurement`
    text: str


ARROWS: dict[bool | None, str] = {True: "↓", False: "↑", None: ""}
BETTER: dict[bool | None, str] = {True: "Lower is better.", False: "Higher is better.", None: ""}


ARROWS_MEAN = "↑ more is better, ↓ less is better. Real data is what the test split itself measures: the goal."


def facts(card: Card, zone: tzinfo = UTC) -> str:
    """Family, data, size, parameters, steps and the date in a time zone, in one line."""
    count = card.parameters["generator"]
    parts = [
        FAMILIES[card.recipe.family].TITLE,
        card.data.name,
        size_in_words(card.data.size),
        f"{count / 1e6:.1f} M parameters" if count >= 1e6 else f"{count / 1e3:.0f} k parameters",
        counted(card.step, "step"),
        _date(card.created, zone),
    ]
    return " · ".join(parts)


def short_facts(card: Card) -> str:
    """Family, data and size."""
    return f"{FAMILIES[card.recipe.family].TITLE} · {card.data.name} · {size_in_words(card.data.size)}"


def headline(rows: Sequence[Measurement]) -> str:
    """The first of the measurements with real data's beside it, in a line: they stand with the most telling first."""
    told = [
        f"{row.title} {row.arrow} {row.value}" + (f" (real {row.floor})" if row.floor else "")
        for row in rows
        if row.arrow
    ]
    return " · ".join(told[:1])


def _date(created: str, zone: tzinfo) -> str:
    """Of a moment in ISO 8601; its first ten letters where a file says something else."""
    try:
        moment = datetime.fromisoformat(created)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date().isoformat()
    except (ValueError, OverflowError):
        return created[:10]


def origin(card: Card) -> str:
    """Whose images the model learnt from, and on what terms they are given."""
    title, licence = card.origin.title, card.origin.licence
    if not title and (known := catalogue.find(card.data.name)):  # a file of the first versions
        title, licence = known.title, known.licence
    if not title:
        return f"{card.data.name}, a dataset that is unknown here"
    return f"{title}. {licence or 'Its terms are not said'}"


def training(card: Card) -> str:
    """How the training differed from one with fresh nets on images as they are, in a sentence; empty where it did not.

    Which model it began with, and which random changes images went through before the discriminator.
    """
    parts = [
        *([f"began with nets of {card.began_from}"] if card.began_from else []),
        *([f"augmentation: {', '.join(card.augmentation)}"] if card.augmentation else []),
    ]
    told = "; ".join(parts)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def measurements(card: Card) -> list[Measurement]:
    """The card's metrics that have a title, in the order of `METRICS`, beside those of real images.

    Those of its mixture come first: its pictures are drawn from that.
    """
    names = sorted((name for name in METRICS if name in card.metrics), key=lambda name: not name.startswith(MIXTURE))
    return [
        Measurement(
            metric.title,
            number(card.metrics[name]),
            number(card.metrics[floor]) if (floor := FLOOR + name.removeprefix(MIXTURE)) in card.metrics else "",
            metric.text,
            ARROWS[metric.lower_is_better],
        )
        for name, metric in ((name, METRICS[name]) for name in names)
    ]


def not_measured(left_out: Mapping[str, str]) -> str:
    """Which numbers are missing and why, in a sentence; empty where none is."""
    parts = [f"{', '.join(map(title, names))} ({reason})" for reason, names in by_reason(left_out).items()]
    return f"Not measured: {'; '.join(parts)}." if parts else ""


def meanings(names: Collection[str]) -> list[Meaning]:
    """How to read those of the metrics `names` that have a title, in the order of `METRICS`."""
    return [
        Meaning(metric.title, ARROWS[metric.lower_is_better], metric.text)
        for name, metric in METRICS.items()
        if name in names
    ]


def explained(name: str) -> str:
    """What a metric of `METRICS` is, and which end is the better one, in a sentence or two."""
    metric = METRICS[name]
    return f"{metric.text[:1].upper()}{metric.text[1:]}. {BETTER[metric.lower_is_better]}".rstrip()
