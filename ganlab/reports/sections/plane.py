"""A model of points in a report: what others show as tiles lies on the plane here."""

import numpy as np

from ganlab.counting import counted
from ganlab.explore import capabilities, plane
from ganlab.reports.document import Block, Figure, Text
from ganlab.reports.drawings import Group, Places
from ganlab.reports.sections.each import Of
from ganlab.reports.subject import Subject

SEEDS, REAL = 1_000, 1_000
WAYS = 6  # from seed 0 to 1, from 2 to 3, and so on
RECONSTRUCTED = 150
GREY = "#9aa5a5"


def of_kind(of_pictures: Of, of_points: Of | None = None) -> Of:
    """Blocks of a subject, by whether its model draws pictures or points; of points none where nothing makes them."""

    def of(subject: Subject) -> list[Block]:
        if subject.model is None or not subject.model.card.data.points:
            return of_pictures(subject)
        return of_points(subject) if of_points else []

    return of


def of_samples(subject: Subject) -> list[Block]:
    """The points of the first seeds: nothing was chosen. Real ones below them, where they are here."""
    assert subject.model is not None
    drawn = plane.samples(subject.model, 0, SEEDS)
    labels = np.array(drawn.labels)
    named = sorted(set(drawn.labels), key=lambda label: (len(label), label))
    groups = [
        _group(f"{drawn.category} {label}".strip() or "generated", drawn.places[labels == label]) for label in named
    ]
    by = f", in colours of {drawn.category}" if drawn.category else ""
    words = f"Points of seeds 0 to {SEEDS - 1}{by}, without truncation or choice."
    return [_figure("samples", words, [*_real(subject), *groups])]


def of_ways(subject: Subject) -> list[Block]:
    """Where the arcs between the latents of two seeds lead."""
    assert subject.model is not None
    ways = [(first, first + 1) for first in range(0, 2 * WAYS, 2)]
    groups = [_group(f"{first} to {last}", plane.way(subject.model, (first, last))) for first, last in ways]
    words = (
        f"Interpolation: where {counted(plane.WAY_STEPS, 'equal step')} along the arc from one seed to another lead."
    )
    return [_figure("interpolation", words, [*_real(subject), *groups])]


def of_reconstructions(subject: Subject) -> list[Block]:
    """Real points, and where encoder and generator put them."""
    model = subject.model
    assert model is not None
    if not capabilities.can_encode(model.card):
        return []
    real = plane.real_points(model, RECONSTRUCTED)
    if real is None:
        return [Text(text="Reconstructions are left out, since the points that it learnt from are not here.")]
    pairs = plane.reconstructed(model, real)
    groups = [_group("original", pairs.before, GREY), _group("reconstructed", pairs.after)]
    return [_figure("reconstructions", f"{counted(len(real), 'real point')}, encoded and decoded.", groups)]


def _real(subject: Subject) -> list[Group]:
    assert subject.model is not None
    real = plane.real_points(subject.model, REAL)
    return [] if real is None else [_group("real", real, GREY)]


def _group(label: str, places: plane.Places, colour: str = "") -> Group:
    x, y = places.astype(np.float64).T
    return Group(label=label, x=x, y=y, colour=colour)


def _figure(name: str, caption: str, groups: list[Group]) -> Figure:
    return Figure(name=name, caption=caption, drawing=Places(groups=tuple(groups)))
