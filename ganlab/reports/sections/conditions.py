"""What labels do: pictures with and without, and what else changes when one is set."""

import numpy as np

from ganlab.checkpoints import Checkpoint
from ganlab.explore import attributes, capabilities, readings
from ganlab.explore.grids import Grid
from ganlab.explore.points import Point
from ganlab.latents import Attributes
from ganlab.reports.document import Block, Figure
from ganlab.reports.drawings import Heat, Tiles
from ganlab.reports.file_words import file_words
from ganlab.reports.subject import Subject

PAIRS = 10
MOST_TOGGLES = 6


def of_conditions(subject: Subject) -> list[Block]:
    """Of a conditional model: toggles, each label, sets of labels, and the matrix of side effects."""
    model = subject.model
    if model is None or not capabilities.has_conditions(model.card):
        return []
    latent, data = model.latent, model.card.data
    blocks: list[Block] = []
    factors = capabilities.conditions(latent, data)
    words_of = [(factor.name, label) for factor in factors for label in ("", *factor.labels)]
    plain = dict(zip(words_of, file_words((label or name for name, label in words_of), "label"), strict=True))
    for factor in factors:
        bounded = isinstance(factor, Attributes) and bool(factor.at_least or factor.at_most)
        for label in factor.labels[:MOST_TOGGLES] if isinstance(factor, Attributes) and not bounded else ():
            grid = attributes.pairs(latent, Point(0), factor.name, label, PAIRS)
            words = f"The same latents without and with {label}; nothing else changes."
            blocks.append(_figure(f"pairs-{plain[factor.name, label]}", words, _drawn(model, grid)))
        grid = attributes.each_label(latent, Point(0), factor.name)
        words = f"Each label of {factor.name} alone."
        blocks.append(_figure(f"each-{plain[factor.name, '']}", words, _drawn(model, grid)))
    grid = attributes.many_conditions(latent, data, Point(0))
    words = "Latents (rows) under conditions that were drawn at random (columns)."
    blocks.append(_figure("many-conditions", words, _drawn(model, grid)))
    if matrix := readings.side_effects(model.card.codes):
        values = tuple(
            tuple(None if np.isnan(value) else float(value) for value in row) for row in matrix.values.tolist()
        )
        heat = Heat(rows=tuple(matrix.rows), columns=tuple(matrix.columns), values=values, down="set", across="read")
        blocks.append(Figure(name="side-effects", caption=f"{matrix.title}. {matrix.text}", drawing=heat))
    return blocks


def _drawn(model: Checkpoint, grid: Grid) -> Tiles:
    images = model.images(grid.latents(model.latent)).numpy()
    return Tiles(images=images, columns=grid.columns, heads=grid.heads, sides=grid.sides)


def _figure(name: str, caption: str, drawing: Tiles) -> Figure:
    return Figure(name=name, caption=caption, drawing=drawing)
