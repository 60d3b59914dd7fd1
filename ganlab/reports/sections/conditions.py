"""What labels do: pictures with and without, and what else changes when one is set."""

from collections.abc import Sequence

import numpy as np

from ganlab.checkpoints import Checkpoint
from ganlab.explore import attributes, capabilities, readings
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.latents import Attributes
from ganlab.reports.document import Block, Figure, Section
from ganlab.reports.drawings import Heat, Tiles
from ganlab.reports.subject import Subject, captioned

PAIRS = 10
MOST_TOGGLES = 6


def conditions(subjects: Sequence[Subject]) -> Section | None:
    """Of conditional models: toggles, each label, sets of labels, and the matrix of side effects."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is not None and capabilities.has_conditions(subject.model.card):
            blocks += _of(subjects, subject, subject.model)
    return Section(title="Labels", blocks=tuple(blocks)) if blocks else None


def _of(subjects: Sequence[Subject], subject: Subject, model: Checkpoint) -> list[Block]:
    latent, data = model.latent, model.card.data
    blocks: list[Block] = []
    for factor in capabilities.conditions(latent, data):
        bounded = isinstance(factor, Attributes) and bool(factor.at_least or factor.at_most)
        for label in factor.labels[:MOST_TOGGLES] if isinstance(factor, Attributes) and not bounded else ():
            grid = attributes.pairs(latent, Point(0), factor.name, label, PAIRS)
            words = f"The same latents without and with {label}; nothing else changes."
            blocks.append(_figure(subjects, subject, f"pairs-{_plain(label)}", words, _drawn(model, grid)))
        grid = attributes.each_label(latent, Point(0), factor.name)
        words = f"Each label of {factor.name} alone."
        blocks.append(_figure(subjects, subject, f"each-{_plain(factor.name)}", words, _drawn(model, grid)))
    grid = attributes.many_conditions(latent, data, Point(0))
    words = "Latents (rows) under conditions that were drawn at random (columns)."
    blocks.append(_figure(subjects, subject, "many-conditions", words, _drawn(model, grid)))
    if matrix := readings.side_effects(model.card.codes):
        values = tuple(
            tuple(None if np.isnan(value) else float(value) for value in row) for row in matrix.values.tolist()
        )
        heat = Heat(rows=tuple(matrix.rows), columns=tuple(matrix.columns), values=values, down="set", across="read")
        caption = captioned(subjects, subject, f"{matrix.title}. {matrix.text}")
        blocks.append(Figure(name=f"{subject.slug}-side-effects", caption=caption, drawing=heat))
    return blocks


def _drawn(model: Checkpoint, grid: Grid) -> Tiles:
    images = model.images(grid.latents(model.latent)).numpy()
    return Tiles(images=images, columns=grid.columns, heads=grid.heads, sides=grid.sides)


def _figure(subjects: Sequence[Subject], subject: Subject, kind: str, words: str, drawing: Tiles) -> Figure:
    return Figure(name=f"{subject.slug}-{kind}", caption=captioned(subjects, subject, words), drawing=drawing)


def _plain(label: str) -> str:
    """A label as part of a file's name: letters that others lack are told by their numbers."""
    return "".join(c if c.isascii() and c.isalnum() else "-" if c in " -_" else f"{ord(c):x}" for c in label.lower())
