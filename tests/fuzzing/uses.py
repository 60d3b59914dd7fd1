"""Everything that pages compute of a model without its dataset."""

import numpy as np

from ganlab import checkpoints, export
from ganlab.checkpoints import Checkpoint
from ganlab.explore import (
    attributes,
    axes,
    capabilities,
    code_words,
    codes,
    comparison,
    curves,
    differences,
    grids,
    maps,
    paths,
    points,
    readings,
    reconstruct,
    snippets,
    summary,
    training,
)
from ganlab.explore.library import Model
from ganlab.explore.points import Point
from ganlab.foreign import is_real_text

LONGEST_LINE = 1_200


def use(model: Model, *, exports: bool) -> None:
    """Everything that pages compute of a model without its dataset."""
    loaded = checkpoints.load(model.path)
    card, latent = loaded.card, loaded.latent
    for told in (summary.facts(card), summary.origin(card), *(row.value for row in summary.measurements(card))):
        assert is_real_text(told)
        assert len(told) < LONGEST_LINE
    summary.meanings(list(card.metrics))
    drawn = points.row(0, 6)
    u = points.latents(latent, drawn)
    assert loaded.images(u).shape == (6, card.data.size, card.data.size, card.data.channels)
    points.latents(latent, [points.from_vector(latent, row) for row in u])
    points.latents(latent, points.parse(points.write([points.from_vector(latent, row) for row in u])))
    known = axes.axes(loaded, 6)
    for axis in known:
        here = axes.checked(latent, Point(3, fixed=((axis.name, "0.5"),)), known)
        loaded.images(points.latents(latent, [axes.written_out(latent, here, known)]))
        points.in_words(latent, here, code_words.axis_words(card.codes, known))
    loaded.images(paths.walk(latent, u[:3], steps=2, closed=True))
    training.film(model, drawn)
    snippets.sample(model.path, drawn)
    _use_codes(loaded)
    _use_conditions(loaded)
    maps.spaces(loaded)
    maps.gather(loaded, None, real=0, generated=8, seed=0)
    if capabilities.can_encode(card):
        noise = np.random.default_rng(0).integers(
            0, 256, (3, card.data.size, card.data.size, card.data.channels), np.uint8
        )
        again = reconstruct.reconstruct(loaded, noise)
        assert np.isfinite(again.latents.numpy()).all()
        points.latents(latent, [points.from_vector(latent, row) for row in again.latents])
    if loaded.mixture:
        loaded.images(loaded.mixture.sample(6, 0))
    _compare(model)
    if exports:
        for net in (name for name in export.ENDS if name in loaded.nets):
            export.to_onnx(loaded, net)


def _use_codes(loaded: Checkpoint) -> None:
    latent, known = loaded.latent, loaded.card.codes
    code_words.label_words(latent, known)
    code_words.button_words(latent, known)
    code_words.code_rows(known)
    readings.side_effects(known)
    for factor in code_words.categories(latent):
        code_words.label_heads(latent, known, factor.name)
        code_words.label_rows(factor, code_words.category(known, factor.name))
        codes.one_latent_a_row(latent, Point(0), factor.name, rows=2).latents(latent)
        codes.one_label_a_row(latent, Point(0), factor.name, columns=2).latents(latent)
        mixed = "+".join(f"{label}*0.500" for label in factor.labels[:2])
        points.latents(latent, points.parse(str(Point(0, fixed=((factor.name, mixed),)))))
    for axis in codes.continuous(latent):
        codes.sweep(latent, Point(0), axis).latents(latent)


def _use_conditions(loaded: Checkpoint) -> None:
    latent = loaded.latent
    for condition in capabilities.conditions(latent, loaded.card.data):
        grid = attributes.pairs(latent, Point(0), condition.name, condition.labels[0], 3)
        attributes.exchanges(latent, grid, condition.name, condition.labels[0])
        loaded.images(grid.latents(latent))
        loaded.images(attributes.each_label(latent, Point(0), condition.name, 2).latents(latent))
        loaded.images(grids.crossed([Point(0)], condition.name, list(condition.labels), sides=["a"]).latents(latent))


def _compare(model: Model) -> None:
    source = next(source for source in comparison.sources().values() if source.model == model)
    entry = comparison.read(source)
    assert not [problem for problem in entry.problems if "carries no curves" not in problem], entry.problems
    for quantity in entry.curves.quantities:
        for axis in ("step", "images", "epoch"):
            for log_x in (False, True):
                x, y = curves.line(entry.curves, quantity, axis=axis, half_life=10, points=8, log_x=log_x)
                assert np.isfinite(x).all()
                assert np.isfinite(y).all()
    curves.csv({"a": entry.curves})
    curves.panels(entry.curves.quantities)
    differences.metrics_table([entry])
    differences.differing_settings([entry, entry])
    for step in entry.sheet_steps:
        comparison.sheet(entry, step)
